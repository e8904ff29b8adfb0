//! Dispatch over expressions; the work is in the topic files. A `hint` is the type the surroundings would like: literals and
//! closures follow it, the result need not.

use super::body::BodyChecker;
use crate::{ExprId, ExprKind, Ty, diagnostics};

impl<'p> BodyChecker<'_, 'p> {
    /// The type of an expression in value position.
    pub fn infer(&mut self, expr: ExprId, hint: Option<Ty>) -> Ty {
        let ty = self.infer_kind(expr, hint);
        let ty = self.measured(ty, self.span(expr));
        self.out.expr_types[expr] = Some(ty);
        ty
    }

    fn infer_kind(&mut self, expr: ExprId, hint: Option<Ty>) -> Ty {
        let body = self.body;
        match &body.exprs[expr].kind {
            ExprKind::Error => {
                self.failed = true;
                Ty::error()
            }
            ExprKind::Literal(it) => self.literal(expr, it, false, hint),
            ExprKind::Path(_) => self.name_value(expr, hint),
            ExprKind::SelfValue => self.self_value(expr),
            ExprKind::Template(parts) => self.template(parts),
            ExprKind::Tuple(items) => self.tuple(items, hint),
            ExprKind::Array(items) => self.array(expr, items, hint),
            ExprKind::ArrayRepeat { value, count } => self.array_repeat(*value, *count, hint),
            ExprKind::Map(entries) => self.map(expr, entries, hint),
            ExprKind::Struct { path, fields, spread } => self.struct_literal(expr, path, fields, *spread, hint),
            ExprKind::Call { callee, args } => self.call(expr, *callee, args, hint),
            ExprKind::MethodCall { .. } => self.method_call(expr, hint),
            ExprKind::Field { .. } => self.field(expr, hint),
            ExprKind::TupleField { base, index } => self.tuple_field(expr, *base, *index),
            ExprKind::Index { base, index } => self.index(expr, *base, *index),
            ExprKind::Unary { op, operand } => self.unary(expr, *op, *operand, hint),
            ExprKind::Binary { .. } => self.binary(expr, hint),
            ExprKind::Compare { operands, ops } => self.compare_chain(expr, operands, ops),
            ExprKind::Assign { place, op, value } => self.assign(expr, *place, *op, *value),
            ExprKind::Range { start, end, .. } => self.range(expr, *start, *end),
            ExprKind::Cast { operand, ty } => self.cast(expr, *operand, ty),
            ExprKind::Question(operand) => self.question(expr, *operand),
            ExprKind::Unwrap(operand) => self.unwrap(expr, *operand, hint),
            ExprKind::Spread(operand) => {
                self.report(diagnostics::misplaced_spread(self.span(expr)));
                self.infer_all([*operand]);
                Ty::error()
            }
            ExprKind::Block(_) => self.block_value(expr, hint),
            ExprKind::If { .. } => self.if_value(expr, hint),
            ExprKind::While { .. } | ExprKind::Loop { .. } | ExprKind::For { .. } => self.loop_statement(expr),
            ExprKind::Match { .. } => self.match_value(expr, hint),
            ExprKind::Try { .. } => self.try_value(expr, hint),
            ExprKind::Return(value) => self.return_(expr, *value),
            ExprKind::Break { label } => self.jump(label.as_ref(), true),
            ExprKind::Continue { label } => self.jump(label.as_ref(), false),
            ExprKind::Throw(value) => self.throw(*value),
            ExprKind::Closure(it) => self.closure(expr, it, hint),
            ExprKind::Await(operand) => self.await_(expr, *operand),
            ExprKind::Spawn { operand, detached } => self.spawn(expr, *operand, *detached),
            ExprKind::Scope(block) => self.concurrent(*block),
            ExprKind::Yield(value) => self.yield_(expr, *value),
            ExprKind::YieldAll(value) => self.yield_all(expr, *value),
            ExprKind::Receive(channel) => self.receive(*channel, hint),
            ExprKind::Send { channel, value } => self.send(*channel, *value),
            ExprKind::Select(arms) => self.select_statement(arms),
        }
    }

    /// An expression whose value is not used: branches need not agree. Never if no path reaches its end.
    pub fn statement(&mut self, expr: ExprId) -> Ty {
        let body = self.body;
        let ty = match &body.exprs[expr].kind {
            ExprKind::Block(_) => self.block_statement(expr),
            ExprKind::If { .. } => self.if_statement(expr),
            ExprKind::Match { .. } => self.match_statement(expr),
            ExprKind::Try { .. } => self.try_statement(expr),
            _ => return self.infer(expr, None),
        };
        self.out.expr_types[expr] = Some(ty);
        ty
    }

    /// Infers what cannot be used any more, so that errors inside are still found.
    pub fn infer_all(&mut self, exprs: impl IntoIterator<Item = ExprId>) {
        for expr in exprs {
            self.infer(expr, None);
        }
    }
}
