//! Functions: receivers, parameters, type parameters.

use super::list::Separator;
use super::type_names::{STANDARD_TRAITS, is_plain_type, our_type};
use crate::SyntaxKind::*;
use crate::diagnostics;
use crate::parser::{Context, Parser};

/// Where a function stands decides whether it needs a body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    Required,
    Optional,
}

impl Parser<'_> {
    /// From 函数 on.
    pub(crate) fn function_rest(&mut self, body: Body) {
        self.bump(T![函数]);
        if self.at(T![<]) {
            self.generic_params();
        }
        // `函数 (自己 点) 长度()`: a name follows the first parentheses.
        if self.at(T!['(']) && self.pair_distance(0).is_some_and(|close| self.nth(close + 1) == IDENT) {
            self.receiver();
        }
        self.result_before_name();
        self.name();
        if self.at(T![<]) {
            self.generic_params();
        }
        if self.at(T!['(']) && self.params_end_missing() {
            self.unclosed_params();
        } else if self.at(T!['(']) {
            self.param_list();
        } else if self.at(T!['{']) && self.previous_is(IDENT) && !self.nth_tok_newline() {
            let error = diagnostics::missing_parameters(self.after_previous());
            self.error(error);
        } else {
            self.expected("“(”", "`(`");
            self.skip_until(|p| p.at(T!['{']) || p.at(T![;]) || p.nth_tok_newline());
            // `函数 加n: 整数): 整数 {`
            if self.at(T![')']) && !self.nth_tok_newline() {
                self.bump_error();
            }
        }
        let is_indented = body == Body::Required && self.indented_body_ahead();
        if !is_indented {
            self.declared_ret_type();
        }
        if self.token_text() == "where" && !self.nth_tok_newline() {
            let error = diagnostics::bounds_behind(self.span_of(0));
            self.error(error);
            self.skip_until(|p| p.at(T!['{']) || p.at(T![;]) || p.nth_tok_newline());
        }
        let has_body = is_indented || self.at(T!['{']);
        if has_body {
            self.block();
        } else if body == Body::Required {
            self.expected("函数体“{”", "the body `{`");
            self.skip_until(|p| p.at(T!['{']) || p.at(T![;]) || p.nth_tok_newline());
            if self.at(T!['{']) {
                self.block();
            }
        }
    }

    /// `函数 整数 取() {`, at the type.
    fn result_before_name(&mut self) {
        let is_type = is_plain_type(self.token_text()) || self.at(T![空]) || self.may_be_type(self.token_text());
        if !is_type || self.nth(1) != IDENT || self.nth(2) != T!['('] || self.nth_newline(1) {
            return;
        }
        let (ty, name) = (self.span_of(0), self.span_of(1));
        let close = self.pair_distance(2).filter(|&close| self.nth(close + 1) == T!['{']);
        let end = close.map(|it| self.span_of(it).after());
        let error = diagnostics::result_before_name(ty, name, our_type(self.text_of(ty)), end);
        self.error(error);
        self.bump_error();
    }

    /// `函数 平均(: 整数 {`
    fn params_end_missing(&self) -> bool {
        let after = || self.skip_type(2, &mut 64);
        self.nth(1) == T![:] && after().is_some_and(|after| self.nth(after) == T!['{'])
    }

    fn unclosed_params(&mut self) {
        let (node, open) = (self.start(), self.span_of(0));
        self.bump(T!['(']);
        self.complete(node, PARAM_LIST);
        let error = diagnostics::missing_close(self.after_previous(), open, ")", true);
        self.error(error);
    }

    /// `(自己 点)`
    fn receiver(&mut self) {
        let node = self.start();
        let open = self.pos();
        self.bump(T!['(']);
        let ctx = self.bracket_context();
        self.with(ctx, |p| {
            p.eat(T![变量]);
            if matches!(p.kind(), IDENT | T![自己]) {
                p.name_token();
                // `(自己: 点)` reads just as well.
                p.eat(T![:]);
            } else {
                p.expected("“自己”", "`自己`");
            }
            p.ty();
            p.close_bracket(open, T![')']);
        });
        self.complete(node, RECEIVER);
    }

    pub(crate) fn generic_params(&mut self) {
        let node = self.start();
        self.bump(T![<]);
        self.angle_list(|p| {
            let param = p.start();
            p.name();
            if p.bound_without_colon_ahead() {
                let error = diagnostics::missing_colon(p.after_previous(), true);
                p.error(error);
                p.bound_list();
            } else if p.eat(T![:]) {
                p.bound_list();
            }
            p.complete(param, GENERIC_PARAM);
        });
        if self.at(T![>]) && self.previous_is(T![>]) && self.follows_closely() {
            let first = self.before_current().unwrap_or(self.span_of(0));
            let error = diagnostics::doubled(first, self.span_of(0), self.token_text(), true);
            self.error(error);
            self.bump_error();
        }
        self.complete(node, GENERIC_PARAM_LIST);
    }

    /// `<T 可比较>`, unlike `<K V>`.
    fn bound_without_colon_ahead(&self) -> bool {
        let word = self.token_text();
        let is_trait = STANDARD_TRAITS.contains(&word) || !word.is_ascii() && self.may_be_type(word);
        self.kind() == IDENT && !self.nth_tok_newline() && is_trait && self.previous_is(IDENT)
    }

    /// Of a function or closure.
    pub(crate) fn param_list(&mut self) {
        let node = self.start();
        self.bump(T!['(']);
        let newline_ends = !self.bracket_is_closed(self.pos() - 1);
        self.with(Context { newline_ends, ..Context::BRACKETS }, |p| p.list(T![')'], Separator::Comma, Self::param));
        self.complete(node, PARAM_LIST);
    }

    /// `a: inout 整数`, at the colon.
    fn mutable_in_type(&mut self, name: qi_base::Span) {
        let is_word = matches!(self.word_text(1), "inout" | "可变" | "mut") && self.at(T![:]);
        if !is_word || !matches!(self.nth(2), IDENT | T!['['] | T!['(']) || self.nth_at(0, T![可变]) {
            return;
        }
        let word = self.span_of(1);
        let behind = qi_base::Span { end: self.span_of(2).start, ..word };
        let error = diagnostics::mutable_in_type(name, behind, self.text_of(word));
        self.error(error);
        let node = self.start();
        self.bump_any();
        self.bump_any();
        self.complete(node, ERROR);
        self.ty();
    }

    /// `mut x: 整数`, `inout x: 整数`: what others write before a parameter.
    fn foreign_mark(&mut self) {
        if self.nth(1) != IDENT || self.nth(2) != T![:] {
            return;
        }
        match self.token_text() {
            // Every parameter may be assigned to.
            "mut" | "const" | "let" | "var" => {
                let misplaced = diagnostics::misplaced(self.span_of(0), &self.found());
                self.remove(misplaced);
            }
            "inout" | "ref" => {
                let error = diagnostics::foreign_keyword(self.span_of(0), self.token_text(), "可变");
                self.error(error);
                self.bump_as(T![可变], 1);
            }
            _ => {}
        }
    }

    /// `自己` as the first parameter, without a type.
    fn self_as_parameter(&mut self) {
        let word = self.span_of(0);
        let behind = if self.nth(1) == T![,] { 2 } else { 1 };
        let all = qi_base::Span { end: self.span_of(behind).start, ..word };
        let error = diagnostics::self_as_parameter(word, all);
        self.error(error);
        self.bump_error();
    }

    /// What 变量 and parameters declare, before the type; `甲:: 整数` ends before the second colon.
    pub(crate) fn declared_pattern(&mut self) {
        if self.kind() != IDENT || !self.doubled_colon_ahead(1) {
            self.simple_pattern();
            return;
        }
        let pattern = self.start();
        self.name_token();
        self.complete(pattern, BINDING_PATTERN);
        self.doubled_colon();
    }

    fn param(&mut self) {
        if self.at(T![自己]) && matches!(self.nth(1), T![,] | T![')']) {
            return self.self_as_parameter();
        }
        let node = self.start();
        while self.at(T![@]) {
            self.attribute();
        }
        if self.at(T![可变]) && matches!(self.nth(1), IDENT | UNDERSCORE | T!['('] | T![自己]) {
            self.bump(T![可变]);
        } else {
            self.foreign_mark();
        }
        let name = self.span_of(0);
        self.declared_pattern();
        self.eat(T![...]);
        self.mutable_in_type(name);
        let ty = self.pos() + 1;
        self.optional_type();
        if self.pos() > ty {
            self.union_of_types(ty);
        }
        if self.eat(T![=]) {
            self.expr();
        }
        self.complete(node, PARAM);
    }
}
