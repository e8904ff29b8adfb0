//! Where a string without its closing quote was meant to end: at a quote of another kind, or before the brackets at the
//! end of its line. What stands behind is read as code again. Guesses, from the line alone; each line is looked at once.

use super::Lexer;
use super::string::{Checkpoint, Hole, OpenTemplate};
use crate::punct::half_width;
use crate::{SyntaxKind, Token, diagnostics};
use qi_base::Span;

/// So many holes are read again in a text; each costs the rest of its line.
const MAX_REOPENED: usize = 20;

/// So many lines behind the one on which a string begins are looked at for its end.
const MAX_LINES: usize = 4;

impl Lexer<'_> {
    /// In a hole, at a character that would close the template: remembers it, see [`Hole`](super::string::Hole).
    pub(super) fn note_quote_in_hole(&mut self, c: char) {
        let is_behind_value = self.tokens.last().is_some_and(|it| {
            matches!(it.kind, SyntaxKind::IDENT | SyntaxKind::INT | T![')'] | T![']'] | T![自己] | T![?] | T![!])
        });
        let (n_tokens, n_errors, n_brackets, pos) =
            (self.tokens.len(), self.errors.len(), self.brackets.len(), self.pos);
        if let Some(template) =
            self.templates.last_mut().filter(|it| it.closes_before(c, n_brackets) && is_behind_value)
        {
            template.hole.quote.get_or_insert(Checkpoint { pos, n_tokens, n_errors });
        }
    }

    /// The line ends in a template: goes back to the quote that was to close the outermost, if a hole reaches over it.
    pub(super) fn close_hole_before_quote(&mut self) -> bool {
        let in_hole = |it: &OpenTemplate| it.in_hole && it.hole.quote.is_some();
        let Some(index) = self.templates.iter().position(in_hole).filter(|_| self.n_reopened < MAX_REOPENED) else {
            return false;
        };
        self.n_reopened += 1;
        self.templates.truncate(index + 1);
        let template = self.templates.last_mut().expect("it was found");
        let hole = template.hole;
        let quote = template.hole.quote.take().expect("it was found");
        template.in_hole = false;
        self.brackets.truncate(template.bracket_base);
        self.tokens.truncate(quote.n_tokens);
        self.errors.truncate(quote.n_errors);
        self.pos = quote.pos;
        self.back_to_end_of_value(hole);
        self.token(SyntaxKind::HOLE_END, self.pos);
        self.unclosed_hole(hole);
        true
    }

    /// `{价 元`, `{价.取() 元`: a name behind a value is text.
    fn back_to_end_of_value(&mut self, hole: Hole) {
        let first = self.tokens.partition_point(|it| (it.start as usize) < hole.end);
        let mut depth = 0;
        let is_value = |it: &&Token| {
            match it.kind {
                T!['('] | T!['['] => depth += 1,
                T![')'] | T![']'] => depth -= 1,
                _ => {}
            }
            depth > 0 || matches!(it.kind, SyntaxKind::IDENT | SyntaxKind::INT | T![.] | T![')'] | T![']'])
        };
        let n_value = self.tokens[first..].iter().take_while(is_value).count();
        let Some(&[blank, next]) = self.tokens[first + n_value..].first_chunk::<2>() else { return };
        let end = self.tokens.get(first + n_value + 2).map_or(self.pos, |it| it.start as usize);
        let word = &self.text[next.start as usize..end];
        let is_name = next.kind == SyntaxKind::IDENT && SyntaxKind::from_contextual(word).is_none();
        if n_value > 0 && blank.kind == SyntaxKind::WHITESPACE && is_name {
            self.pos = blank.start as usize;
            self.tokens.truncate(first + n_value);
            while self.errors.pop_if(|it| it.span().start >= blank.start).is_some() {}
        }
    }

    /// A brace is missing here.
    pub(super) fn unclosed_hole(&mut self, hole: Hole) {
        let (open, at) = (self.span(hole.start, hole.end), self.span(self.pos, self.pos));
        self.error(diagnostics::unclosed_hole(open, at));
    }

    /// The string opened at `open`, of which `body` is the last piece, goes on to here, the end of the line: reports that,
    /// and goes back to the place where it probably ends.
    pub(super) fn end_of_line_in_string(&mut self, open: Span, body: usize, close: char) {
        let line = self.text[body..self.pos].trim_end();
        if let Some((at, found)) = other_quote(line, close) {
            self.pos = body + at + found.len_utf8();
            return self.report_other_quote(open, body + at, found, close);
        }
        let earlier = self.quote_of_earlier_string(body);
        self.pos = body + text_before_brackets(line, &self.open_brackets_of_line(body)).len();
        if let Some((open, at, found)) = earlier {
            return self.report_other_quote(open, at, found, '"');
        }
        let at = (self.pos > open.end as usize).then(|| self.span(self.pos, self.pos));
        self.error(diagnostics::unterminated_string(open, at, &close.to_string(), false));
    }

    /// `"第一行⏎第二行"`, at the end of the first line: goes to the end of the string if a later line ends it, and looks like
    /// no code.
    pub(super) fn closes_on_later_line(&mut self, open: Span, close: char) -> bool {
        let body = open.end as usize;
        let first = self.text[body..self.pos].trim_end();
        let ends_line = text_before_brackets(first, &self.open_brackets_of_line(body)).len() == first.len();
        if first.is_empty() || !ends_line || other_quote(first, close).is_some() || self.templates.last().is_some() {
            return false;
        }
        let (mut line, mut breaks) = (self.pos, Vec::new());
        for text in self.rest().split('\n').skip(1).take(MAX_LINES) {
            let indentation = text.len() - text.trim_start().len();
            breaks.push(self.span(line, line + 1 + indentation));
            let quote = text.find(close);
            if text[..quote.unwrap_or(text.len())].trim().is_empty() || text.contains(looks_like_code) {
                return false;
            }
            line += 1;
            let Some(quote) = quote else {
                line += text.trim_end_matches('\r').len();
                continue;
            };
            let behind = &text[quote + close.len_utf8()..];
            if behind.contains(['"', '“', '”']) || !may_follow_string(behind) {
                return false;
            }
            self.pos = line + quote + close.len_utf8();
            self.error(diagnostics::string_over_lines(open, &breaks));
            return true;
        }
        false
    }

    fn report_other_quote(&mut self, open: Span, at: usize, found: char, close: char) {
        let end = at + found.len_utf8();
        let behind = self.text[end..].split('\n').next().unwrap_or_default();
        let is_certain = !behind.contains(['"', '“', '”']);
        let error = diagnostics::other_closing_quote(open, self.span(at, end), found, close, is_certain);
        self.error(error);
    }

    /// `"甲”, "乙"`: the string before ended only where this one was meant to begin. Its opening quote, and the quote that
    /// was to close it.
    fn quote_of_earlier_string(&self, body: usize) -> Option<(Span, usize, char)> {
        let tokens = self.line_tokens(body);
        tokens.iter().zip(tokens.iter().skip(1)).find_map(|(token, next)| {
            let (start, end) = (token.start as usize, next.start as usize);
            let text = self.text[start..end].strip_prefix('"').filter(|_| token.kind == SyntaxKind::STRING)?;
            let (at, found) = other_quote(text, '"')?;
            Some((self.span(start, start + 1), start + 1 + at, found))
        })
    }

    /// `'''文'''`, also over several lines. What may follow the character `'''` is left alone.
    pub(super) fn single_quoted_text(&mut self) -> bool {
        let (start, marks) = (self.pos, "'''");
        let Some(text) = self.rest().strip_prefix(marks) else { return false };
        let word = text.find(|c| !super::is_identifier_continue(c)).map_or(text, |it| &text[..it]);
        let starts_line = text.trim_start_matches([' ', '\t', '\r']).starts_with('\n');
        let is_word = SyntaxKind::from_reserved(word).or_else(|| SyntaxKind::from_contextual(word)).is_none();
        if !(starts_line || (is_word && !word.is_empty())) {
            return false;
        }
        let Some(len) = text.find(marks) else { return false };
        if starts_line && !text[..len].trim_end_matches([' ', '\t']).ends_with('\n') {
            return false;
        }
        self.pos += 2 * marks.len() + len;
        self.token(SyntaxKind::STRING, start);
        let open = self.span(start, start + marks.len());
        let error = diagnostics::triple_single_quotes(open, self.span(self.pos - marks.len(), self.pos));
        self.error(error);
        true
    }

    /// `[',', ;', '!']`, at the quote behind a single character: the opening one is missing.
    pub(super) fn character_without_opening(&mut self, quote: char) -> bool {
        let Some(&[.., before, single]) = self.tokens.last_chunk::<2>().map(|it| &it[..]) else { return false };
        let text = &self.text[single.start as usize..self.pos];
        let is_apart = matches!(before.kind, SyntaxKind::WHITESPACE | T!['['] | T!['('] | T!['{'] | T![,]);
        let mut rest = self.rest()[quote.len_utf8()..].chars();
        let (next, then) = (rest.next(), rest.next());
        let ends =
            next.is_none_or(|it| it.is_whitespace() || matches!(half_width(it), ',' | ')' | ']' | '}' | ';' | '='));
        if text.chars().count() != 1 || single.kind.is_trivia() || !is_apart || !ends || then == Some(quote) {
            return false;
        }
        let start = single.start as usize;
        self.pos += quote.len_utf8();
        self.tokens.pop();
        self.token(SyntaxKind::CHAR, start);
        self.error(diagnostics::missing_opening_quote(self.span(start, self.pos), quote));
        true
    }

    fn open_brackets_of_line(&self, body: usize) -> Vec<SyntaxKind> {
        let mut open = Vec::new();
        for token in self.line_tokens(body) {
            match token.kind {
                T!['('] => open.push(T![')']),
                T!['['] => open.push(T![']']),
                T!['{'] => open.push(T!['}']),
                kind if open.last() == Some(&kind) => {
                    open.pop();
                }
                _ => {}
            }
        }
        open
    }

    /// The tokens of the line before `end`.
    fn line_tokens(&self, mut end: usize) -> &[Token] {
        let mut first = self.tokens.len();
        while let Some(token) = first.checked_sub(1).map(|it| self.tokens[it]) {
            if self.text[token.start as usize..end].contains('\n') {
                break;
            }
            (end, first) = (token.start as usize, first - 1);
        }
        &self.tokens[first..]
    }
}

/// A quote of the other width that has no partner in the string, where code could go on behind it.
fn other_quote(text: &str, close: char) -> Option<(usize, char)> {
    let mut n_open = 0;
    for (at, c) in text.char_indices() {
        let is_unpaired = match (close, c) {
            ('"', '“') | ('”', '"') if n_open == 0 => {
                n_open = 1;
                close == '”'
            }
            ('"', '”') | ('”', '"') => std::mem::take(&mut n_open) == 0,
            _ => false,
        };
        if is_unpaired && may_follow_string(&text[at + c.len_utf8()..]) {
            return Some((at, c));
        }
    }
    None
}

/// Not so the brackets that may follow the string.
fn looks_like_code(c: char) -> bool {
    matches!(half_width(c), '(' | '[' | '{' | '=')
}

fn may_follow_string(text: &str) -> bool {
    let next = text.trim_start().chars().next().map(half_width);
    next.is_none_or(|it| {
        matches!(it, ')' | ']' | '}' | '{' | ',' | ';' | ':' | '.' | '+' | '*' | '=' | '!' | '<' | '>')
    })
}

/// Without what closes brackets of this line, opens a block or ends a statement; and without a comment.
fn text_before_brackets<'t>(line: &'t str, open: &[SyntaxKind]) -> &'t str {
    let line = line.split_once(" //").map_or(line, |it| it.0).trim_end();
    let mut text = line.strip_suffix([';', '；', ',', '{', '｛']).unwrap_or(line).trim_end();
    let mut open = open.iter();
    while let Some(c) = text.chars().next_back() {
        let close = match half_width(c) {
            ')' => T![')'],
            ']' => T![']'],
            '}' => T!['}'],
            _ => break,
        };
        // From the outermost on; some may be closed on a later line.
        if !open.any(|&it| it == close) {
            break;
        }
        text = text[..text.len() - c.len_utf8()].trim_end();
    }
    text
}
