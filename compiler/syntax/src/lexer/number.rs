//! Numbers of either width: `1_000`, `0xFF`, `3.14`, `1e-9`. After a dot only a tuple index: `对.0.1`.

use super::Lexer;
use crate::punct::half_width;
use crate::{SyntaxKind, ast, diagnostics};

impl Lexer<'_> {
    pub(super) fn number(&mut self) {
        let start = self.pos;
        let after_dot = self.tokens.last().is_some_and(|it| matches!(it.kind, T![.] | T![?.]));
        let is_prefixed =
            self.peek_half(0) == Some('0') && matches!(self.peek_half(1), Some('x' | 'X' | 'b' | 'B' | 'o' | 'O'));
        let mut kind = SyntaxKind::INT;
        if after_dot {
            self.bump_while(is_digit);
        } else if !is_prefixed {
            self.bump_while(is_digit_or_separator);
            if self.fraction() | self.exponent() {
                kind = SyntaxKind::FLOAT;
            }
        }
        let end_of_number = self.pos;
        while kind == SyntaxKind::FLOAT && !after_dot && self.fraction() {}
        if self.pos > end_of_number {
            self.token(kind, start);
            let (span, text) = (self.span(start, self.pos), &self.text[start..self.pos]);
            return self.error(diagnostics::several_points(span, text));
        }
        let end_of_good = self.pos;
        self.bump_while(|c| half_width(c).is_ascii_alphanumeric() || c == '_');
        let has_tail = self.pos > end_of_good && !is_prefixed;
        if !has_tail && !is_prefixed && !after_dot && self.number_with_unit(kind, start) {
            return;
        }
        self.token(kind, start);
        self.check_number(kind, start, has_tail);
    }

    /// `3万`, behind the digits.
    fn number_with_unit(&mut self, kind: SyntaxKind, start: usize) -> bool {
        let rest = self.rest();
        let len = rest.find(|it| unit_zeros(it).is_none()).unwrap_or(rest.len());
        let n_zeros: usize = rest[..len].chars().filter_map(unit_zeros).sum();
        let digits: String = self.text[start..self.pos].chars().map(half_width).filter(|&it| it != '_').collect();
        if len == 0 || n_zeros > MAX_ZEROS || rest[len..].starts_with(super::is_identifier_continue) {
            return false;
        }
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        let is_plain = whole.len() + n_zeros <= MAX_ZEROS && fraction.len() <= n_zeros;
        if !is_plain || !whole.bytes().chain(fraction.bytes()).all(|it| it.is_ascii_digit()) {
            return false;
        }
        let meant = format!("{whole}{fraction}{}", "0".repeat(n_zeros - fraction.len()));
        let meant = meant.trim_start_matches('0');
        self.pos += len;
        self.token(kind, start);
        let (span, text) = (self.span(start, self.pos), &self.text[start..self.pos]);
        self.error(diagnostics::number_with_unit(span, text, if meant.is_empty() { "0" } else { meant }));
        true
    }

    fn fraction(&mut self) -> bool {
        let is_fraction = self.peek_half(0) == Some('.') && self.peek_half(1).is_some_and(|c| c.is_ascii_digit());
        if is_fraction {
            self.bump();
            self.bump_while(is_digit_or_separator);
        }
        is_fraction
    }

    fn exponent(&mut self) -> bool {
        if !matches!(self.peek_half(0), Some('e' | 'E')) {
            return false;
        }
        let signed = matches!(self.peek_half(1), Some('+' | '-'));
        let is_exponent = self.peek_half(if signed { 2 } else { 1 }).is_some_and(|c| c.is_ascii_digit());
        if is_exponent {
            self.bump();
            self.bump();
            self.bump_while(is_digit_or_separator);
        }
        is_exponent
    }

    fn check_number(&mut self, kind: SyntaxKind, start: usize, has_tail: bool) {
        let text = &self.text[start..self.pos];
        let span = self.span(start, self.pos);
        if has_tail {
            return self.error(diagnostics::invalid_number(span, text));
        }
        if kind == SyntaxKind::INT && ast::integer(text).is_none() {
            let plain: String = text.chars().map(half_width).collect();
            let digits = plain.trim_start_matches("0x").trim_start_matches("0X");
            let is_prefixed = digits.len() < plain.len();
            let is_number = digits.chars().all(|c| c == '_' || c.is_digit(if is_prefixed { 16 } else { 10 }));
            let has_digit = digits.chars().any(|c| c != '_');
            self.error(if is_number && has_digit {
                diagnostics::integer_too_large(span)
            } else {
                diagnostics::invalid_number(span, text)
            });
        }
    }
}

/// Longer numbers may be none of ours.
const MAX_ZEROS: usize = 18;

/// Of 十, 百, 千, 万, 亿.
fn unit_zeros(c: char) -> Option<usize> {
    "十百千万亿".chars().zip([1, 2, 3, 4, 8]).find(|it| it.0 == c).map(|it| it.1)
}

fn is_digit(c: char) -> bool {
    half_width(c).is_ascii_digit()
}
fn is_digit_or_separator(c: char) -> bool {
    c == '_' || is_digit(c)
}
