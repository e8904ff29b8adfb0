//! Values of a wrong type at operators and where another type is needed: what is said about them, and the edits that convert
//! them.

use super::body::BodyChecker;
use super::operator::{Numbers, symbol};
use crate::{BinaryOp, Builtin, Callee, ExprId, ExprKind, Literal, Ty, TyKind, UnaryOp, diagnostics};
use qi_base::{Diagnostic, Span};

impl BodyChecker<'_, '_> {
    pub fn bad_operands(&mut self, op: BinaryOp, span: Span, left: (ExprId, Ty), right: (ExprId, Ty)) -> Ty {
        let (x, y) = (self.table.resolve(left.1), self.table.resolve(right.1));
        if self.table.is_general_var(x) && self.table.is_general_var(y) {
            self.cannot_infer(self.span(left.0));
        } else if !x.has_error() && !y.has_error() {
            let (left_text, right_text) = (self.text(x), self.text(y));
            let spans = (self.span(left.0), self.span(right.0));
            let mut diagnostic =
                diagnostics::operator_types(span, symbol(op), (spans.0, &left_text), (spans.1, &right_text));
            if op == BinaryOp::Mul && self.is_number(x, Numbers::Any) && *y.kind() == TyKind::Str {
                diagnostic = diagnostics::repeat_order(diagnostic);
            }
            let known = self.cx.known();
            if [x, y].into_iter().any(|it| matches!(it.kind(), TyKind::Adt(id, _) if Some(*id) == known.range)) {
                diagnostic = diagnostics::range_binds_tighter(diagnostic, symbol(op));
            }
            if let Some(repaired) = self.truth_comparison(&diagnostic, op, span, left, right) {
                diagnostic = repaired;
            } else if self.is_print(left.0) {
                diagnostic = diagnostics::printed_operand(diagnostic, symbol(op));
            } else if self.is_cast(right.0) && self.is_number(x, Numbers::Any) && self.is_number(y, Numbers::Any) {
                diagnostic = diagnostics::cast_binds_tighter(diagnostic, symbol(op));
            } else if let Some(fixed) = self.error_as_text(&diagnostic, left, right) {
                diagnostic = fixed;
            } else if let Some(note) = self.operand_hint(op, [x, y]) {
                diagnostic = diagnostic.with_note(note);
            }
            self.report(diagnostic);
        }
        Ty::error()
    }

    fn is_cast(&self, expr: ExprId) -> bool {
        matches!(self.body.exprs[expr].kind, ExprKind::Cast { .. })
    }

    /// `打印 (1 + 2) * 3`
    fn is_print(&self, expr: ExprId) -> bool {
        let call = self.out.calls.get(&expr);
        call.is_some_and(|it| matches!(it.callee, Callee::Builtin(Builtin::PrintLine | Builtin::Print)))
    }

    pub fn is_dictionary_index(&self, expr: ExprId) -> bool {
        let ExprKind::Index { base, .. } = &self.body.exprs[expr].kind else { return false };
        let base = self.out.expr_types[*base].map(|it| self.shallow(it));
        matches!(base.map(|it| it.kind()), Some(TyKind::Adt(id, _)) if Some(*id) == self.cx.known().map)
    }

    /// Another operator or a method may follow it without parentheses.
    fn is_postfix(&self, expr: ExprId) -> bool {
        matches!(
            self.body.exprs[expr].kind,
            ExprKind::Path(_)
                | ExprKind::SelfValue
                | ExprKind::Call { .. }
                | ExprKind::MethodCall { .. }
                | ExprKind::Field { .. }
                | ExprKind::TupleField { .. }
                | ExprKind::Index { .. }
        )
    }

    fn is_int_literal(&self, expr: ExprId, wanted: u128) -> bool {
        matches!(self.body.exprs[expr].kind, ExprKind::Literal(Literal::Int(it)) if it == wanted)
    }

    /// `f() == 1`, where f gives a 布尔.
    fn truth_comparison(
        &self,
        report: &Diagnostic,
        op: BinaryOp,
        op_span: Span,
        left: (ExprId, Ty),
        right: (ExprId, Ty),
    ) -> Option<Diagnostic> {
        let is_bool = |it: (ExprId, Ty)| *self.table.shown(it.1).kind() == TyKind::Bool;
        let is_number = |it: (ExprId, Ty)| matches!(self.table.shown(it.1).kind(), TyKind::Int(_));
        let (truth, number) = match (is_bool(left), is_bool(right)) {
            (true, false) if is_number(right) => (left.0, right.0),
            (false, true) if is_number(left) => (right.0, left.0),
            _ => return None,
        };
        let wanted = match (self.is_int_literal(number, 1), self.is_int_literal(number, 0)) {
            (true, _) => true,
            (_, true) => false,
            _ => return Some(diagnostics::compares_truth_with_number(report.clone(), None)),
        };
        let is_negated = (op == BinaryOp::Eq) != wanted;
        if !matches!(op, BinaryOp::Eq | BinaryOp::Ne) {
            return None;
        }
        let (x, y) = (self.span(left.0), self.span(right.0));
        // With at most a blank between them nothing is in parentheses.
        let is_plain = self.is_postfix(truth) && op_span.start - x.end <= 1 && y.start - op_span.end <= 1;
        let rest = if truth == left.0 { Span { start: x.end, ..y } } else { Span { end: y.start, ..x } };
        Some(diagnostics::compares_truth_with_number(
            report.clone(),
            Some((is_negated, is_plain.then(|| (self.span(truth), rest)))),
        ))
    }

    fn is_error_value(&self, ty: Ty) -> bool {
        let error = self.cx.known().error;
        matches!(self.table.shown(ty).kind(), TyKind::Dynamic(it, _) if Some(*it) == error)
    }

    /// `e == "超时"`
    fn error_as_text(&self, report: &Diagnostic, left: (ExprId, Ty), right: (ExprId, Ty)) -> Option<Diagnostic> {
        let is_text = |it: Ty| *self.table.shown(it).kind() == TyKind::Str;
        let error = match (self.is_error_value(left.1), self.is_error_value(right.1)) {
            (true, false) if is_text(right.1) => left.0,
            (false, true) if is_text(left.1) => right.0,
            _ => return None,
        };
        let at = self.span(error);
        self.is_postfix(error).then(|| diagnostics::message_of_error(report.clone(), at.after()))
    }

    /// Adds to the report of a mismatch at `expr` the edit that converts the value, where one always does what is meant.
    pub fn offer_conversion(&mut self, expr: ExprId, found: Ty, expected: Ty) {
        let span = self.span(expr);
        let (found, expected) = (self.table.shown(found), self.table.shown(expected));
        let is_postfix = self.is_postfix(expr);
        if *expected.kind() == TyKind::Str && self.is_error_value(found) && is_postfix {
            self.amend(span, |it| diagnostics::message_of_error(Diagnostic { notes: Vec::new(), ..it }, span.after()));
        } else if matches!(expected.kind(), TyKind::Int(_)) && *found.kind() == TyKind::Bool {
            let name = self.text(expected);
            self.amend(span, |it| diagnostics::truth_as_number(it, span, &name, is_postfix));
        }
    }

    /// `文.查找("x") == -1`: what is not found is 无. `3 == 无`: what is no option is always there.
    pub fn warn_absence_as_number(&mut self, op: BinaryOp, option: ExprId, number: ExprId) {
        if self.is_absent(option) {
            let ty = self.out.expr_types[number].map_or_else(String::new, |it| self.text(it));
            let report = diagnostics::value_is_never_absent(self.span(number), &ty, op == BinaryOp::Eq);
            return self.cx.report(report);
        }
        let ExprKind::Unary { op: UnaryOp::Neg, operand } = self.body.exprs[number].kind else { return };
        let function = match self.out.calls.get(&option).map(|it| &it.callee) {
            Some(Callee::Function { function, .. }) => *function,
            _ => return,
        };
        let is_std = self.program.modules[self.program.functions[function].module].is_std;
        if is_std && self.is_int_literal(operand, 1) {
            let report = diagnostics::absence_as_number(self.span(number), op == BinaryOp::Eq);
            self.cx.report(report);
        }
    }
}
