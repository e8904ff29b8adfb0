//! `?`, `!` and `??`.

use crate::body::Body;
use qi_base::bug;
use qi_hir::{ExprId, QuestionKind, Ty, TyKind};
use qi_mir::{RuntimeFn, Terminator, TypeKind, Value};

impl Body<'_, '_> {
    /// The content of 有/成; else leaves the function or throws, as the checker decided.
    pub(super) fn question(&mut self, expr: ExprId, operand: ExprId) -> Value {
        let kind = self.question_kind(expr);
        let value = self.expr(operand);
        let ty = self.adjusted_type(operand);
        self.require_content(kind, value, ty);
        self.payload(value, 0, 0)
    }

    pub fn question_kind(&self, expr: ExprId) -> QuestionKind {
        // `!` of an 选项 is not recorded.
        self.scope.typed.questions.get(&expr).copied().unwrap_or(QuestionKind::ThrowNull)
    }

    /// Goes on where the 选项 or 结果 has a content.
    pub fn require_content(&mut self, kind: QuestionKind, value: Value, ty: Ty) {
        let is_good = self.is_variant(value, 0);
        let (good, bad) = (self.build.new_block(), self.build.new_block());
        self.branch(is_good, good, bad);
        self.build.switch_to(bad);
        self.bad_question(kind, value, ty);
        self.build.switch_to(good);
    }

    fn bad_question(&mut self, kind: QuestionKind, value: Value, ty: Ty) {
        let result = self.result;
        match kind {
            QuestionKind::ReturnErr | QuestionKind::ReturnErrBoxed => {
                let error = self.payload(value, 1, 0);
                let error = match kind {
                    QuestionKind::ReturnErrBoxed => self.make_error(error, failure(ty)),
                    _ => error,
                };
                let result = self.cx.ty(result);
                let value = self.variant(result, 1, vec![error]);
                self.return_value(value);
            }
            QuestionKind::ReturnNone => {
                let result = self.cx.ty(result);
                let value = self.none(result);
                self.return_value(value);
            }
            QuestionKind::ThrowErr => {
                let error = self.payload(value, 1, 0);
                let error = self.make_error(error, failure(ty));
                self.throw(error);
            }
            QuestionKind::ThrowNull => {
                let ty = self.cx.module.types.error();
                let fault = self.runtime(RuntimeFn::qi_fault_null, Vec::new(), Vec::new(), Some(ty));
                self.throw(fault);
            }
        }
    }

    /// `a ?? b`
    pub(super) fn coalesce(&mut self, expr: ExprId, left: ExprId, right: ExprId) -> Value {
        let option = self.expr(left);
        let result = self.raw_type(expr);
        let result = self.cx.ty(result);
        let is_good = self.is_variant(option, 0);
        self.select(
            is_good,
            result,
            // With an 选项 on the right too, the left one stays what it is.
            |body| if body.type_of(option) == result { option } else { body.payload(option, 0, 0) },
            |body| body.expr(right),
        )
    }

    /// Leaves the function with the value, running the exits of everything open.
    pub fn return_value(&mut self, value: Value) {
        let result = self.build.func.result;
        let value =
            if *self.cx.module.types.kind(result) == TypeKind::Unit { self.unit() } else { self.fit(value, result) };
        self.leave(0);
        self.build.terminate(Terminator::Return(value));
    }
}

/// What 败 holds in a 结果 of the type.
fn failure(result: Ty) -> Ty {
    match result.kind() {
        TyKind::Adt(_, args) if args.len() == 2 => args[1],
        other => bug!("{other:?} is no 结果"),
    }
}
