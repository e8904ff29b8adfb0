//! Operators by precedence, and what only a statement may do: assign, send, `打印 x`.

use super::type_names::is_known_type;
use crate::SyntaxKind::{self, *};
use crate::diagnostics;
use crate::parser::{Completed, Context, Parser};

/// Binding strengths, loosest first; see language.md §4.
mod strength {
    pub(super) const COALESCE: u8 = 1;
    pub(super) const OR: u8 = 2;
    pub(super) const AND: u8 = 3;
    pub(super) const COMPARE: u8 = 4;
    pub(super) const BIT_OR: u8 = 5;
    pub(super) const BIT_XOR: u8 = 6;
    pub(super) const BIT_AND: u8 = 7;
    pub(super) const SHIFT: u8 = 8;
    pub(super) const RANGE: u8 = 9;
    pub(super) const SUM: u8 = 10;
    pub(super) const PRODUCT: u8 = 11;
    pub(super) const CAST: u8 = 12;
}

/// An operator between two operands: its kind, how many input tokens it is, how tightly it binds.
#[derive(Clone, Copy)]
struct Infix {
    kind: SyntaxKind,
    count: u8,
    strength: u8,
}

impl Parser<'_> {
    /// A value. An assignment is not one.
    pub(crate) fn expr(&mut self) -> Option<Completed> {
        self.expr_at(0)
    }

    /// The condition of 如果 or 当, or what 对于 and 匹配 look at, before its `{`.
    pub(crate) fn header_expr(&mut self, let_conditions: bool) {
        let ctx = crate::parser::Context { struct_literals: false, let_conditions, open_ranges: false, ..self.ctx };
        self.with(ctx, |p| {
            let value = p.expr();
            p.forbid_assignment(value);
        });
    }

    /// The value of `变量 p = e` in a condition: 且 goes on with the next condition, `??` belongs to the value.
    pub(crate) fn let_condition_value(&mut self) {
        let Some(value) = self.expr_at(strength::COMPARE) else { return };
        if self.at(T![??]) {
            let node = self.precede(value);
            self.bump(T![??]);
            self.let_condition_value();
            self.complete(node, BINARY_EXPR);
        }
    }

    /// `如果 x = 3` and the like; `target` is what stands before the `=`.
    pub(crate) fn forbid_assignment(&mut self, target: Option<Completed>) {
        let Some((kind, _)) = self.assign_op() else { return };
        self.note_glued_before();
        let error = diagnostics::assignment_as_value(self.span_of(0), kind == T![=]);
        self.error(error);
        self.assignment_as_value(target);
    }

    /// `a = b = 3`, after the `b`.
    pub(crate) fn forbid_second_assignment(&mut self, target: Option<Completed>) {
        if self.assign_op().is_some() {
            let error = diagnostics::second_assignment(self.span_of(0));
            self.error(error);
            self.assignment_as_value(target);
        }
    }

    fn assignment_as_value(&mut self, target: Option<Completed>) {
        let Some((kind, count)) = self.assign_op() else { return };
        let node = match target {
            Some(it) => self.precede(it),
            None => self.start(),
        };
        self.bump_as(kind, count);
        self.expr();
        self.complete(node, ERROR);
    }

    /// What may stand as a statement, match arm or closure body.
    pub(crate) fn statement_expr(&mut self) -> Option<Completed> {
        if self.print_ahead() {
            return Some(self.call_without_parens(false));
        }
        let is_tuple = self.at(T!['(']) && self.pair_distance(0).is_some_and(|it| self.nth(it + 1) == T![=]);
        let ctx = Context { tuple_target: is_tuple, ..self.ctx };
        let target = self.with(ctx, Self::expr)?;
        if let Some((kind, count)) = self.assign_op() {
            let node = self.precede(target);
            self.bump_as(kind, count);
            if self.value_is_missing() {
                self.missing_expression();
                return Some(self.complete(node, ASSIGN_EXPR));
            }
            let value = self.expr();
            self.forbid_second_assignment(value);
            return Some(self.complete(node, ASSIGN_EXPR));
        }
        Some(self.send_rest(target))
    }

    /// `通 <- 值` after its left side.
    pub(crate) fn send_rest(&mut self, channel: Completed) -> Completed {
        let is_arrow = self.at(T![->]) && !self.newline() && self.ctx.newline_ends;
        if !is_arrow && (!self.at(T![<-]) || !self.line_continues(T![<-])) {
            return channel;
        }
        if is_arrow {
            // `p->x = 3`
            let is_member = self.follows_closely() && self.is_joint(0) && self.nth(1) == IDENT;
            let error = match is_member {
                true => diagnostics::arrow_member(self.span_of(0)),
                false => diagnostics::send_arrow(self.span_of(0)),
            };
            self.error(error);
        }
        let node = self.precede(channel);
        self.bump_as(T![<-], 1);
        self.expr();
        self.complete(node, SEND_EXPR)
    }

    fn assign_op(&self) -> Option<(SyntaxKind, u8)> {
        let kind = self.kind();
        let is_plain =
            matches!(kind, T![=] | T![+=] | T![-=] | T![*=] | T![/=] | T![%=] | T![&=] | T![|=] | T![^=] | T![<<=]);
        if is_plain || matches!(kind, T![&+=] | T![&-=] | T![&*=]) {
            return Some((kind, 1));
        }
        let is_shift = self.nth(0) == T![>]
            && self.nth(1) == T![>]
            && self.nth(2) == T![=]
            && self.is_joint(0)
            && self.is_joint(1);
        is_shift.then_some((T![>>=], 3))
    }

    /// The statement goes on although the operator may stand on a new line.
    fn line_continues(&self, kind: SyntaxKind) -> bool {
        if !self.newline() {
            return true;
        }
        match kind {
            // Also prefixes: a blank after them tells.
            T![-] | T![<-] => !self.is_joint(0),
            // Names too: no statement begins with two words.
            T![作为] | T![到] | T![直到] => matches!(self.nth(1), IDENT | INT) && !self.nth_newline(1),
            _ => true,
        }
    }

    fn infix(&self) -> Option<Infix> {
        use strength::*;
        let one = |strength| Some(Infix { kind: self.nth_tok_word(), count: 1, strength });
        match self.nth_tok_word() {
            T![??] => one(COALESCE),
            T![或] | T![||] => one(OR),
            T![且] | T![&&] => one(AND),
            // A `>=` of the lexer stands for `≥`.
            T![==] | T![!=] | T![<] | T![<=] | T![>=] => one(COMPARE),
            T![>] => Some(self.greater()),
            // No condition is a closure.
            T![=>] if self.ctx.let_conditions && self.ctx.arrow_closures => {
                Some(Infix { kind: T![>=], count: 1, strength: COMPARE })
            }
            T![=] if self.is_joint(0) && self.nth(1) == T![<] => one(COMPARE),
            T![|] => one(BIT_OR),
            T![^] => one(BIT_XOR),
            T![&] => one(BIT_AND),
            T![<<] => one(SHIFT),
            T![..] | T![..=] | T![到] | T![直到] => one(RANGE),
            T![...] if self.nth_is_operand_start(1) || self.nth(1) == T!['('] => one(RANGE),
            T![+] | T![-] | T![&+] | T![&-] => one(SUM),
            T![*] | T![/] | T![%] | T![&*] => one(PRODUCT),
            T![作为] => one(CAST),
            IDENT => self.word_operator().map(|it| it.0),
            _ => None,
        }
    }

    /// `甲 大于 3`: a word where an operator stands, and what it means.
    fn word_operator(&self) -> Option<(Infix, &'static str)> {
        use strength::*;
        let takes_operand = matches!(
            self.nth(1),
            IDENT
                | INT
                | FLOAT
                | STRING
                | CHAR
                | TEMPLATE_START
                | T!['(']
                | T!['[']
                | T![真]
                | T![假]
                | T![自己]
                | T![非]
        );
        // `整数 加(…)` is meant to declare something.
        let is_declared = self.type_word_before().is_some();
        // `x is 整数` asks for a type.
        let is_type = || is_known_type(self.word_text(1)) || self.may_be_type(self.word_text(1));
        if self.kind() != IDENT || self.newline() || self.nth_newline(1) || !takes_operand || is_declared {
            return None;
        }
        let (kind, strength, meant) = match self.token_text() {
            "大于" => (T![>], COMPARE, ">"),
            "小于" => (T![<], COMPARE, "<"),
            "大于等于" | "不小于" => (T![>=], COMPARE, ">="),
            "小于等于" | "不大于" => (T![<=], COMPARE, "<="),
            "等于" | "是" => (T![==], COMPARE, "=="),
            "is" if !is_type() => (T![==], COMPARE, "=="),
            "不等于" | "不是" => (T![!=], COMPARE, "!="),
            "加" | "加上" => (T![+], SUM, "+"),
            "减" | "减去" => (T![-], SUM, "-"),
            "乘" | "乘以" => (T![*], PRODUCT, "*"),
            "除以" => (T![/], PRODUCT, "/"),
            "并且" | "和" | "and" => (T![且], AND, "且"),
            "或者" | "or" => (T![或], OR, "或"),
            _ => return None,
        };
        Some((Infix { kind, count: 1, strength }, meant))
    }

    /// `>`, `>=` or `>>`, which the lexer leaves apart.
    fn greater(&self) -> Infix {
        let next = if self.is_joint(0) { self.nth(1) } else { EOF };
        match next {
            T![=] => Infix { kind: T![>=], count: 2, strength: strength::COMPARE },
            // `>>=` is an assignment.
            T![>] if !(self.is_joint(1) && self.nth(2) == T![=]) => {
                Infix { kind: T![>>], count: 2, strength: strength::SHIFT }
            }
            T![>] => Infix { kind: T![>], count: 1, strength: 0 },
            T![==] => Infix { kind: T![>], count: 1, strength: strength::COMPARE },
            _ => Infix { kind: T![>], count: 1, strength: strength::COMPARE },
        }
    }

    /// An operator of another language where one of ours begins: reported, and read as what is meant. True: nothing follows
    /// it (`x++`).
    fn foreign_operator(&mut self, first: usize) -> Option<(Infix, bool)> {
        if let Some((op, meant)) = self.word_operator() {
            let error = diagnostics::foreign_word_operator(self.span_of(0), self.token_text(), meant);
            self.error(error);
            return Some((op, false));
        }
        if self.at(T![...]) {
            let error = diagnostics::three_dots(self.span_of(0));
            self.error(error);
            return Some((Infix { kind: T![..], count: 1, strength: strength::RANGE }, false));
        }
        if self.at(T![=>]) {
            let error = diagnostics::foreign_operator(self.span_of(0), "=>");
            self.error(error);
            return Some((Infix { kind: T![>=], count: 1, strength: strength::COMPARE }, false));
        }
        if !self.is_joint(0) {
            return None;
        }
        let infix = |kind, strength| Infix { kind, count: 2, strength };
        let (op, found) = match (self.nth(0), self.nth(1)) {
            (T![>], T![>]) if self.nth(2) == T![>] && self.is_joint(1) => {
                (Infix { kind: T![>>], count: 3, strength: strength::SHIFT }, ">>>")
            }
            (T![*], T![*]) => (infix(T![*], strength::PRODUCT), "**"),
            (T![=], T![<]) => (infix(T![<=], strength::COMPARE), "=<"),
            (T![<], T![>]) => (infix(T![!=], strength::COMPARE), "<>"),
            (T![==], T![=]) => (infix(T![==], strength::COMPARE), "==="),
            (T![!=], T![=]) => (infix(T![!=], strength::COMPARE), "!=="),
            (T![+], T![+]) if self.nothing_follows(2) => (infix(T![+], strength::SUM), "++"),
            (T![-], T![-]) if self.nothing_follows(2) => (infix(T![-], strength::SUM), "--"),
            _ => return None,
        };
        let ends = matches!(found, "++" | "--");
        let span = self.span_of(0).to(self.span_of(usize::from(op.count) - 1));
        let is_value = ends && self.span_at(first).start != self.statement_start();
        let error = match is_value {
            true => diagnostics::counting_operator_as_value(span, found),
            false => diagnostics::foreign_operator(span, found),
        };
        self.error(error);
        Some((op, ends))
    }

    /// No operand stands on this line.
    fn nothing_follows(&self, n: usize) -> bool {
        self.nth_newline(n) || matches!(self.nth(n), EOF | T![;] | T![')'] | T!['}'] | T![']'] | T![,])
    }

    fn expr_at(&mut self, min: u8) -> Option<Completed> {
        if !self.enter(0) {
            return None;
        }
        let result = self.expr_inner(min);
        self.leave(0);
        result
    }

    fn expr_inner(&mut self, min: u8) -> Option<Completed> {
        let first = self.pos();
        // The left side of the comparison last read, as token indices.
        let mut compared = None;
        let mut left = self.prefix_range().or_else(|| self.unary())?;
        while let Some(op) =
            self.infix().filter(|it| it.strength > 0 && it.strength >= min && self.line_continues(it.kind))
        {
            if !self.may_wrap(left) {
                return Some(left);
            }
            let node = self.precede(left);
            let (op, ends) = self.foreign_operator(first).unwrap_or((op, false));
            if ends {
                self.bump_as(op.kind, op.count);
                left = self.complete(node, ERROR);
                continue;
            }
            let operand = std::mem::take(&mut compared);
            if op.strength == strength::COMPARE {
                compared = Some((first, self.pos() - 1));
            }
            left = match op.strength {
                strength::OR | strength::AND if self.comparison_follows() => {
                    self.bump_as(op.kind, op.count);
                    self.comparison_without_left(operand);
                    self.complete(node, BINARY_EXPR)
                }
                strength::COMPARE => self.comparison(node, op),
                strength::RANGE => self.range_rest(node, op),
                strength::CAST => {
                    self.bump_as(op.kind, op.count);
                    self.cast_type();
                    self.complete(node, CAST_EXPR)
                }
                // Right-associative: `甲 ?? 乙 ?? 丙` ends in a plain value.
                strength::COALESCE => self.binary_rest(node, op, op.strength),
                _ => self.binary_rest(node, op, op.strength + 1),
            };
        }
        self.note_glued_operator();
        Some(left)
    }

    /// An operator that compares, right behind the next token.
    fn comparison_follows(&self) -> bool {
        matches!(self.nth(1), T![<] | T![<=] | T![>] | T![==] | T![!=]) && !self.nth_newline(1)
    }

    /// `甲 > 1 且 < 5`, at the second comparison. Its left side should be the tokens of `operand` once more.
    fn comparison_without_left(&mut self, operand: Option<(usize, usize)>) {
        let Some(op) = self.infix() else { return };
        let operand = operand.map(|(first, last)| (self.span_at(first).to(self.span_at(last)), first == last));
        let operand = operand.map(|(span, is_certain)| (self.text_of(span), is_certain));
        let span = self.span_of(0).to(self.span_of(usize::from(op.count) - 1));
        let error = diagnostics::missing_left_side(span, op.kind.text().unwrap_or_default(), operand);
        self.error(error);
        let node = self.start();
        self.bump_as(op.kind, op.count);
        self.expr_at(strength::COMPARE + 1);
        self.complete(node, ERROR);
    }

    fn binary_rest(&mut self, node: crate::parser::Marker, op: Infix, right: u8) -> Completed {
        self.bump_as(op.kind, op.count);
        if self.value_is_missing() {
            self.missing_expression();
        } else {
            self.expr_at(right);
        }
        self.complete(node, BINARY_EXPR)
    }

    /// One comparison, or a chain of them as one node.
    fn comparison(&mut self, node: crate::parser::Marker, first: Infix) -> Completed {
        let mut op = first;
        let mut n_ops = 0;
        loop {
            self.bump_as(op.kind, op.count);
            self.expr_at(strength::COMPARE + 1);
            n_ops += 1;
            match self.infix().filter(|it| it.strength == strength::COMPARE && self.line_continues(it.kind)) {
                Some(next) => op = next,
                None => break,
            }
        }
        self.complete(node, if n_ops == 1 { BINARY_EXPR } else { COMPARE_CHAIN })
    }

    fn range_rest(&mut self, node: crate::parser::Marker, op: Infix) -> Completed {
        self.bump_as(op.kind, op.count);
        if !(self.ctx.open_ranges && self.at(T![']'])) {
            self.expr_at(strength::RANGE + 1);
        }
        self.complete(node, RANGE_EXPR)
    }

    /// `..3` and `..` in an index.
    fn prefix_range(&mut self) -> Option<Completed> {
        if !self.ctx.open_ranges || !self.at_any(&[T![..], T![..=]]) {
            return None;
        }
        let node = self.start();
        self.bump_any();
        if !self.at(T![']']) {
            self.expr_at(strength::RANGE + 1);
        }
        Some(self.complete(node, RANGE_EXPR))
    }

    pub(crate) fn unary(&mut self) -> Option<Completed> {
        if self.prefix_word_ahead() {
            return self.prefix_word();
        }
        if self.pointer_operator_ahead() {
            return self.pointer_operator();
        }
        let kind = match self.kind() {
            T![-] | T![+] | T![非] | T![!] | T![~] => PREFIX_EXPR,
            T![等待] => AWAIT_EXPR,
            T![<-] => RECEIVE_EXPR,
            T![启动] => return self.spawn(),
            _ => return self.postfix(),
        };
        if !self.enter(1) {
            return None;
        }
        if self.at(T![+]) && self.follows_closely() {
            // The first one of `++x` may belong to the line before.
            if self.previous_is(T![+]) {
                let error = diagnostics::plus_plus(self.span_at(self.pos() - 1).to(self.span_of(0)));
                self.error(error);
            } else if self.previous_is(T![=]) && !self.is_joint(0) {
                let error = diagnostics::equals_plus(self.span_at(self.pos() - 1).to(self.span_of(0)));
                self.error(error);
            }
        }
        let node = self.start();
        self.bump_any();
        if kind == AWAIT_EXPR && self.at(T![让出]) && self.nth(1) == T!['('] && self.nth(2) == T![')'] {
            self.name_call();
        } else {
            self.unary();
        }
        self.leave(1);
        Some(self.complete(node, kind))
    }

    /// The word here names a function, reserved or not: `等待 让出()` calls one of the prelude.
    fn name_call(&mut self) {
        let call = self.start();
        let callee = self.start();
        self.name_token();
        self.complete(callee, NAME_EXPR);
        self.arg_list();
        self.complete(call, CALL_EXPR);
    }

    /// `启动 f(x)`, `启动 {…}`, `启动 后台 f(x)`
    fn spawn(&mut self) -> Option<Completed> {
        if !self.enter(1) {
            return None;
        }
        let node = self.start();
        self.bump(T![启动]);
        if self.at(T![后台]) && (self.nth_is_operand_start(1)) && !self.nth_newline(1) {
            self.bump(T![后台]);
        }
        if self.at(T!['{']) {
            self.block();
        } else {
            self.unary();
        }
        self.leave(1);
        Some(self.complete(node, SPAWN_EXPR))
    }
}
