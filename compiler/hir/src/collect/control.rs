//! Control flow: conditions, branches, loops, 匹配, 尝试, 并发, 选择. 否则如果 becomes a nested 如果.

use super::body::BodyBuilder;
use super::types;
use crate::diagnostics;
use crate::{
    Block, Catch, Condition, ExprId, ExprKind, LocalId, LocalKind, MatchArm, PatId, SelectArm, SelectOperation,
    Statement,
};
use qi_base::{Name, Span};
use qi_syntax::ast::{self, AstNode, ElseBranch, Expr, HasLabel, Pattern, SelectArmKind};

impl BodyBuilder<'_, '_> {
    pub fn if_expr(&mut self, first: ast::IfExpr) -> ExprId {
        // A chain of 否则如果 is a loop here: its length costs no stack.
        let mut heads = Vec::new();
        let mut next = Some(first);
        let mut otherwise = None;
        while let Some(it) = next.take() {
            let span = self.ctx.span(&it);
            let conditions = self.conditions(it.condition(), span);
            let then = self.block_or_error(it.then_block(), span);
            match it.else_branch() {
                Some(ElseBranch::If(nested)) => next = Some(nested),
                Some(ElseBranch::Block(block)) => otherwise = Some(self.block(&block)),
                None => {}
            }
            heads.push((conditions, then, span));
        }
        for (conditions, then, span) in heads.into_iter().rev() {
            otherwise = Some(self.alloc(ExprKind::If { conditions, then, otherwise }, span));
        }
        otherwise.expect("at least one 如果")
    }

    fn conditions(&mut self, condition: Option<Expr>, at: Span) -> Vec<Condition> {
        let Some(condition) = condition else { return vec![Condition::Expr(self.error(at))] };
        if !has_let(&condition) {
            return vec![Condition::Expr(self.expr(condition))];
        }
        let mut parts = Vec::new();
        flatten_and(condition, &mut parts);
        parts.into_iter().map(|it| self.condition(it)).collect()
    }

    fn condition(&mut self, condition: Expr) -> Condition {
        let Expr::Let(it) = condition else { return Condition::Expr(self.expr(condition)) };
        let span = self.ctx.span(&it);
        let value = self.expr_or_error(it.value(), span);
        let is_constant = it.syntax().first_token().is_some_and(|it| it.text() == "常量");
        let kind = if is_constant { LocalKind::Constant } else { LocalKind::Binding };
        let ty = it.ty().map(|it| types::type_ref(self.ctx, it));
        Condition::Let { pat: self.pattern(it.pattern(), kind, span), ty, value }
    }

    pub fn misplaced_condition(&mut self, it: &ast::LetCondition, span: Span) -> ExprId {
        self.ctx.report(diagnostics::misplaced_condition(span));
        if let Some(value) = it.value() {
            self.expr(value);
        }
        self.error(span)
    }

    fn label(&mut self, it: &impl HasLabel) -> Option<Name> {
        it.label().map(|it| it.name())
    }
    pub fn label_use(&mut self, label: Option<ast::Name>) -> Option<(Name, Span)> {
        label.map(|it| (it.name(), self.ctx.span(&it)))
    }

    pub fn while_loop(&mut self, it: &ast::WhileExpr, span: Span) -> ExprId {
        let label = self.label(it);
        let conditions = self.conditions(it.condition(), span);
        let body = self.block_or_error(it.body(), span);
        self.alloc(ExprKind::While { label, conditions, body }, span)
    }

    pub fn endless_loop(&mut self, it: &ast::LoopExpr, span: Span) -> ExprId {
        let label = self.label(it);
        let body = self.block_or_error(it.body(), span);
        self.alloc(ExprKind::Loop { label, body }, span)
    }

    pub fn for_loop(&mut self, it: &ast::ForExpr, span: Span) -> ExprId {
        let label = self.label(it);
        let iterable = self.expr_or_error(it.iterable(), span);
        let pat = self.pattern(it.pattern(), LocalKind::Binding, span);
        let body = self.block_or_error(it.body(), span);
        self.alloc(ExprKind::For { label, pat, iterable, body }, span)
    }

    pub fn match_expr(&mut self, it: &ast::MatchExpr, span: Span) -> ExprId {
        let scrutinee = self.expr_or_error(it.scrutinee(), span);
        let arms = it.arms().map(|arm| self.match_arm(&arm)).collect();
        self.alloc(ExprKind::Match { scrutinee, arms }, span)
    }

    fn match_arm(&mut self, arm: &ast::MatchArm) -> MatchArm {
        let span = self.ctx.span(arm);
        let pat = self.pattern(arm.pattern(), LocalKind::Binding, span);
        let guard = arm.guard().map_or_else(Vec::new, |it| self.conditions(Some(it), span));
        let body = self.expr_or_error(arm.body(), span);
        MatchArm { pat, guard, body, span }
    }

    pub fn try_catch(&mut self, it: &ast::TryCatchExpr, span: Span) -> ExprId {
        let body = self.block_or_error(it.body(), span);
        let catches = it.catches().map(|it| self.catch(&it)).collect();
        let finally = it.finally().map(|it| self.finally(&it));
        self.alloc(ExprKind::Try { body, catches, finally }, span)
    }

    /// Each way out of the block runs its own copy of the clean-up, so that nesting multiplies them.
    fn finally(&mut self, block: &ast::Block) -> ExprId {
        const LIMIT: usize = 4;
        if self.finally_depth == LIMIT {
            let span = self.ctx.span(block);
            self.ctx.report(diagnostics::finally_too_deep(span, LIMIT));
            return self.error(span);
        }
        self.finally_depth += 1;
        let block = self.block(block);
        self.finally_depth -= 1;
        block
    }

    fn catch(&mut self, it: &ast::CatchClause) -> Catch {
        let span = self.ctx.span(it);
        let ty = it.ty().map(|it| types::type_ref(self.ctx, it));
        let local = it.pattern().and_then(|it| self.caught(it));
        let body = self.block_or_error(it.body(), span);
        Catch { local, ty, body, span }
    }

    fn caught(&mut self, pattern: Pattern) -> Option<LocalId> {
        match pattern {
            Pattern::Binding(it) => {
                let name = it.name()?;
                let span = self.ctx.span(&name);
                Some(self.local(name.name(), LocalKind::Binding, span))
            }
            Pattern::Wildcard(_) => None,
            other => {
                let span = self.ctx.span(&other);
                self.ctx.unsupported(span, "“捕获”后面写名字以外的模式", "a pattern other than a name after 捕获");
                None
            }
        }
    }

    pub fn concurrent(&mut self, it: &ast::ConcurrentExpr, span: Span) -> ExprId {
        let body = self.block_or_error(it.body(), span);
        self.alloc(ExprKind::Scope(body), span)
    }

    pub fn select(&mut self, it: &ast::SelectExpr, span: Span) -> ExprId {
        let defaults = it.arms().filter(|it| matches!(it.kind(), SelectArmKind::Default));
        for second in defaults.skip(1) {
            let span = self.ctx.span(&second);
            let word = Span { end: span.start + "默认".len() as u32, ..span };
            self.ctx.report(diagnostics::second_default(word));
        }
        let arms = it.arms().map(|arm| self.select_arm(&arm)).collect();
        self.alloc(ExprKind::Select(arms), span)
    }

    fn select_arm(&mut self, arm: &ast::SelectArm) -> SelectArm {
        let span = self.ctx.span(arm);
        let operation = match arm.kind() {
            SelectArmKind::Default => SelectOperation::Default,
            SelectArmKind::Timeout(it) => SelectOperation::Timeout(self.expr(it)),
            SelectArmKind::Send(it) => SelectOperation::Send {
                channel: self.expr_or_error(it.channel(), span),
                value: self.expr_or_error(it.value(), span),
            },
            SelectArmKind::Wait { pattern, operation } => {
                self.check_assigned_name(arm, pattern.as_ref());
                self.select_wait(pattern, operation)
            }
            SelectArmKind::Missing => SelectOperation::Timeout(self.error(span)),
        };
        let body = match arm.body() {
            Some(block) => self.block(&block),
            None => self.alloc(ExprKind::Block(Block { statements: Vec::new() }), span),
        };
        SelectArm { operation, body, span }
    }

    /// `情况 x = <-通` reads like an assignment to an x that is there.
    fn check_assigned_name(&mut self, arm: &ast::SelectArm, pattern: Option<&Pattern>) {
        let (Some(pattern), Some(equals)) = (pattern, arm.plain_equals()) else { return };
        let text = pattern.syntax().text().to_string();
        if self.is_declared(Name::new(&text)) {
            let (span, equals) = (self.ctx.span(pattern), self.ctx.range(equals.text_range()));
            self.ctx.report(diagnostics::received_into_new_name(span, &text, equals));
        }
    }

    fn select_wait(&mut self, pattern: Option<Pattern>, operation: Expr) -> SelectOperation {
        let span = self.ctx.span(&operation);
        match operation {
            Expr::Receive(it) => {
                let channel = self.expr_or_error(it.expr(), span);
                SelectOperation::Receive { pat: self.arm_pattern(pattern), channel }
            }
            Expr::MethodCall(it) if is_receive_call(&it) => {
                let channel = self.expr_or_error(it.receiver(), span);
                SelectOperation::ReceiveOption { pat: self.arm_pattern(pattern), channel }
            }
            Expr::Await(it) => {
                let task = self.expr_or_error(it.expr(), span);
                SelectOperation::Await { pat: self.arm_pattern(pattern), task }
            }
            _ => {
                self.ctx.report(diagnostics::invalid_select_arm(span));
                // The names stay known, so that the arm's body gives no further errors.
                let task = self.error(span);
                SelectOperation::Await { pat: self.arm_pattern(pattern), task }
            }
        }
    }

    fn arm_pattern(&mut self, pattern: Option<Pattern>) -> Option<PatId> {
        let pattern = pattern?;
        let span = self.ctx.span(&pattern);
        Some(self.pattern(Some(pattern), LocalKind::Binding, span))
    }

    /// `{ 变量 pat = source; … }` in front of the statements of a block.
    pub fn prepend(&mut self, block: ExprId, prologue: Vec<Statement>) {
        if let ExprKind::Block(it) = &mut self.body.exprs[block].kind {
            it.statements.splice(0..0, prologue);
        }
    }
}

fn is_receive_call(call: &ast::MethodCallExpr) -> bool {
    call.name().is_some_and(|it| it.name().as_str() == "接收") && call.args().next().is_none() && !call.is_optional()
}

fn and_parts(expr: &Expr) -> Option<(Option<Expr>, Option<Expr>)> {
    match expr {
        Expr::Binary(it) if it.op() == Some(ast::BinaryOp::And) => Some((it.left(), it.right())),
        _ => None,
    }
}

/// `变量 … = …` among the operands of 且.
fn has_let(expr: &Expr) -> bool {
    let mut current = Some(expr.clone());
    while let Some(expr) = current {
        match and_parts(&expr) {
            Some((left, right)) => {
                if right.as_ref().is_some_and(has_let) {
                    return true;
                }
                current = left;
            }
            None => return matches!(expr, Expr::Let(_)),
        }
    }
    false
}

fn flatten_and(expr: Expr, parts: &mut Vec<Expr>) {
    match and_parts(&expr) {
        Some((left, right)) => [left, right].into_iter().flatten().for_each(|it| flatten_and(it, parts)),
        None => parts.push(expr),
    }
}
