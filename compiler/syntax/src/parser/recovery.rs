//! Errors and what to do after one: at most one per statement, none that only follows from another, and the next
//! statement is read as if nothing had happened.

use super::{NESTING_LIMIT, Parser};
use crate::{SyntaxKind, diagnostics};
use qi_base::{Diagnostic, Text};

/// Token indices of a pair of braces; the closing one is indented more, or less, than the line of the opening one.
pub(super) struct Misaligned {
    open: usize,
    close: usize,
    closes_later: bool,
}

impl Parser<'_> {
    /// Reports, unless this statement is broken already.
    pub(crate) fn error(&mut self, diagnostic: Diagnostic) {
        let is_noise = self.is_silent || self.is_recovering || self.has_lexical_error();
        self.is_recovering = true;
        if !is_noise {
            self.errors.push(diagnostic);
        }
    }

    /// The lexer found something in this statement.
    fn has_lexical_error(&self) -> bool {
        let first = self.lexical.partition_point(|it| it.span().end <= self.statement_start);
        self.lexical.get(first).is_some_and(|it| it.span().start <= self.tok().end)
    }

    /// A new statement, field or arm: errors count again.
    pub(crate) fn fresh(&mut self) {
        self.is_recovering = false;
        self.statement_start = self.tok().start;
    }
    /// Runs a part with errors of its own, and remembers whether the whole was broken.
    pub(crate) fn apart(&mut self, rule: impl FnOnce(&mut Self)) {
        let saved = (self.is_recovering, self.statement_start);
        rule(self);
        (self.is_recovering, self.statement_start) = saved;
    }
    pub(crate) fn fresh_file_level(&mut self) {
        self.is_silent = false;
        self.fresh();
    }

    /// The next token stands for `sign`.
    pub(crate) fn wrong_sign(&mut self, sign: &str) {
        let (token, needs_blank) = (self.span_of(0), self.is_joint(0));
        let gap = self.after_previous().to(token);
        let error = diagnostics::wrong_sign(token, gap, sign, &self.found(), needs_blank);
        self.error(error);
    }

    /// What stands where something else was expected: the next token, or the end of the line before it.
    pub(crate) fn found(&self) -> Text {
        if self.newline() && !self.at_end() {
            return Text::new("行末", "the end of the line");
        }
        self.next_in_words()
    }

    pub(crate) fn next_in_words(&self) -> Text {
        let tok = self.tok();
        let text = self.token_text();
        let quoted = |zh: &str, en: &str| Text::new(format!("{zh}“{text}”"), format!("{en}`{text}`"));
        match tok.kind {
            SyntaxKind::EOF => Text::new("文件末尾", "the end of the file"),
            SyntaxKind::IDENT | SyntaxKind::UNDERSCORE => quoted("名字", "name "),
            SyntaxKind::INT | SyntaxKind::FLOAT => quoted("数字", "number "),
            SyntaxKind::STRING | SyntaxKind::TEMPLATE_START => Text::new("字符串", "a string"),
            SyntaxKind::CHAR => Text::new("字符", "a character"),
            SyntaxKind::HOLE_END | SyntaxKind::HOLE_SPEC => Text::new("花括号的末尾", "the end of the braces"),
            kind if kind.is_reserved() => quoted("保留字", "reserved word "),
            _ => quoted("", ""),
        }
    }

    /// Where something is missing: the next token, or the end of this line when that is on another.
    pub(crate) fn place(&self) -> qi_base::Span {
        if self.tok().newline_before { self.after_previous() } else { self.span_of(0) }
    }

    pub(crate) fn expected(&mut self, zh: &str, en: &str) {
        if self.at_stray_close() {
            return self.stray_close_error();
        }
        if zh.ends_with("“{”") {
            self.braces.push(self.tok().start);
        }
        let mut error = diagnostics::unexpected_token(self.place(), &Text::new(zh, en), &self.found());
        if self.token_text() == "【" && zh.contains('{') {
            error = diagnostics::with_wide_brackets(error);
        }
        self.error(error);
    }

    /// An opening brace may be meant before the token that starts here.
    pub(crate) fn note_missing_brace(&mut self, start: u32) {
        self.braces.push(start);
    }

    /// As [`Parser::expected`] where line breaks mean nothing, between the members of a list.
    pub(crate) fn expected_member(&mut self, zh: &str, en: &str) {
        let error = diagnostics::unexpected_token(self.span_of(0), &Text::new(zh, en), &self.next_in_words());
        self.error(error);
    }

    /// Takes the token or says that it is missing.
    pub(crate) fn expect(&mut self, kind: SyntaxKind) -> bool {
        if self.eat(kind) {
            return true;
        }
        if kind.is_reserved() {
            self.note_glued_here(&[kind]);
        }
        let text = kind.text().unwrap_or_default();
        self.expected(&format!("“{text}”"), &format!("`{text}`"));
        false
    }

    /// Reports the next token, which says nothing here, and leaves it out.
    pub(crate) fn remove(&mut self, diagnostic: Diagnostic) {
        let (span, next) = (self.span_of(0), self.nth_tok(1));
        let end = if next.newline_before { span.end } else { next.start };
        self.error(diagnostics::superfluous(diagnostic, qi_base::Span { end, ..span }));
        self.bump_error();
    }

    pub(crate) fn unsupported(&mut self, span: qi_base::Span, zh: &str, en: &str) {
        let error = diagnostics::unsupported(span, &Text::new(zh, en));
        self.error(error);
    }

    pub(crate) fn misplaced(&mut self) {
        let error = diagnostics::misplaced(self.span_of(0), &self.next_in_words());
        self.error(error);
    }

    pub(crate) fn missing_expression(&mut self) {
        if self.at_stray_close() {
            return self.stray_close_error();
        }
        let error = if self.kind().is_reserved() && !self.tok().newline_before && self.nth_is_name_use() {
            diagnostics::reserved_word(self.span_of(0), self.token_text())
        } else if self.kind() == SyntaxKind::UNDERSCORE {
            diagnostics::wildcard_as_value(self.span_of(0))
        } else {
            diagnostics::missing_expression(self.place(), &self.found())
        };
        self.error(error);
    }
    /// A reserved word that stands like a name: followed by an operator, a separator or the end.
    fn nth_is_name_use(&self) -> bool {
        self.nth_tok(1).newline_before
            || matches!(
                self.nth(1),
                T![,] | T![')'] | T![']'] | T![.] | T![=] | T![+] | T![-] | T![*] | T![/] | T!['['] | T![;]
            )
    }

    pub(crate) fn at_close_bracket(&self) -> bool {
        matches!(self.kind(), T![')'] | T![']'] | T!['}'] | SyntaxKind::HOLE_END | SyntaxKind::HOLE_SPEC)
    }
    pub(crate) fn at_stray_close(&self) -> bool {
        self.at_close_bracket() && self.kind().is_punctuation() && self.pair_is_missing()
    }
    fn pair_is_missing(&self) -> bool {
        self.input.pairs.get(self.pos).is_some_and(|it| it.is_none())
    }
    pub(crate) fn stray_close_error(&mut self) {
        let (found, text) = (self.span_of(0), self.token_text());
        let is_brace = self.at(T!['}']);
        let suspect = self.misaligned(0).iter().rev().find(|it| is_brace && it.close < self.pos && it.closes_later);
        let error = match suspect {
            Some(it) => diagnostics::stray_close_before(self.span_at(it.close), found),
            None => diagnostics::stray_close(found, text),
        };
        self.error(error);
    }

    /// Pairs of braces on several lines whose closing one stands alone, further in or out than the line of its partner:
    /// those that open at token `start` or behind it.
    fn misaligned(&self, start: usize) -> &[Misaligned] {
        let all = self.misaligned.get_or_init(|| {
            let braces = (0..self.input.toks.len()).filter(|&it| self.input.toks[it].kind == T!['{']);
            let misaligned = braces.filter_map(|open| {
                let close = self.input.pairs[open]? as usize;
                if !self.input.toks[close].newline_before {
                    return None;
                }
                let (left, right) = (self.indentation(open), self.indentation(close));
                (left != right).then_some(Misaligned { open, close, closes_later: left < right })
            });
            misaligned.collect()
        });
        &all[all.partition_point(|it| it.open < start)..]
    }

    /// What stands before `span` on its line.
    pub(crate) fn line_before(&self, span: qi_base::Span) -> &str {
        let before = &self.text[..span.start as usize];
        &before[before.rfind('\n').map_or(0, |it| it + 1)..]
    }

    /// Of the line on which a token stands.
    pub(crate) fn indentation(&self, index: usize) -> usize {
        super::indentation(self.text, self.input.toks[index].start)
    }

    /// Takes the closing bracket of the opening one at `open`, or says what is wrong.
    pub(crate) fn close_bracket(&mut self, open: usize, close: SyntaxKind) {
        if self.eat(close) {
            return;
        }
        let text = close.text().unwrap_or_default();
        let opening = self.span_at(open);
        if self.at_stray_close() {
            let error = diagnostics::wrong_close(self.span_of(0), opening, text);
            self.error(error);
            return self.bump_error();
        }
        if self.at_end() && self.end_is_reported() {
            // The text was cut short: one bracket tells.
            self.is_recovering = true;
        }
        let error = if close == T!['}'] {
            if self.lexical.iter().any(|it| matches!(it.code, "E0102" | "E0104")) {
                // The brace may well be inside that string or comment.
                self.is_recovering = true;
            }
            match self.misaligned(open).iter().find(|it| it.open < self.pos && !it.closes_later) {
                Some(it) => diagnostics::unclosed_block_within(self.span_at(it.open), self.span_at(it.close), opening),
                None => diagnostics::unclosed_block(opening, self.after_previous()),
            }
        } else {
            // Right after the opening one, what should be inside may follow on the next lines.
            // With two opening ones in a row, one may be too many.
            let is_certain = self.pos() != open + 1
                && self.input.toks[open].kind != self.input.toks[open + 1].kind
                && (self.tok().newline_before || matches!(self.kind(), T![;] | T!['}'] | SyntaxKind::EOF));
            diagnostics::missing_close(self.after_previous(), opening, text, is_certain)
        };
        self.error(error);
    }

    /// The last finding is a bracket that the end of the text leaves open.
    fn end_is_reported(&self) -> bool {
        let end = self.after_previous();
        self.errors.last().is_some_and(|it| it.code == "E0107" && it.labels.iter().any(|label| label.span == end))
    }

    /// Puts the next token into an `ERROR` node.
    pub(crate) fn bump_error(&mut self) {
        let node = self.start();
        self.bump_any();
        self.complete(node, SyntaxKind::ERROR);
    }

    /// Skips tokens, brackets as a whole, until `stop` or an unmatched closing bracket or the end; into one node.
    pub(crate) fn skip_until(&mut self, stop: impl Fn(&Self) -> bool) {
        if self.at_end() || self.at_close_bracket() || stop(self) {
            return;
        }
        let node = self.start();
        while !self.at_end() && !self.at_close_bracket() && !stop(self) {
            let end = self.pair_distance(0).map_or(self.pos, |it| self.pos + it);
            while self.pos <= end && !self.at_end() {
                self.bump_any();
            }
        }
        self.complete(node, SyntaxKind::ERROR);
    }

    /// Skips the rest of a broken statement.
    pub(crate) fn skip_statement(&mut self) {
        let start = self.pos;
        self.skip_until(|p| p.at(T![;]) || (p.tok().newline_before && p.pos > start));
        // Brackets that nothing opens would stop every attempt.
        while matches!(self.kind(), T![')'] | T![']']) && !self.tok().newline_before {
            self.bump_error();
        }
    }

    /// Skips what stands between a broken header and its block, up to the `{` on this line: `当 (甲 < 9)) {`.
    pub(crate) fn skip_to_brace(&mut self) {
        loop {
            self.skip_until(|p| p.at(T!['{']) || p.at(T![;]) || p.tok().newline_before);
            let is_stray = matches!(self.kind(), T![')'] | T![']']) && self.at_stray_close();
            if !is_stray || self.tok().newline_before {
                return;
            }
            self.bump_error();
        }
    }

    /// Skips the rest of a broken list item.
    pub(crate) fn skip_item(&mut self) {
        let start = self.pos;
        self.skip_until(|p| p.at(T![,]) || p.at(T![;]) || (p.newline() && p.pos > start));
    }

    pub(crate) fn too_deep(&mut self) {
        self.is_recovering = false;
        let error = diagnostics::nesting_too_deep(self.span_of(0), NESTING_LIMIT);
        self.error(error);
        self.is_silent = true;
        self.skip_until(|p| p.at(T![;]) || p.at(T![,]) || p.newline());
    }
}
