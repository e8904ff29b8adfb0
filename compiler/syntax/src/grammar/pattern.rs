//! Patterns.

use super::list::Separator;
use crate::SyntaxKind::{self, *};
use crate::diagnostics;
use crate::parser::{Completed, Context, Parser};

impl Parser<'_> {
    /// With alternatives.
    pub(crate) fn pattern(&mut self) {
        let Some(first) = self.simple_pattern() else { return };
        if !self.at(T![|]) && !self.at_word_for_or() {
            return;
        }
        let node = self.precede(first);
        while self.at(T![|]) || self.at_word_for_or() {
            if self.at_word_for_or() {
                let found =
                    diagnostics::unexpected_token(self.span_of(0), &qi_base::Text::new("“|”", "`|`"), &self.found());
                self.error(diagnostics::wrong_word(found, "|"));
            }
            self.bump_as(T![|], 1);
            self.simple_pattern();
        }
        self.complete(node, OR_PATTERN);
    }

    /// `1 或 2 => …`
    fn at_word_for_or(&self) -> bool {
        self.at_any(&[T![或], T![||]]) && !self.newline()
    }

    /// Without alternatives at its top.
    pub(crate) fn simple_pattern(&mut self) -> Option<Completed> {
        if !self.enter(1) {
            return None;
        }
        let pattern = self.pattern_inner();
        self.leave(1);
        pattern
    }

    fn pattern_inner(&mut self) -> Option<Completed> {
        match self.kind() {
            UNDERSCORE => Some(self.single_token(WILDCARD_PATTERN)),
            T![-] => self.literal_or_range(),
            // `变量 空 = 3`: meant as a name.
            T![空] if matches!(self.nth(1), T![=] | T![:]) => {
                let node = self.start();
                self.name();
                Some(self.complete(node, BINDING_PATTERN))
            }
            kind if kind.is_literal() => self.literal_or_range(),
            T![..] | T![..=] => self.rest_or_range(),
            T!['('] => Some(self.tuple_pattern()),
            T!['['] => {
                let node = self.start();
                self.bump(T!['[']);
                self.with(Context::BRACKETS, |p| p.list(T![']'], Separator::Comma, Self::pattern));
                Some(self.complete(node, ARRAY_PATTERN))
            }
            IDENT => Some(self.name_pattern()),
            T![自己] if matches!(self.nth(1), T![.] | T![::] | T!['{']) => Some(self.name_pattern()),
            TEMPLATE_START => {
                let error = diagnostics::template_as_pattern(self.span_of(0));
                self.error(error);
                let node = self.start();
                self.template();
                Some(self.complete(node, ERROR))
            }
            kind if kind.is_reserved() => {
                let node = self.start();
                if self.name().is_none() {
                    self.complete(node, ERROR);
                    return None;
                }
                Some(self.complete(node, BINDING_PATTERN))
            }
            _ => {
                self.expected("名字或模式", "a name or pattern");
                None
            }
        }
    }

    pub(crate) fn single_token(&mut self, kind: SyntaxKind) -> Completed {
        let node = self.start();
        self.bump_any();
        self.complete(node, kind)
    }

    fn at_range_operator(&self) -> bool {
        self.at_any(&[T![..], T![..=], T![...], T![到], T![直到]])
    }
    fn bump_range_operator(&mut self) {
        if self.at(T![...]) {
            let error = crate::diagnostics::three_dots(self.span_of(0));
            self.error(error);
            return self.bump_as(T![..], 1);
        }
        for kind in [T![..], T![..=], T![到], T![直到]] {
            if self.eat(kind) {
                return;
            }
        }
    }

    fn literal_or_range(&mut self) -> Option<Completed> {
        let literal = self.literal_pattern()?;
        if !self.at_range_operator() || self.newline() {
            return Some(literal);
        }
        let node = self.precede(literal);
        self.bump_range_operator();
        if self.at(T![-]) || self.kind().is_literal() {
            self.literal_pattern();
        } else {
            self.name_as_end_of_range();
        }
        Some(self.complete(node, RANGE_PATTERN))
    }

    fn literal_pattern(&mut self) -> Option<Completed> {
        let node = self.start();
        let is_negative = self.eat(T![-]);
        let may_stand = !is_negative || matches!(self.kind(), INT | FLOAT);
        if may_stand && self.kind().is_literal() {
            self.single_token(LITERAL);
            return Some(self.complete(node, LITERAL_PATTERN));
        }
        self.expected("数字", "a number");
        self.complete(node, ERROR);
        None
    }

    /// `..尾`, `..`, `..5`
    fn rest_or_range(&mut self) -> Option<Completed> {
        let node = self.start();
        let is_rest = self.at(T![..]);
        self.bump_any();
        if self.at(T![-]) || self.kind().is_literal() {
            self.literal_pattern();
            return Some(self.complete(node, RANGE_PATTERN));
        }
        if !is_rest {
            self.expected("数字或字符", "a number or character");
        } else if self.kind() == IDENT {
            self.name_token();
        } else if self.kind() == UNDERSCORE {
            self.bump_any();
        }
        Some(self.complete(node, REST_PATTERN))
    }

    fn tuple_pattern(&mut self) -> Completed {
        let node = self.start();
        self.bump(T!['(']);
        let mut n_patterns = 0;
        let mut has_comma = false;
        let mut is_rest = false;
        self.with(Context::BRACKETS, |p| {
            p.list(T![')'], Separator::Comma, |p| {
                n_patterns += 1;
                is_rest |= p.at(T![..]);
                p.pattern();
                has_comma |= p.at(T![,]);
            });
        });
        let is_paren = n_patterns == 1 && !has_comma && !is_rest;
        self.complete(node, if is_paren { PAREN_PATTERN } else { TUPLE_PATTERN })
    }

    /// A binding, a variant or a struct.
    fn name_pattern(&mut self) -> Completed {
        let node = self.start();
        let is_qualified = matches!(self.nth(1), T![.] | T![::]);
        let has_payload = matches!(self.nth(1), T!['('] | T!['{']) && !self.nth_newline(1);
        if !is_qualified && !has_payload {
            self.name_token();
            return self.complete(node, BINDING_PATTERN);
        }
        self.literal_path();
        match self.kind() {
            T!['('] if !self.newline() => {
                self.bump(T!['(']);
                self.with(Context::BRACKETS, |p| p.list(T![')'], Separator::Comma, Self::pattern));
                self.complete(node, VARIANT_PATTERN)
            }
            T!['{'] if !self.newline() => {
                self.bump(T!['{']);
                self.with(Context::BLOCK, |p| p.list(T!['}'], Separator::Comma, Self::struct_pattern_field));
                self.complete(node, STRUCT_PATTERN)
            }
            _ => self.complete(node, PATH_PATTERN),
        }
    }

    fn struct_pattern_field(&mut self) {
        if self.eat(T![..]) {
            return;
        }
        if !self.at_word(0) {
            return self.expected("字段名或“..”", "a field name or `..`");
        }
        let node = self.start();
        self.name_token();
        if self.eat(T![:]) {
            self.pattern();
        }
        self.complete(node, STRUCT_PATTERN_FIELD);
    }
}
