//! Closures: `闭包(…) {…}`, `(…) => …`, `x => …`, `|x| …`.

use super::list::Separator;
use crate::SyntaxKind::*;
use crate::diagnostics;
use crate::parser::{Completed, Context, Parser};

impl Parser<'_> {
    /// 闭包, or 函数 without a name.
    pub(crate) fn keyword_closure(&mut self) -> Completed {
        let node = self.start();
        self.bump_any();
        if self.at(T!['[']) {
            self.capture_list();
        }
        if self.kind() == IDENT && self.nth(1) == T!['('] {
            let span = self.span_of(0);
            let error = diagnostics::named_function_as_value(span);
            self.error(error);
            self.bump_error();
        }
        if self.at(T!['(']) {
            self.param_list();
        }
        self.ret_type();
        if self.eat(T![=>]) {
            self.arrow_body();
        } else if self.at(T!['{']) {
            self.block();
        } else {
            self.expected("“{”", "`{`");
        }
        self.complete(node, CLOSURE_EXPR)
    }

    /// `[弱 自身, 名]`: what the closure captures is inferred; the names must exist.
    fn capture_list(&mut self) {
        let node = self.start();
        self.bump(T!['[']);
        let ctx = self.bracket_context();
        self.with(ctx, |p| p.list(T![']'], Separator::Comma, Self::capture));
        self.complete(node, CAPTURE_LIST);
    }

    fn capture(&mut self) {
        if self.at(T![弱]) && matches!(self.nth(1), IDENT | T![自己]) {
            self.bump(T![弱]);
        }
        let node = self.start();
        if self.eat(T![自己]) {
            self.complete(node, SELF_EXPR);
        } else {
            self.name();
            self.complete(node, NAME_EXPR);
        }
    }

    /// `(x) => …` or `x => …`
    pub(crate) fn arrow_closure(&mut self) -> Completed {
        let is_thin = self.thin_closure_ahead();
        let node = self.start();
        if self.at(T!['(']) {
            self.param_list();
        } else {
            self.bare_param();
        }
        if is_thin {
            let is_member = self.follows_closely() && self.is_joint(0) && self.nth(1) == IDENT;
            let error = match is_member {
                true => diagnostics::arrow_member(self.span_of(0)),
                false => diagnostics::foreign_operator(self.span_of(0), "->"),
            };
            self.error(error);
            self.bump_as(T![=>], 1);
        } else {
            self.ret_type();
            self.expect(T![=>]);
        }
        self.arrow_body();
        self.complete(node, CLOSURE_EXPR)
    }

    fn bare_param(&mut self) {
        let param = self.start();
        self.simple_pattern();
        self.complete(param, PARAM);
    }

    /// `|x: 整数, y| …`, `|| …`
    pub(crate) fn bar_closure(&mut self) -> Completed {
        let node = self.start();
        let params = self.start();
        if !self.eat(T![||]) {
            self.bump(T![|]);
            let ctx = Context { newline_ends: false, ..self.ctx };
            self.with(ctx, |p| {
                while !p.at(T![|]) && !p.at_end() {
                    p.bar_param();
                    if !p.eat(T![,]) {
                        break;
                    }
                }
                p.expect(T![|]);
            });
        }
        self.complete(params, PARAM_LIST);
        if self.at_any(&[T![:], T![->]]) {
            self.ret_type();
        }
        self.arrow_body();
        self.complete(node, CLOSURE_EXPR)
    }

    /// No alternatives and no default: `|` ends it.
    fn bar_param(&mut self) {
        let param = self.start();
        if self.at(T![可变]) && self.nth(1) == IDENT {
            self.bump(T![可变]);
        }
        self.simple_pattern();
        self.optional_type();
        self.complete(param, PARAM);
    }

    /// After an arrow: a block, or one expression that may assign.
    pub(crate) fn arrow_body(&mut self) {
        if self.at(T!['{']) && !self.map_ahead() {
            self.block();
            return;
        }
        if !self.enter(1) {
            return;
        }
        let ctx = Context { struct_literals: true, let_conditions: false, open_ranges: false, ..self.ctx };
        self.with(ctx, |p| p.statement_expr());
        self.leave(1);
    }
}
