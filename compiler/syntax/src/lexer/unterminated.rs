//! Where a string without its closing quote was meant to end: at a quote of another kind, or before the brackets at the
//! end of its line. What stands behind is read as code again. Guesses, from the line alone; each line is looked at once.

use super::Lexer;
use crate::punct::half_width;
use crate::{SyntaxKind, Token, diagnostics};
use qi_base::Span;

impl Lexer<'_> {
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
