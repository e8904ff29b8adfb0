//! Explicit conversions: `x 作为 T` and `T(x)`.

use super::body::{BodyChecker, Cause};
use crate::{
    Adjust, AdtId, AdtKind, CastKind, ExprId, ExprKind, Literal, Program, Ty, TyKind, TypeRef, UnaryOp, diagnostics,
};

/// Types whose name in a call converts.
pub(super) fn is_conversion_target(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Int(_) | TyKind::Float(_) | TyKind::Char | TyKind::Bool | TyKind::Str)
}

/// An enum whose values are no more than their variant.
fn is_numbered(program: &Program, adt: AdtId) -> bool {
    match &program.adts[adt].kind {
        AdtKind::Enum(variants) => variants.iter().all(|it| it.fields.is_empty()),
        AdtKind::Struct(_) => false,
    }
}

impl BodyChecker<'_, '_> {
    /// Infers what is to be converted. A literal too big for 整数 takes the target's type at once.
    pub fn cast_operand(&mut self, operand: ExprId, target: Ty) -> Ty {
        let big = self.literal_value(operand).is_some_and(|value| value > i64::MAX as u128);
        let ty = self.infer(operand, big.then_some(target));
        self.table.default_numbers(ty);
        self.table.resolve(ty)
    }
    fn literal_value(&self, expr: ExprId) -> Option<u128> {
        match &self.body.exprs[expr].kind {
            ExprKind::Literal(Literal::Int(value)) => Some(*value),
            ExprKind::Unary { op: UnaryOp::Neg, operand } => match &self.body.exprs[*operand].kind {
                // -2^63 fits where 2^63 does not.
                ExprKind::Literal(Literal::Int(value)) => Some(value.saturating_sub(1)),
                _ => None,
            },
            _ => None,
        }
    }

    pub fn cast(&mut self, expr: ExprId, operand: ExprId, target: &TypeRef) -> Ty {
        let target = self.resolve_type(target);
        let from = self.cast_operand(operand, target);
        if from.is_error() || target.is_error() {
            return target;
        }
        if let Some(kind) = self.cast_kind(from, target) {
            self.out.casts.insert(expr, kind);
            return target;
        }
        // What converts by itself may also be asked for: T?, 任意 特性, the same type.
        let downcast = matches!(from.kind(), TyKind::Dynamic(..)) && !matches!(target.kind(), TyKind::Dynamic(..));
        if downcast && self.can_downcast(from, target) {
            self.out.casts.insert(expr, CastKind::Downcast);
            return target;
        }
        if self.coerces_silently(operand, from, target) {
            self.out.casts.insert(expr, CastKind::None);
            return target;
        }
        let (from, to) = (self.text(from), self.text(target));
        self.report(diagnostics::bad_cast(self.span(expr), &from, &to));
        target
    }

    fn can_downcast(&mut self, from: Ty, target: Ty) -> bool {
        let TyKind::Dynamic(trait_, args) = from.kind() else { return false };
        target.has_infer() || self.cx.implements(*trait_, target, args)
    }
    fn coerces_silently(&mut self, operand: ExprId, from: Ty, target: Ty) -> bool {
        let before = self.cx.diagnostics.len();
        let failed = self.failed;
        let fits = self.coerce(operand, from, target, Cause::NONE);
        if !fits {
            self.cx.diagnostics.truncate(before);
            self.failed = failed;
            self.out.adjustments.remove(&operand);
        }
        fits
    }

    fn cast_kind(&self, from: Ty, target: Ty) -> Option<CastKind> {
        Some(match (from.kind(), target.kind()) {
            _ if from == target => CastKind::None,
            (TyKind::Int(_), TyKind::Int(to)) => CastKind::IntToInt(*to),
            (TyKind::Int(_), TyKind::Float(_)) => CastKind::IntToFloat,
            (TyKind::Float(_), TyKind::Int(to)) => CastKind::FloatToInt(*to),
            (TyKind::Float(_), TyKind::Float(bits)) => CastKind::FloatToFloat(*bits),
            (TyKind::Char, TyKind::Int(to)) => CastKind::CharToInt(*to),
            (TyKind::Int(_), TyKind::Char) => CastKind::IntToChar,
            (TyKind::Bool, TyKind::Int(to)) => CastKind::BoolToInt(*to),
            (TyKind::Adt(id, _), TyKind::Int(to)) if is_numbered(self.program, *id) => CastKind::EnumToInt(*to),
            (_, TyKind::Str) => CastKind::ToText,
            _ => return None,
        })
    }

    /// `T(x)`: how, and the type of the call (parsing may fail).
    pub fn conversion(&mut self, from: Ty, target: Ty) -> Option<(CastKind, Ty)> {
        let known = self.cx.known();
        match (from.kind(), target.kind()) {
            (TyKind::Str, TyKind::Int(to)) => {
                Some((CastKind::ParseInt(*to), known.result_of(target, known.any_error())))
            }
            (TyKind::Str, TyKind::Float(_)) => Some((CastKind::ParseFloat, known.result_of(target, known.any_error()))),
            _ => self.cast_kind(from, target).map(|it| (it, target)),
        }
    }

    /// 抛出: anything that implements 错误.
    pub fn throw(&mut self, value: ExprId) -> Ty {
        let ty = self.infer(value, None);
        self.table.default_numbers(ty);
        let resolved = self.table.resolve(ty);
        let known = self.cx.known();
        if resolved.has_error() || resolved.is_never() || known.is_any_error(resolved) {
            return Ty::never();
        }
        if let Some(error) = known.error
            && !self.cx.implements(error, resolved, &[])
        {
            let text = self.text(resolved);
            let is_param = matches!(resolved.kind(), TyKind::Param(..));
            self.report(diagnostics::not_an_error(self.span(value), &text, is_param));
            return Ty::never();
        }
        self.out.adjustments.entry(value).or_default().push(Adjust::ToError);
        Ty::never()
    }
}
