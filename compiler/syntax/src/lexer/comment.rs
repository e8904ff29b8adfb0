//! Comments: to the end of the line, nested blocks, documentation.

use super::Lexer;
use crate::SyntaxKind;
use crate::diagnostics;
use crate::punct::{half_width, is_bidi_control};

impl Lexer<'_> {
    /// At `//` or `/*`.
    pub(super) fn comment(&mut self) {
        let start = self.pos;
        let is_block = self.peek_half(1) == Some('*');
        let is_doc = !is_block && self.peek_half(2) == Some('/') && self.peek_half(3) != Some('/');
        if is_block {
            self.block_comment();
        } else {
            self.skip_line();
        }
        self.token(if is_doc { SyntaxKind::DOC_COMMENT } else { SyntaxKind::COMMENT }, start);
        self.report_bidi(start);
    }

    fn block_comment(&mut self) {
        let start = self.pos;
        let mut depth = 0usize;
        let mut previous = '\0';
        while let Some(c) = self.bump() {
            let c = half_width(c);
            match (previous, c) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => {
                    previous = c;
                    continue;
                }
            }
            if depth == 0 {
                return;
            }
            // The character is used up: `/*/` opens once and closes nothing.
            previous = '\0';
        }
        self.error(diagnostics::unterminated_comment(
            self.span(start, start + self.text[start..].chars().take(2).map(char::len_utf8).sum::<usize>()),
        ));
    }

    /// Bidirectional controls reorder what a reader sees, in comments as well.
    fn report_bidi(&mut self, start: usize) {
        let found = self.text[start..self.pos].char_indices().find(|&(_, c)| is_bidi_control(c));
        if let Some((at, c)) = found {
            let span = self.span(start + at, start + at + c.len_utf8());
            self.error(diagnostics::invalid_character(span, c));
        }
    }
}
