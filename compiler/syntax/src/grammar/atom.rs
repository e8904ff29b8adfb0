//! The innermost expressions: literals, names, brackets, templates, struct literals.

use super::list::Separator;
use crate::SyntaxKind::*;
use crate::diagnostics;
use crate::parser::{Completed, Context, Parser, SPAWNING_FUNCTION};

impl Parser<'_> {
    pub(crate) fn atom(&mut self) -> Option<Completed> {
        match self.kind() {
            kind if kind.is_literal() => {
                let node = self.start();
                self.bump_any();
                Some(self.complete(node, LITERAL))
            }
            TEMPLATE_START => Some(self.template()),
            IDENT => Some(self.name_atom()),
            UNDERSCORE if self.nth(1) == T![=>] && self.ctx.arrow_closures => Some(self.arrow_closure()),
            UNDERSCORE if self.ctx.tuple_target && matches!(self.nth(1), T![,] | T![')']) => {
                Some(self.single_token(WILDCARD_EXPR))
            }
            T![自己] => Some(self.self_atom()),
            T!['('] if self.arrow_closure_ahead() || self.thin_closure_ahead() => Some(self.arrow_closure()),
            T!['('] => self.paren(),
            T!['['] => self.array(),
            // In a header the brace belongs to the block, unless an entry follows: no block begins like that.
            T!['{'] if self.ctx.struct_literals || self.map_ahead() => self.map(),
            T![新建] => Some(self.new_expr()),
            T![|] | T![||] => Some(self.bar_closure()),
            T![闭包] | T![函数] => Some(self.keyword_closure()),
            T![返回] | T![抛出] | T![跳出] | T![继续] | T![让出] => Some(self.jump()),
            T![如果] => Some(self.if_expr()),
            T![匹配] => Some(self.match_expr()),
            T![尝试] => Some(self.try_catch()),
            T![当] | T![对于] => Some(self.loop_expr()),
            T![选择] => Some(self.select()),
            T![变量] | T![常量] if self.ctx.let_conditions => Some(self.let_condition()),
            _ => {
                self.missing_expression();
                None
            }
        }
    }

    fn name_atom(&mut self) -> Completed {
        if self.let_without_keyword_ahead() {
            let error = diagnostics::let_without_keyword(self.span_of(0));
            self.error(error);
            return self.let_condition_rest(false);
        }
        if self.token_text() == "lambda"
            && let Some(colon) = self.lambda_ahead()
        {
            return self.lambda(colon);
        }
        if self.token_text() == SPAWNING_FUNCTION
            && self.nth_is_operand_start(1)
            && self.nth(1) != T!['{']
            && !self.nth_tok_newline_at(1)
        {
            return self.call_without_parens(true);
        }
        if self.nth(1) == T![=>] && self.ctx.arrow_closures && !self.ctx.let_conditions || self.thin_closure_ahead() {
            return self.arrow_closure();
        }
        if self.at_contextual_block() {
            return if self.at(T![循环]) { self.loop_expr() } else { self.concurrent() };
        }
        if self.nth(1) == T!['{'] {
            // `返回 匹配c { … }`
            self.note_glued_here(&[T![匹配]]);
        }
        if self.match_without_keyword_ahead() {
            let error = diagnostics::missing_match(self.span_of(0));
            self.error(error);
            return self.match_rest(false);
        }
        if self.struct_literal_ahead() {
            return self.struct_literal();
        }
        if let Some(end) = self.struct_literal_in_header() {
            let error = diagnostics::struct_literal_in_header(self.span_of(0).to(self.span_of(end)));
            self.error(error);
            return self.struct_literal();
        }
        let node = self.start();
        self.name_token();
        self.mark_of_macro();
        let turbofish = self.at(T![::]) && self.nth(1) == T![<] || self.unclosed_type_args_ahead();
        if turbofish || self.type_args_ahead(0).is_some() {
            self.type_args();
        }
        self.complete(node, NAME_EXPR)
    }

    fn self_atom(&mut self) -> Completed {
        if self.nth(1) == T!['{'] && self.struct_literal_ahead() {
            return self.struct_literal();
        }
        let node = self.start();
        self.bump_any();
        self.complete(node, SELF_EXPR)
    }

    pub(crate) fn template(&mut self) -> Completed {
        let node = self.start();
        self.bump(TEMPLATE_START);
        loop {
            match self.kind() {
                TEMPLATE_TEXT => self.bump_any(),
                HOLE_START => self.template_hole(),
                _ => break,
            }
        }
        self.eat(TEMPLATE_END);
        self.complete(node, TEMPLATE)
    }

    fn template_hole(&mut self) {
        let node = self.start();
        let start = self.span_of(0);
        self.bump(HOLE_START);
        if !self.enter(1) {
            self.skip_until(|p| p.at_any(&[HOLE_END, HOLE_SPEC]));
            self.eat(HOLE_SPEC);
            self.eat(HOLE_END);
            self.complete(node, TEMPLATE_HOLE);
            return;
        }
        if self.at_any(&[HOLE_END, HOLE_SPEC]) {
            let error = diagnostics::empty_hole(start.to(self.span_of(0)));
            self.error(error);
        } else {
            self.with(Context::BRACKETS, |p| {
                let value = p.expr();
                p.forbid_assignment(value);
            });
        }
        if !self.at_any(&[HOLE_END, HOLE_SPEC]) {
            self.expected("“}”", "`}`");
            self.skip_until(|p| p.at_any(&[HOLE_END, HOLE_SPEC, TEMPLATE_TEXT, TEMPLATE_END]));
            while self.at_any(&[T![')'], T![']']]) {
                self.bump_error();
            }
        }
        self.eat(HOLE_SPEC);
        self.eat(HOLE_END);
        self.leave(1);
        self.complete(node, TEMPLATE_HOLE);
    }

    fn paren(&mut self) -> Option<Completed> {
        if !self.enter(1) {
            return None;
        }
        let node = self.start();
        self.bump(T!['(']);
        let mut n_exprs = 0;
        let mut has_comma = false;
        let ctx = Context { tuple_target: self.ctx.tuple_target, ..self.bracket_context() };
        self.with(ctx, |p| {
            p.list(T![')'], Separator::Comma, |p| {
                n_exprs += 1;
                let value = p.expr();
                p.forbid_assignment(value);
                has_comma |= p.at(T![,]);
            });
        });
        self.leave(1);
        Some(self.complete(node, if n_exprs == 1 && !has_comma { PAREN_EXPR } else { TUPLE_EXPR }))
    }

    /// `[甲, 乙]` or `[值; 数]`
    fn array(&mut self) -> Option<Completed> {
        if !self.enter(1) {
            return None;
        }
        let node = self.start();
        let open = self.pos();
        let brackets = self.pair_distance(0).map(|close| [self.span_of(0), self.span_of(close)]);
        self.bump(T!['[']);
        if self.empty_map_in_brackets(brackets) {
            self.leave(1);
            return Some(self.complete(node, MAP_EXPR));
        }
        let mut is_repeat = false;
        let mut is_map = false;
        let ctx = self.bracket_context();
        self.with(ctx, |p| {
            let mut is_first = true;
            p.list_until(open, T![']'], |p| {
                let item = p.expr();
                if is_first || is_map {
                    is_map = p.map_entry_in_brackets(item, brackets.filter(|_| is_first));
                }
                if is_first && p.at(T![;]) && p.is_repeat() {
                    is_repeat = true;
                    p.bump_any();
                    p.expr();
                }
                is_first = false;
            });
        });
        self.leave(1);
        let kind = match (is_map, is_repeat) {
            (true, _) => MAP_EXPR,
            (_, true) => REPEAT_EXPR,
            _ => ARRAY_EXPR,
        };
        Some(self.complete(node, kind))
    }

    /// `[0；3]`, unlike `[1；2；3]`.
    fn is_repeat(&self) -> bool {
        let is_plain = matches!(self.nth(1), IDENT | STRING | CHAR) || self.nth(1).is_literal();
        !(is_plain && matches!(self.nth(2), T![;] | T![,]))
    }

    fn list_until(&mut self, open: usize, close: crate::SyntaxKind, item: impl FnMut(&mut Self)) {
        debug_assert_eq!(open + 1, self.pos());
        self.list(close, Separator::Comma, item);
    }

    pub(crate) fn map(&mut self) -> Option<Completed> {
        if !self.enter(1) {
            return None;
        }
        let node = self.start();
        self.bump(T!['{']);
        self.with(Context::BLOCK, |p| p.list(T!['}'], Separator::Comma, Self::map_entry));
        self.leave(1);
        Some(self.complete(node, MAP_EXPR))
    }

    fn map_entry(&mut self) {
        let node = self.start();
        if self.expr().is_some() && (self.eat_wrong_colon() || self.expect(T![:])) {
            self.expr();
        }
        self.complete(node, MAP_ENTRY);
    }

    /// `新建 点 {…}`, `新建 T(…)`
    fn new_expr(&mut self) -> Completed {
        let node = self.start();
        self.bump(T![新建]);
        if !matches!(self.kind(), IDENT | T![自己]) || self.newline() {
            self.expected("类型的名字", "the name of a type");
            return self.complete(node, NEW_EXPR);
        }
        self.literal_path();
        match self.kind() {
            T!['{'] if !self.newline() => {
                self.struct_fields();
                self.complete(node, STRUCT_EXPR)
            }
            T!['('] if !self.newline() => {
                self.arg_list();
                self.complete(node, NEW_EXPR)
            }
            _ => {
                self.expected("“{”或“(”", "`{` or `(`");
                self.complete(node, NEW_EXPR)
            }
        }
    }

    fn struct_literal(&mut self) -> Completed {
        let node = self.start();
        self.literal_path();
        self.struct_fields();
        self.complete(node, STRUCT_EXPR)
    }

    fn struct_fields(&mut self) {
        if !self.enter(1) {
            return;
        }
        self.bump(T!['{']);
        self.with(Context::BLOCK, |p| p.list(T!['}'], Separator::Comma, Self::struct_field));
        self.leave(1);
    }

    /// `..旧`
    pub(crate) fn spread(&mut self) {
        let node = self.start();
        self.bump(T![..]);
        self.expr();
        self.complete(node, SPREAD);
    }

    fn struct_field(&mut self) {
        if self.at(T![..]) {
            return self.spread();
        }
        let node = self.start();
        if !self.at_word(0) {
            self.expected("字段名", "a field name");
            self.complete(node, ERROR);
            return;
        }
        self.name_token();
        if self.eat_wrong_colon() || self.eat(T![:]) {
            self.expr();
        }
        self.complete(node, STRUCT_EXPR_FIELD);
    }

    /// `"甲" = 1`, `x => 1`: what others write for the `:` between a key or field and its value.
    fn eat_wrong_colon(&mut self) -> bool {
        let is_wrong = self.at_any(&[T![=], T![=>]]) && !self.newline();
        if is_wrong {
            self.wrong_sign(":");
            self.bump_any();
        }
        is_wrong
    }
}
