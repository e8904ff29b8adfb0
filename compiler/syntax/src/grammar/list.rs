//! Names, and lists between brackets.

use crate::SyntaxKind::{self, EOF};
use crate::diagnostics;
use crate::parser::{Completed, Parser};

/// What may stand between two items.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Separator {
    Comma,
    /// A comma, a semicolon or a line break: declarations.
    Lines,
    /// The same between the arms of a 匹配.
    Arms,
}

impl Parser<'_> {
    /// A name that is declared or used.
    pub(crate) fn name(&mut self) -> Option<Completed> {
        if self.kind() == SyntaxKind::IDENT {
            return Some(self.name_token());
        }
        if self.kind().is_reserved() && !self.newline() {
            let error = diagnostics::reserved_word(self.span_of(0), self.token_text());
            self.error(error);
            // `变量 类型 = 1`: read on as if it were a name; `变量 如果 x {` is something else.
            let ends = self.nth_tok_newline_at(1) || matches!(self.nth(1), T![;] | T!['}'] | T![,] | T![')'] | EOF);
            if ends || matches!(self.nth(1), T![=] | T![:] | T!['('] | T!['{'] | T![在] | T![<]) {
                return Some(self.name_token());
            }
            return None;
        }
        self.expected("名字", "a name");
        None
    }

    /// The next token as a `NAME`, whatever it is.
    pub(crate) fn name_token(&mut self) -> Completed {
        let node = self.start();
        let kind = if self.kind() == SyntaxKind::UNDERSCORE { SyntaxKind::IDENT } else { self.kind() };
        self.bump_as(kind, 1);
        self.complete(node, SyntaxKind::NAME)
    }

    /// Any word is a name here: after `.`, before `:` of a field or argument.
    pub(crate) fn at_word(&self, n: usize) -> bool {
        self.nth(n) == SyntaxKind::IDENT || self.nth(n).is_reserved()
    }

    /// Items up to `close`, which is taken; the opening bracket was just taken.
    pub(crate) fn list(&mut self, close: SyntaxKind, separator: Separator, mut item: impl FnMut(&mut Self)) {
        let open = self.pos() - 1;
        let is_closed = self.bracket_is_closed(open);
        while !self.at(close) && !self.at_list_end(separator, is_closed) {
            let (before, n_errors) = (self.pos(), self.n_errors());
            let mut goes_on = false;
            let mut item_and_separator = |p: &mut Self| {
                item(p);
                if p.pos() == before {
                    p.expected("另一项或右括号", "another item or the closing bracket");
                    p.skip_item();
                }
                goes_on = p.list_separator(close, separator, is_closed, p.n_errors() > n_errors);
            };
            if separator != Separator::Comma {
                self.apart(|p| {
                    p.fresh();
                    item_and_separator(p);
                });
            } else {
                item_and_separator(self);
            }
            // `其他: …` is a pattern.
            let is_pattern = separator == Separator::Arms
                && before + 1 < self.pos()
                && matches!(self.kind_at(before + 1), T![:] | T![=>] | T![->]);
            if separator != Separator::Comma && self.n_errors() > n_errors && !is_pattern {
                self.note_glued_member(before);
            }
            if !goes_on {
                break;
            }
            if self.pos() == before && !self.at(close) && !self.at_list_end(separator, is_closed) {
                self.bump_error();
            }
        }
        self.close_bracket(open, close);
    }

    /// True if another item may follow. `is_broken`: something was wrong with the item before.
    fn list_separator(&mut self, close: SyntaxKind, separator: Separator, is_closed: bool, is_broken: bool) -> bool {
        if separator != Separator::Comma {
            // A member or arm that ends in a block needs nothing after it.
            let found = self.at_any(&[T![,], T![;]])
                || self.nth_tok_newline()
                || self.previous_is(T!['}'])
                || separator == Separator::Arms && self.at_switch_arm();
            while self.at_any(&[T![,], T![;]]) {
                self.bump_any();
            }
            if found {
                return true;
            }
        } else if self.eat(T![,]) {
            return true;
        } else if self.at(T![;]) && is_closed && self.member_follows_semicolon(close) {
            self.wrong_sign(",");
            self.bump_error();
            return true;
        }
        if self.at(close) || self.at_list_end(separator, is_closed) {
            return true;
        }
        if !is_closed && close != T!['}'] {
            return false;
        }
        let is_next_arm = self.kind() == SyntaxKind::UNDERSCORE && self.nth(1) == T![=>];
        let error = if self.nth_tok_newline() || is_next_arm || (self.at_expr_start() && close != T![>]) {
            // Within a line, an operator, parentheses or a keyword may be missing as well.
            let two_numbers = self.kind() == SyntaxKind::INT && self.previous_is(SyntaxKind::INT);
            let is_named = (self.at_word(0) || self.kind().is_literal()) && self.nth(1) == T![:];
            let is_certain = is_closed && (two_numbers || is_next_arm || is_named || self.nth_tok_newline());
            match self.function_before() {
                _ if let Some(it) = self.number_before_name() => it,
                Some(name) if !is_certain => diagnostics::call_without_parentheses(name, self.text_of(name)),
                _ => diagnostics::missing_comma(self.after_previous(), is_certain),
            }
        } else {
            let text = close.text().unwrap_or_default();
            let expected = qi_base::Text::new(format!("逗号或“{text}”"), format!("a comma or `{text}`"));
            diagnostics::unexpected_token(self.place(), &expected, &self.found())
        };
        self.error(error);
        if is_broken || !(self.at_expr_start() || is_next_arm) {
            self.skip_item();
            while self.at_any(&[T![,], T![;]]) {
                self.bump_any();
            }
        }
        true
    }

    /// `加(1；2)`, `{"甲": 1；"乙": 2}`: on this line, and what might be a block goes on as no block does.
    fn member_follows_semicolon(&self, close: SyntaxKind) -> bool {
        let is_entry = || (self.at_word(1) || self.nth(1).is_literal()) && self.nth(2) == T![:];
        !self.nth_tok_newline_at(1) && (close != T!['}'] || is_entry())
    }

    /// The token just taken, if the file has a function of that name.
    fn function_before(&self) -> Option<qi_base::Span> {
        let name = self.before_current().filter(|_| self.previous_is(SyntaxKind::IDENT))?;
        self.is_function(self.text_of(name)).then_some(name)
    }

    /// Without a partner, a bracket's list ends with its line, one of lines where a declaration begins at the margin.
    fn at_list_end(&self, separator: Separator, is_closed: bool) -> bool {
        if self.at_end() || self.at_close_bracket() {
            return true;
        }
        !is_closed
            && match separator {
                Separator::Comma => self.nth_tok_newline() || self.at(T![;]),
                Separator::Lines | Separator::Arms => self.is_unindented() && self.at_declaration(),
            }
    }
}
