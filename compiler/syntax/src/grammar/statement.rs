//! Statements: declarations, 变量 and 常量, expressions, and where one ends.

use super::type_names::{is_plain_type, our_type};
use crate::SyntaxKind::*;
use crate::diagnostics;
use crate::parser::{Completed, Parser, is_print};

/// No list of places that are assigned at once is longer.
const TARGET_TOKENS: usize = 32;

impl Parser<'_> {
    pub(crate) fn source_file(&mut self) {
        let node = self.start();
        while !self.at_end() {
            self.fresh_file_level();
            self.statement();
        }
        self.complete(node, SOURCE_FILE);
    }

    /// One statement with what ends it. Always takes at least one token.
    pub(crate) fn statement(&mut self) {
        self.fresh();
        if self.eat(T![;]) {
            return;
        }
        let (before, n_errors, foreign) = (self.pos(), self.n_errors(), self.foreign_statement_ahead());
        let is_foreign = foreign.is_some() || self.foreign_each_ahead();
        let is_block_like = match foreign {
            Some(it) => self.foreign_statement(it),
            None => self.statement_inner(),
        };
        if self.pos() == before {
            return self.unexpected();
        }
        self.statement_end(before, is_block_like);
        if !is_foreign {
            self.note_glued_statement(before, n_errors);
        }
    }

    /// Nothing begins like this.
    fn unexpected(&mut self) {
        if matches!(self.kind(), T![')'] | T![']'] | T!['}']) {
            self.stray_close_error();
        } else {
            self.misplaced();
        }
        self.bump_error();
        while matches!(self.kind(), T![')'] | T![']'] | T!['}']) && !self.nth_tok_newline() && self.at_stray_close() {
            self.bump_error();
        }
        if !self.nth_tok_newline() {
            self.skip_statement();
        }
    }

    /// True if it ends in a block, after which the next statement may follow on the same line.
    fn statement_inner(&mut self) -> bool {
        self.blocking_function();
        if self.at_declaration() {
            return self.declaration();
        }
        match self.kind() {
            T!['{'] if !self.map_ahead() => {
                let node = self.start();
                self.block();
                self.complete(node, EXPR_STMT);
                true
            }
            T![如果] | T![匹配] | T![尝试] | T![当] | T![对于] | T![选择] => self.block_statement(),
            T![捕获] | T![最终] => {
                self.clause_alone();
                true
            }
            IDENT if self.label_of_other_ahead() => {
                let node = self.start();
                self.label_of_other();
                self.complete(node, EXPR_STMT);
                true
            }
            IDENT if self.label_without_colon_ahead() => {
                let error = diagnostics::label_without_colon(self.span_of(0).after(), self.token_text());
                self.error(error);
                self.block_statement()
            }
            IDENT if self.at_contextual_block() || self.at_label() || self.foreign_each_ahead() => {
                self.block_statement()
            }
            IDENT if self.nth(1) == T![:=] => {
                let node = self.start();
                let error = diagnostics::declared_by_colon(self.span_of(0), self.span_of(1));
                self.error(error);
                self.simple_pattern();
                self.bump_as(T![=], 1);
                let value = self.expr();
                self.forbid_second_assignment(value);
                self.complete(node, LET);
                false
            }
            UNDERSCORE if self.nth(1) == T![=] => {
                self.discard();
                false
            }
            _ if !self.at_expr_start() && self.kind() != UNDERSCORE => false,
            _ => {
                let node = self.start();
                let result = self.statement_expr();
                self.complete(node, if result.is_some() { EXPR_STMT } else { ERROR });
                false
            }
        }
    }

    /// `_ = f()`: a 变量 statement without a variable.
    fn discard(&mut self) {
        let node = self.start();
        self.simple_pattern();
        self.eat(T![=]);
        let value = self.expr();
        self.forbid_second_assignment(value);
        self.complete(node, LET);
    }

    /// Control flow at the start of a statement is the whole statement; only members may follow.
    pub(crate) fn block_statement(&mut self) -> bool {
        let node = self.start();
        let expr = match self.kind() {
            T![如果] => self.if_expr(),
            T![匹配] => self.match_expr(),
            T![尝试] => self.try_catch(),
            T![选择] if self.nth(1) != T!['{'] && !self.nth_newline(1) => {
                let error = diagnostics::foreign_keyword(self.span_of(0), "选择", "匹配");
                self.error(error);
                self.match_rest(true)
            }
            T![选择] => self.select(),
            IDENT if self.at(T![并发]) && !self.at_label() => self.concurrent(),
            _ => self.loop_expr(),
        };
        if self.at_any(&[T![.], T![?.]]) {
            self.postfix_rest(expr);
        }
        self.complete(node, EXPR_STMT);
        true
    }

    fn statement_end(&mut self, first: usize, is_block_like: bool) {
        if self.eat(T![;]) || self.nth_tok_newline() || self.at_end() || self.at(T!['}']) {
            return;
        }
        if is_block_like && !self.at_close_bracket()
            || (self.ctx.in_select && (self.at_select_arm() || self.at_switch_arm()))
            || self.ends_switch_arm()
        {
            return;
        }
        if self.at_any(&[HOLE_END, HOLE_SPEC]) {
            return;
        }
        if self.print_without_opening(first) {
            self.bump_error();
            if self.eat(T![;]) || self.nth_tok_newline() {
                return;
            }
        } else if matches!(self.kind(), T![')'] | T![']']) {
            self.stray_close_error();
        } else if self.at(T![,]) && self.is_printed(first) {
            self.print_operands(first);
            if self.eat(T![;]) || self.nth_tok_newline() {
                return;
            }
        } else {
            self.note_glued_before();
            self.note_glued_here(&[T![否则], T![捕获], T![最终]]);
            let error = self.statement_goes_on(first);
            self.error(error);
            if matches!(self.kind(), T![变量] | T![常量] | T![返回] | T![如果] | T![当] | T![对于] | T![匹配])
            {
                return;
            }
        }
        self.skip_statement();
        self.eat(T![;]);
    }

    /// `打印 甲`, not `打印(甲)`.
    fn is_printed(&self, first: usize) -> bool {
        self.pos() > first + 1
            && !(self.text_of(self.span_at(first + 1)) == "(" && self.previous_is(T![')']))
            && is_print(self.text_of(self.span_at(first)))
    }

    /// `打印 甲, 乙`: at the comma.
    fn print_operands(&mut self, first: usize) {
        let comma = self.span_of(0);
        let node = self.start();
        while self.at(T![,]) && !self.newline() {
            self.bump(T![,]);
            self.expr();
        }
        self.complete(node, ERROR);
        if self.print_without_opening(first) {
            return self.bump_error();
        }
        let operands = self.span_at(first + 1).to(self.after_previous());
        let word = self.span_at(first);
        let text = format!("{}({})", self.text_of(word), self.text_of(operands));
        let error = diagnostics::one_operand(comma, word.to(operands), &text);
        self.error(error);
    }

    /// What to say about the token after the statement that began at `first`.
    fn statement_goes_on(&self, first: usize) -> qi_base::Diagnostic {
        let is_word = self.pos() == first + 1 && self.kind() == IDENT;
        let ends = self.nth(1) == T![=] || self.nth(1) == T![;] || self.nth_newline(1);
        if let Some(several) = self.several_at_once(first) {
            return several;
        }
        match self.before_current() {
            // `整数 甲 = 1`
            Some(ty) if is_word && ends => {
                let is_type = is_plain_type(self.text_of(ty)) || self.may_be_type(self.text_of(ty));
                diagnostics::type_before_name(
                    ty,
                    self.span_of(0),
                    our_type(self.text_of(ty)),
                    self.token_text(),
                    "变量 ",
                    is_type,
                )
            }
            Some(_) if is_word && self.nth(1) == T!['('] && self.type_word_before().is_some() => {
                diagnostics::function_without_keyword(self.span_of(0), self.token_text())
            }
            Some(value) if self.at(T![,]) && self.text_of(self.span_at(first)) == "返回" && self.pos() > first + 1 => {
                diagnostics::several_results(self.span_of(0), self.span_at(first + 1).to(value))
            }
            _ if self.at(T![,]) && matches!(self.text_of(self.span_at(first)), "变量" | "常量" | "公开" | "私有") => {
                diagnostics::one_name_each(self.span_of(0))
            }
            _ if let Some(it) = self.number_before_name() => it,
            _ => diagnostics::missing_statement_end(self.after_previous(), self.span_of(0), &self.found()),
        }
    }

    /// At the comma of `甲, 乙 = 乙, 甲` or `变量 甲, 乙 = 1, 2`.
    fn several_at_once(&self, first: usize) -> Option<qi_base::Diagnostic> {
        let name = self.before_current().filter(|_| self.at(T![,]))?;
        let written = |span| (span, self.text_of(span));
        if let Some((left, right)) = self.several_assigned(first) {
            return Some(diagnostics::several_assigned(self.span_of(0), written(left), written(right)));
        }
        let (last, values) = self.several_declared(first)?;
        Some(diagnostics::several_declared(self.span_of(0), written(name.to(last)), values.map(written)))
    }

    /// `甲, 乙 = 乙, 甲`, at the first comma: as many values as places, all plain. Returns the two sides.
    fn several_assigned(&self, first: usize) -> Option<(qi_base::Span, qi_base::Span)> {
        let equals = self.plain_list_end(0);
        let end = self.plain_list_end(equals + 1);
        let n_commas = |from: usize, to: usize| (from..to).filter(|&n| self.nth(n) == T![,]).count();
        let ends = self.nth_tok_newline_at(end) || matches!(self.nth(end), T![;] | T!['}']);
        let is_place = matches!(self.kind_at(first), IDENT | T![自己]);
        let is_meant = is_place && self.nth(equals) == T![=] && ends && n_commas(0, equals) == n_commas(equals, end);
        let last = |n: usize| self.span_of(n - 1);
        is_meant.then(|| (self.span_at(first).to(last(equals)), self.span_of(equals + 1).to(last(end))))
    }

    /// `变量 甲, 乙 = 1, 2`, at the first comma, and `变量 甲, 乙 = 对`: the last name, and the values if they are several.
    fn several_declared(&self, first: usize) -> Option<(qi_base::Span, Option<qi_base::Span>)> {
        let is_let = matches!(self.kind_at(first), T![变量] | T![常量]) && self.pos() == first + 2;
        let equals = self.plain_list_end(0);
        let is_names = (0..equals).all(|n| self.nth(n) == if n % 2 == 0 { T![,] } else { IDENT });
        if !is_let || self.nth(equals) != T![=] || !is_names {
            return None;
        }
        let end = self.plain_list_end(equals + 1);
        let n_commas = (equals..end).filter(|&n| self.nth(n) == T![,]).count();
        let ends = self.nth_tok_newline_at(end) || matches!(self.nth(end), T![;] | T!['}'] | EOF);
        let name = self.span_of(equals - 1);
        match n_commas {
            0 => Some((name, None)),
            n if ends && n == equals / 2 => Some((name, Some(self.span_of(equals + 1).to(self.span_of(end - 1))))),
            _ => None,
        }
    }

    /// Behind the places or values from token `n` on.
    fn plain_list_end(&self, start: usize) -> usize {
        let is_plain = |n: usize| {
            let kind = self.nth(n);
            let is_sign = matches!(kind, T![,] | T![.] | T!['['] | T![']'] | T![+] | T![-]);
            (is_sign || matches!(kind, IDENT | INT | FLOAT | STRING | T![自己])) && !self.nth_tok_newline_at(n)
        };
        (start..start + TARGET_TOKENS).find(|&n| !is_plain(n)).unwrap_or(start)
    }

    /// After the name or type of a 变量: a value although no `=` stands before it. A name that goes on as no type does is
    /// one: `变量 甲 f(1)`.
    pub(crate) fn value_ahead(&self) -> bool {
        if self.nth_tok_newline() {
            return false;
        }
        match self.kind() {
            IDENT if self.as_before_type() => false,
            IDENT => self.skip_type(0, &mut 64).is_none_or(|after| {
                let ends = matches!(self.nth(after), T![=] | T![:=] | T![;] | T![,] | T!['}'] | EOF);
                !ends && !self.nth_newline(after)
            }),
            TEMPLATE_START
            | T!['(']
            | T!['[']
            | T![-]
            | T![<-]
            | T![新建]
            | T![等待]
            | T![启动]
            | T![非]
            | T![闭包] => true,
            kind => kind.is_literal(),
        }
    }

    /// After the modifiers: 变量 or 常量.
    pub(crate) fn let_rest(&mut self) {
        self.bump_any();
        self.mark_of_variable();
        let is_name = self.kind() == IDENT;
        self.declared_pattern();
        let is_word =
            self.kind() == IDENT && matches!(self.token_text(), "是" | "为" | "等于") && self.nth_is_operand_start(1);
        if (is_word || self.at_any(&[T![==], T![:=]])) && !self.newline() {
            let found = diagnostics::unexpected_token(self.place(), &qi_base::Text::new("“=”", "`=`"), &self.found());
            self.error(diagnostics::wrong_word(found, "="));
            self.bump_error();
            self.expr();
            return;
        }
        if self.at(T!['[']) && self.follows_closely() {
            self.array_behind_name();
        }
        let is_value = self.value_ahead();
        if !is_value {
            let ty = self.pos() + 1;
            self.optional_type();
            if self.pos() > ty {
                self.union_of_types(ty);
            }
        }
        if is_value || self.value_ahead() {
            // `my-name` and `数组<整数>[3]` want something else.
            let is_certain = !self.follows_closely() && !self.kind().is_punctuation();
            let error = diagnostics::missing_equals(self.after_previous(), is_certain);
            self.error(error);
            self.expr();
        } else if self.eat(T![=]) {
            if self.value_is_missing() {
                return self.missing_expression();
            }
            let value = self.expr();
            self.forbid_second_assignment(value);
            if self.at(T![否则]) && self.nth(1) == T!['{'] {
                self.declared_or_else(value, is_name);
            }
        }
    }

    /// At 否则 of `变量 甲 = 可选 否则 { 返回 }`.
    fn declared_or_else(&mut self, value: Option<Completed>, is_name: bool) {
        let jump = self.jump_of_else().filter(|_| is_name);
        let error = diagnostics::declared_or_else(self.span_of(0), jump);
        self.error(error);
        if let Some(value) = value {
            let node = self.precede(value);
            self.bump(T![否则]);
            self.block();
            self.complete(node, ERROR);
        }
    }

    /// All from 否则 to its closing brace, and the 返回, 跳出, 继续 or 抛出 that is all of the block.
    fn jump_of_else(&self) -> Option<(qi_base::Span, &str)> {
        let close = self.pair_distance(1)?;
        let is_jump = matches!(self.nth(2), T![返回] | T![跳出] | T![继续] | T![抛出]);
        let on_one_line = (1..=close).all(|n| !self.nth_newline(n) && self.nth(n) != T![;]);
        let jump = self.span_of(2).to(self.span_of(close - 1));
        (is_jump && on_one_line).then(|| (self.span_of(0).to(self.span_of(close)), self.text_of(jump)))
    }
}
