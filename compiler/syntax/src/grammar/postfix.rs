//! Calls, members, indices, `?` and `!`.

use super::list::Separator;
use crate::SyntaxKind::*;
use crate::diagnostics;
use crate::parser::{Completed, Context, Parser, is_print};

impl Parser<'_> {
    pub(crate) fn postfix(&mut self) -> Option<Completed> {
        let first = self.pos();
        let atom = self.atom()?;
        let value = self.postfix_rest(atom);
        if self.declaration_ahead(first) && self.may_wrap(value) {
            return Some(self.declaration_without_keyword(value, first));
        }
        if self.trailing_block_ahead(first) && self.may_wrap(value) {
            return Some(self.trailing_block(value, first));
        }
        Some(value)
    }

    pub(crate) fn postfix_rest(&mut self, mut left: Completed) -> Completed {
        loop {
            let is_member = self.at_any(&[T![.], T![?.], T![::]]);
            if self.at(T![..]) && self.doubled_dot_ahead() {
                let error = diagnostics::doubled_dot(self.span_of(0));
                self.error(error);
            }
            let is_member = is_member || self.at(T![..]) && self.doubled_dot_ahead();
            let is_other = self.at_any(&[T!['('], T!['['], T![?], T![!]]) && !self.newline() && !self.at_wide_body();
            if !is_member && !is_other || !self.may_wrap(left) {
                return left;
            }
            let node = self.precede(left);
            left = match self.kind() {
                T!['('] => {
                    self.arg_list();
                    self.complete(node, CALL_EXPR)
                }
                T!['['] => {
                    self.index();
                    self.complete(node, INDEX_EXPR)
                }
                T![?] if self.ternary_ahead() => {
                    let error = diagnostics::foreign_operator(self.span_of(0), "? :");
                    self.error(error);
                    self.bump_any();
                    self.expr();
                    self.expect(T![:]);
                    self.expr();
                    self.complete(node, ERROR)
                }
                T![?] => {
                    self.bump_any();
                    self.complete(node, TRY_EXPR)
                }
                T![!] => {
                    self.bump_any();
                    self.complete(node, UNWRAP_EXPR)
                }
                _ => self.member(node),
            };
        }
    }

    /// `条件 ? 甲 : 乙`: after the `?` of a value neither a value nor `:` can follow on the line.
    fn ternary_ahead(&self) -> bool {
        if self.is_joint(0) || !self.nth_is_operand_start(1) || self.nth(1) == T!['{'] {
            return false;
        }
        let mut n = 1;
        while !self.nth_newline(n) {
            match self.nth(n) {
                T![:] => return true,
                T!['('] | T!['['] | T!['{'] => match self.pair_distance(n) {
                    Some(close) => n = close + 1,
                    None => return false,
                },
                EOF | T![;] | T![,] | T![')'] | T![']'] | T!['}'] => return false,
                _ => n += 1,
            }
        }
        false
    }

    /// `自己..列`: no range begins with 自己.
    fn doubled_dot_ahead(&self) -> bool {
        let is_tight = self.follows_closely() && self.is_joint(0) && self.nth(1) == IDENT;
        is_tight && self.previous_is(T![自己])
    }

    /// `如果 c 【`: not an index, but a body in the wrong brackets.
    fn at_wide_body(&self) -> bool {
        !self.ctx.struct_literals && self.token_text() == "【" && !self.follows_closely()
    }

    /// `.名`, `?.名(…)`, `::名`, `.0`
    fn member(&mut self, node: crate::parser::Marker) -> Completed {
        self.bump_any();
        if self.kind() == INT {
            self.bump_any();
            return self.complete(node, FIELD_EXPR);
        }
        if !self.at_word(0) {
            self.expected("成员的名字", "the name of a member");
            return self.complete(node, FIELD_EXPR);
        }
        self.name_token();
        let has_args = self.at(T![::]) && self.nth(1) == T![<] || self.type_args_ahead(0).is_some();
        if has_args {
            self.type_args();
        }
        if self.at(T!['(']) && !self.newline() {
            self.arg_list();
            return self.complete(node, METHOD_CALL_EXPR);
        }
        self.complete(node, FIELD_EXPR)
    }

    pub(crate) fn arg_list(&mut self) {
        let node = self.start();
        if !self.enter(1) {
            self.complete(node, ARG_LIST);
            return;
        }
        self.bump(T!['(']);
        let ctx = self.bracket_context();
        self.with(ctx, |p| p.list(T![')'], Separator::Comma, Self::arg));
        self.leave(1);
        self.complete(node, ARG_LIST);
    }

    /// `打印 x`: the operand is on the same line and cannot be anything else.
    pub(crate) fn print_ahead(&self) -> bool {
        is_print(self.token_text()) && self.nth_is_operand_start(1) && !self.nth_tok_newline_at(1)
    }

    /// `打印 x` or `启动协程 g()`, as calls.
    pub(crate) fn call_without_parens(&mut self, is_tight: bool) -> Completed {
        let call = self.start();
        let callee = self.start();
        self.name_token();
        self.complete(callee, NAME_EXPR);
        let args = self.start();
        let arg = self.start();
        if is_tight {
            self.unary();
        } else {
            self.expr();
        }
        self.complete(arg, ARG);
        self.complete(args, ARG_LIST);
        self.complete(call, CALL_EXPR)
    }

    fn arg(&mut self) {
        let node = self.start();
        if self.at_word(0) && self.nth(1) == T![:] {
            self.name_token();
            self.bump(T![:]);
        } else if self.at_word(0) && self.nth(1) == T![::] && self.nth(2).is_literal() {
            self.name_token();
            self.doubled_sign(T![:]);
        }
        if self.at(T![可变]) && (self.nth_is_operand_start(1) && self.nth(1) != T!['{']) {
            self.bump(T![可变]);
        }
        if self.at(T![..]) {
            self.spread();
        } else {
            let name = self.pos();
            let value = self.expr();
            self.named_argument(name);
            self.forbid_assignment(value);
        }
        self.complete(node, ARG);
    }

    /// `打招呼(敬语 = 真)`, at the `=`: `name` is the first token of the argument.
    fn named_argument(&mut self, name: usize) {
        let is_name = self.at(T![=]) && self.pos() == name + 1 && self.kind_at(name) == IDENT;
        if is_name && self.end_of_line_argument(name) {
            return;
        }
        if !is_name || self.is_printed_argument(name) {
            return;
        }
        let text = self.text_of(self.span_at(name));
        let error = diagnostics::named_argument(self.span_of(0), self.after_previous(), text);
        self.error(error);
    }

    /// Right behind `打印(`, whose arguments have no names.
    fn is_printed_argument(&self, first: usize) -> bool {
        first >= 2 && is_print(self.text_of(self.span_at(first - 2)))
    }

    fn index(&mut self) {
        let open = self.pos();
        self.bump(T!['[']);
        if !self.enter(1) {
            return self.close_bracket(open, T![']']);
        }
        let ctx = Context { open_ranges: true, ..self.bracket_context() };
        self.with(ctx, |p| {
            let first = if p.at(T![:]) { None } else { p.expr() };
            if p.at(T![:]) {
                p.slice_with_colon(first);
            }
            if !p.at(T![']']) && !p.at_close_bracket() {
                if !p.printed_array(open) {
                    p.expected("“]”", "`]`");
                }
                p.skip_until(|p| p.at(T![']']) || p.newline());
            }
            p.close_bracket(open, T![']']);
        });
        self.leave(1);
    }

    /// `打印 [1, 2]`, at the comma: no index, but a value to print.
    fn printed_array(&mut self, open: usize) -> bool {
        let Some(word) = open.checked_sub(1).map(|it| self.span_at(it)) else { return false };
        let is_print = is_print(self.text_of(word)) && word.end < self.span_at(open).start;
        let Some(close) = self.pair_at(open).filter(|_| is_print && self.at(T![,])) else { return false };
        let is_all = self.begins_statement(close + 1);
        let array = self.span_at(open).to(self.span_at(close));
        let error = diagnostics::printed_array(self.span_at(open), word, array, self.text_of(word), is_all);
        self.error(error);
        true
    }

    /// Inside a round or square bracket just taken: line breaks mean nothing, unless it is never closed.
    pub(crate) fn bracket_context(&self) -> Context {
        Context { newline_ends: !self.bracket_is_closed(self.pos() - 1), ..Context::BRACKETS }
    }
}
