//! Control flow: blocks, 如果, 匹配, 尝试, loops, 并发, and the jumps.

use super::list::Separator;
use super::switch::Switch;
use super::type_names::STANDARD_TRAITS;
use crate::SyntaxKind::*;
use crate::diagnostics;
use crate::parser::{Completed, Context, Parser, is_print};

/// No statement that stands for a block is longer.
const BRANCH_TOKENS: usize = 64;

impl Parser<'_> {
    /// `{ … }`; one that is missing is reported.
    pub(crate) fn block(&mut self) {
        if matches!(self.token_text(), "那么" | "则" | "就" | "做" | "执行" | "then" | "do") && self.nth(1) == T!['{']
        {
            let found = diagnostics::unexpected_token(self.place(), &qi_base::Text::new("“{”", "`{`"), &self.found());
            self.remove(found);
        }
        if self.at(T![在]) && !self.newline() {
            let error = diagnostics::membership(self.span_of(0));
            self.error(error);
        }
        if (self.at(T![:]) && self.nth_tok_newline_at(1)) || self.indented_branch_ahead() {
            return self.indented_block();
        }
        if self.branch_without_braces_ahead() {
            return self.branch_without_braces(None);
        }
        if !self.at(T!['{']) {
            // `如果 let x = o {`
            if self.kind() == IDENT {
                self.note_glued_before();
            }
            self.expected("“{”", "`{`");
            // `如果 x y {`: what stands before the brace is broken, the block is not.
            self.skip_to_brace();
            if !self.at(T!['{']) {
                return;
            }
        }
        let node = self.start();
        if !self.enter(1) {
            self.complete(node, BLOCK);
            return;
        }
        let open = self.pos();
        self.bump(T!['{']);
        self.apart(|p| p.with(Context::BLOCK, |p| p.block_statements(open)));
        if !self.at(T!['}']) {
            self.fresh();
        }
        self.close_bracket(open, T!['}']);
        self.leave(1);
        self.complete(node, BLOCK);
    }

    pub(crate) fn block_statements(&mut self, open: usize) {
        let is_closed = self.bracket_is_closed(open);
        while !self.at(T!['}']) && !self.at_end() && !self.at_any(&[HOLE_END, HOLE_SPEC]) {
            // The brace is missing, and here a new declaration begins.
            if !is_closed && self.at_unindented_declaration() {
                return;
            }
            self.statement();
        }
    }

    pub(crate) fn if_expr(&mut self) -> Completed {
        let (node, keyword) = (self.start(), self.pos());
        self.bump_any();
        self.header_expr(true);
        let open = self.pos();
        self.block();
        if self.kind_at(open) != T!['{'] && self.is_further_out(keyword) {
            // The block is one by indentation, and 否则 belongs to another 如果.
        } else if self.at(T![否则如果]) || (self.at(T![否则]) && self.nth(1) == T![如果]) {
            self.eat(T![否则]);
            if self.enter(1) {
                self.if_expr();
                self.leave(1);
            }
        } else if self.eat(T![否则]) {
            if self.statement_without_braces_ahead() {
                self.branch_without_braces(Some("否则"));
            } else {
                self.block();
            }
        } else if self.kind() == IDENT {
            self.note_glued_else();
        }
        self.complete(node, IF_EXPR)
    }

    /// The next token begins a line that is indented less than the one of token `index`.
    fn is_further_out(&self, index: usize) -> bool {
        self.nth_tok_newline() && !self.at_end() && self.indentation(self.pos()) < self.indentation(index)
    }

    /// A statement where the block should be; one that has a block of its own may be meant otherwise.
    fn statement_without_braces_ahead(&self) -> bool {
        let may_start = matches!(self.kind(), IDENT | T![自己] | T![返回] | T![抛出] | T![跳出] | T![继续]);
        let has_block = (1..BRANCH_TOKENS).find(|&n| self.nth_tok_newline_at(n) || self.nth(n) == T!['{']);
        may_start && !self.nth_tok_newline() && has_block.is_some_and(|n| self.nth(n) != T!['{'])
    }

    /// `如果 (甲 > 2) 打印("大")`: behind a condition, what can only be a statement.
    fn branch_without_braces_ahead(&self) -> bool {
        let is_statement = match self.kind() {
            T![返回] | T![抛出] | T![跳出] | T![继续] => true,
            IDENT if is_print(self.token_text()) => true,
            IDENT => self.previous_is(T![')']) && matches!(self.nth(1), T!['('] | T![=] | T![+=] | T![-=] | T![*=]),
            _ => false,
        };
        is_statement && self.statement_without_braces_ahead()
    }

    /// `} 否则 打印(0)`, `如果 (甲 > 2) 打印(0)`
    fn branch_without_braces(&mut self, keyword: Option<&str>) {
        let (start, is_glued) = (self.span_of(0), self.follows_closely());
        let node = self.start();
        self.apart(|p| {
            p.with(Context::BLOCK, |p| {
                p.fresh();
                let statement = p.start();
                p.statement_expr();
                p.complete(statement, EXPR_STMT);
                p.eat(T![;]);
            });
        });
        self.complete(node, BLOCK);
        if self.at(T!['}']) && !self.nth_tok_newline() {
            // It may be the partner of the one that is missing.
            self.note_missing_brace(start.start);
        }
        let error = diagnostics::branch_without_braces(start, self.after_previous(), keyword, is_glued);
        self.error(error);
    }

    /// `变量 p = e` in a condition.
    pub(crate) fn let_condition(&mut self) -> Completed {
        self.let_condition_rest(true)
    }

    /// `has_keyword`: its absence was reported.
    pub(crate) fn let_condition_rest(&mut self, has_keyword: bool) -> Completed {
        let node = self.start();
        if has_keyword {
            self.bump_any();
        }
        self.simple_pattern();
        let is_value = self.value_ahead();
        if !is_value {
            self.optional_type();
        }
        if is_value {
            let error = diagnostics::missing_equals(self.after_previous(), true);
            self.error(error);
            self.let_condition_value();
        } else if self.expect(T![=]) {
            self.let_condition_value();
        }
        self.complete(node, LET_CONDITION)
    }

    pub(crate) fn match_expr(&mut self) -> Completed {
        self.match_rest(true)
    }

    /// `has_keyword`: its absence was reported.
    pub(crate) fn match_rest(&mut self, has_keyword: bool) -> Completed {
        let node = self.start();
        if has_keyword {
            self.bump_as(T![匹配], 1);
        }
        self.header_expr(false);
        if !self.at(T!['{']) {
            self.expected("“{”", "`{`");
            self.skip_to_brace();
        }
        if self.at(T!['{']) && self.enter(1) {
            self.bump(T!['{']);
            let mut switch = Switch::default();
            self.with(Context::BLOCK, |p| {
                p.list(T!['}'], Separator::Arms, |p| match p.at_switch_arm() || switch.goes_on(p) {
                    true => p.switch_arm(&mut switch),
                    false => p.match_arm(),
                });
            });
            self.report_switch(switch);
            self.leave(1);
        }
        self.complete(node, MATCH_EXPR)
    }

    fn match_arm(&mut self) {
        let node = self.start();
        let before = self.pos();
        if self.at(T![否则]) && matches!(self.nth(1), T![=>] | T![:] | T![->]) {
            let expected = qi_base::Text::new("“_”", "`_`");
            let found = diagnostics::unexpected_token(self.span_of(0), &expected, &self.next_in_words());
            self.error(diagnostics::wrong_word(found, "_"));
            self.single_token(WILDCARD_PATTERN);
        } else {
            self.pattern();
        }
        if self.at(T![,]) && self.more_patterns_ahead() {
            let found = diagnostics::unexpected_token(self.place(), &qi_base::Text::new("“=>”", "`=>`"), &self.found());
            self.error(diagnostics::wrong_word(found, " |"));
            self.bump_error();
            self.pattern();
        }
        self.comparison_in_pattern(before);
        self.match_guard();
        if self.at(T![:]) || self.at(T![->]) {
            let found = diagnostics::unexpected_token(self.place(), &qi_base::Text::new("“=>”", "`=>`"), &self.found());
            self.error(diagnostics::wrong_word(found, if self.follows_closely() { " =>" } else { "=>" }));
            self.bump_any();
            self.arrow_body();
        } else if self.expect(T![=>]) {
            self.arrow_body();
        } else if self.pos() > before {
            self.skip_item();
        }
        self.complete(node, MATCH_ARM);
    }

    /// `2, 3 =>` at the comma: patterns that should have `|` between them.
    fn more_patterns_ahead(&self) -> bool {
        let is_pattern = self.nth(1).is_literal() || self.nth(1) == IDENT;
        is_pattern && self.nth(2) == T![=>] && !self.newline() && !self.nth_newline(1)
    }

    pub(crate) fn match_guard(&mut self) {
        if !self.at(T![如果]) {
            return;
        }
        let guard = self.start();
        self.bump(T![如果]);
        let ctx = Context { arrow_closures: false, let_conditions: true, ..self.ctx };
        self.with(ctx, |p| p.expr());
        self.complete(guard, MATCH_GUARD);
    }

    pub(crate) fn try_catch(&mut self) -> Completed {
        let node = self.start();
        let keyword = self.span_of(0);
        self.bump(T![尝试]);
        self.block();
        let mut has_handler = false;
        while self.at(T![捕获]) {
            has_handler = true;
            let clause = self.start();
            self.bump(T![捕获]);
            self.catch_binding();
            self.block();
            self.complete(clause, CATCH_CLAUSE);
        }
        if self.at(T![最终]) {
            has_handler = true;
            let clause = self.start();
            self.bump(T![最终]);
            self.block();
            self.complete(clause, FINALLY_CLAUSE);
        }
        self.clauses_out_of_order();
        if !has_handler {
            self.note_glued_here(&[T![捕获], T![最终]]);
            let error = diagnostics::missing_handler(keyword, self.after_previous());
            self.error(error);
        }
        self.complete(node, TRY_CATCH_EXPR)
    }

    /// `e`, `e: T`, `(e: T)` or nothing.
    pub(crate) fn catch_binding(&mut self) {
        let open = self.pos();
        let is_wrapped = self.eat(T!['(']);
        match self.kind() {
            UNDERSCORE => {
                let pattern = self.start();
                self.bump_any();
                self.complete(pattern, WILDCARD_PATTERN);
            }
            T!['{'] => {}
            IDENT if self.nth(1) == IDENT && !self.nth_newline(1) && matches!(self.nth(2), T!['{'] | T![')']) => {
                self.caught_type_before_name();
            }
            _ => {
                let pattern = self.start();
                let is_named = self.name().is_some();
                self.complete(pattern, if is_named { BINDING_PATTERN } else { ERROR });
            }
        }
        // `捕获 e 打印(e) }`
        if self.kind() != IDENT || self.nth(1) != T!['('] {
            self.optional_type();
        }
        if is_wrapped {
            self.close_bracket(open, T![')']);
        }
    }

    /// `捕获 (错误 e)`
    fn caught_type_before_name(&mut self) {
        let (ty, name) = (self.span_of(0), self.span_of(1));
        let text = self.text_of(ty);
        let is_type = self.may_be_type(text) || STANDARD_TRAITS.contains(&text);
        let error = diagnostics::type_before_name(ty, name, text, self.text_of(name), "", is_type);
        self.error(error);
        self.bump_error();
        let pattern = self.start();
        self.name();
        self.complete(pattern, BINDING_PATTERN);
    }

    /// 循环 or 并发 before its block; plain names elsewhere.
    pub(crate) fn at_contextual_block(&self) -> bool {
        self.at_any(&[T![循环], T![并发]]) && self.nth(1) == T!['{']
    }

    pub(crate) fn at_label(&self) -> bool {
        self.label_at(0)
    }

    /// 当, 对于 or 循环, perhaps with a label.
    pub(crate) fn loop_expr(&mut self) -> Completed {
        let node = self.start();
        if self.at_label() || self.kind() == IDENT && self.label_without_colon_ahead() {
            let label = self.start();
            self.name_token();
            self.eat(T![:]);
            self.complete(label, LABEL);
        }
        if self.eat(T![当]) {
            self.header_expr(true);
            self.block();
            return self.complete(node, WHILE_EXPR);
        }
        if self.at(T![循环]) {
            self.bump(T![循环]);
            self.block();
            return self.complete(node, LOOP_EXPR);
        }
        if let Some(header) = self.each_header_ahead(1) {
            self.each_header(&header);
            self.block();
            return self.complete(node, FOR_EXPR);
        }
        self.bump(T![对于]);
        self.eat(T![等待]);
        if let Some(header) = self.counting_header_ahead() {
            self.counting_header(&header);
        } else if self.bracketed_for_ahead() {
            let open = self.pos();
            self.bump(T!['(']);
            let ctx = self.bracket_context();
            self.with(ctx, |p| {
                p.simple_pattern();
                p.expect(T![在]);
                p.expr();
                p.close_bracket(open, T![')']);
            });
        } else {
            self.note_glued_in();
            if self.at_any(&[T![变量], T![常量]]) && self.nth(1) == IDENT {
                let misplaced = diagnostics::misplaced(self.span_of(0), &self.found());
                self.remove(misplaced);
            }
            let is_each = matches!(self.token_text(), "每个" | "每一个" | "每" | "each");
            if is_each && self.nth(1) == IDENT && self.nth(2) == T![在] {
                let misplaced = diagnostics::misplaced(self.span_of(0), &self.found());
                self.remove(misplaced);
            }
            let first = self.span_of(0);
            self.simple_pattern();
            self.names_without_parentheses(first);
            self.type_of_loop_variable();
            if self.for_in() {
                self.header_expr(false);
            } else {
                self.skip_until(|p| p.at(T!['{']) || p.nth_tok_newline());
            }
        }
        self.block();
        self.complete(node, FOR_EXPR)
    }

    /// 在, or what others put there.
    fn for_in(&mut self) -> bool {
        let is_value = self.kind().is_literal() || matches!(self.kind(), T!['['] | T!['(']);
        if is_value && !self.newline() && !self.follows_closely() {
            let error = diagnostics::missing_in(self.after_previous());
            self.error(error);
            return true;
        }
        if !matches!(self.token_text(), "再" | "属于" | "从" | "于" | "of" | "=" | ":" | "：" | "＝") {
            return self.expect(T![在]);
        }
        let found = diagnostics::unexpected_token(self.place(), &qi_base::Text::new("“在”", "`在`"), &self.found());
        self.error(diagnostics::wrong_word(found, "在"));
        self.bump_error();
        true
    }

    /// `对于 (x 在 列) {…}`
    fn bracketed_for_ahead(&self) -> bool {
        let Some(close) = self.pair_distance(0).filter(|_| self.at(T!['('])) else { return false };
        let mut n = 1;
        while n < close {
            match self.nth(n) {
                T![在] => return true,
                T!['('] | T!['['] | T!['{'] => n = self.pair_distance(n).map_or(close, |it| it + 1),
                _ => n += 1,
            }
        }
        false
    }

    pub(crate) fn concurrent(&mut self) -> Completed {
        let node = self.start();
        self.bump(T![并发]);
        self.block();
        self.complete(node, CONCURRENT_EXPR)
    }

    /// 返回, 抛出, 跳出, 继续, 让出
    pub(crate) fn jump(&mut self) -> Completed {
        let node = self.start();
        let keyword = self.kind();
        self.bump_any();
        match keyword {
            T![返回] => {
                self.optional_operand();
                self.complete(node, RETURN_EXPR)
            }
            T![抛出] => {
                self.expr();
                self.complete(node, THROW_EXPR)
            }
            T![让出] => {
                if self.delegation_ahead() {
                    self.bump(T![全部]);
                }
                self.optional_operand();
                self.complete(node, YIELD_EXPR)
            }
            _ => {
                let ends_arm = self.ctx.in_select && self.at_select_arm();
                if self.kind() == IDENT && !self.newline() && !ends_arm {
                    self.name_token();
                } else if !ends_arm {
                    self.operand_of_jump();
                }
                self.complete(node, if keyword == T![跳出] { BREAK_EXPR } else { CONTINUE_EXPR })
            }
        }
    }

    /// 全部 with an operand; `全部(…)` and `全部[…]` use the name.
    fn delegation_ahead(&self) -> bool {
        let is_operand = match self.nth(1) {
            T!['('] | T!['['] => !self.is_joint(0),
            // A dictionary.
            T!['{'] => true,
            _ => self.nth_is_operand_start(1),
        };
        self.at(T![全部]) && is_operand && !self.nth_newline(1)
    }

    fn optional_operand(&mut self) {
        if self.newline() || !self.at_expr_start() {
            return;
        }
        // `如果 c { 返回 }` inside a header has no struct literal to confuse it with.
        if self.at(T!['{']) && !self.ctx.struct_literals {
            return;
        }
        self.expr();
        if let Some(span) = self.assignment_here() {
            let error = diagnostics::assignment_as_value(span, true);
            self.error(error);
        }
    }

    fn assignment_here(&self) -> Option<qi_base::Span> {
        (self.at(T![=]) && !self.newline()).then(|| self.span_of(0))
    }
}
