//! 尝试, 捕获 and the operators `?` and `!`.

use super::body::{BodyChecker, Cause};
use super::coerce::Merge;
use super::typeref::TypeName;
use crate::{Catch, CatchKind, ExprId, ExprKind, QuestionKind, TraitId, Ty, TyKind, TypeRef, TypeRefKind, diagnostics};

impl<'p> BodyChecker<'_, 'p> {
    fn try_parts(&self, expr: ExprId) -> (ExprId, &'p [Catch], Option<ExprId>) {
        let body = self.body;
        match &body.exprs[expr].kind {
            ExprKind::Try { body, catches, finally } => (*body, catches, *finally),
            _ => qi_base::bug!("{expr} is not a 尝试"),
        }
    }

    pub fn try_statement(&mut self, expr: ExprId) -> Ty {
        let (body, catches, finally) = self.try_parts(expr);
        let mut never = self.statement(body).is_never();
        for (index, catch) in catches.iter().enumerate() {
            let end = self.scoped(|it| {
                it.catch_head(expr, index, catch);
                it.statement(catch.body)
            });
            never &= end.is_never();
        }
        never |= self.finally(finally);
        if never { Ty::never() } else { Ty::unit() }
    }

    pub fn try_value(&mut self, expr: ExprId, hint: Option<Ty>) -> Ty {
        let (body, catches, finally) = self.try_parts(expr);
        self.out.value_blocks.insert(expr);
        let mut merge =
            Merge::new(self.known_hint(hint), "其他分支的类型由这里决定", "the other branches follow this one");
        let ty = self.infer(body, merge.hint());
        merge.add(self, body, ty);
        for (index, catch) in catches.iter().enumerate() {
            self.scoped(|it| {
                it.catch_head(expr, index, catch);
                let ty = it.infer(catch.body, merge.hint());
                merge.add(it, catch.body, ty);
            });
        }
        self.finally(finally);
        merge.finish(self).unwrap_or(Ty::never())
    }

    /// Whether it never ends.
    fn finally(&mut self, finally: Option<ExprId>) -> bool {
        finally.is_some_and(|it| self.statement(it).is_never())
    }

    fn catch_head(&mut self, expr: ExprId, index: usize, catch: &Catch) {
        let any = self.cx.known().any_error();
        let (kind, ty) = catch.ty.as_ref().map_or((CatchKind::Any, any), |it| self.catch_type(it));
        self.out.catches.insert((expr, index), kind.clone());
        if !ty.has_error() {
            self.check_catch_order(expr, index, catch, &kind);
        }
        if let Some(local) = catch.local {
            self.declare(local, ty);
        }
    }

    /// An earlier 捕获 may take all that this one would.
    fn check_catch_order(&mut self, expr: ExprId, index: usize, catch: &Catch, kind: &CatchKind) {
        let earlier: Vec<CatchKind> = (0..index).filter_map(|it| self.out.catches.get(&(expr, it)).cloned()).collect();
        let is_covered = earlier.iter().any(|it| match (it, kind) {
            (CatchKind::Any, CatchKind::Type(ty)) => !self.is_cancellation(*ty),
            (CatchKind::Any, CatchKind::Any | CatchKind::Trait(_)) => true,
            (CatchKind::Type(first), CatchKind::Type(ty)) => first == ty,
            (CatchKind::Trait(trait_), CatchKind::Type(ty)) => self.cx.implements(*trait_, *ty, &[]),
            (CatchKind::Trait(first), CatchKind::Trait(second)) => first == second,
            _ => false,
        });
        if is_covered {
            let span = catch.ty.as_ref().map_or(catch.span, |it| it.span);
            self.report(diagnostics::unreachable_catch(span));
        }
    }
    /// 取消, which a plain 捕获 lets pass.
    fn is_cancellation(&self, ty: Ty) -> bool {
        matches!(ty.kind(), TyKind::Adt(id, _) if self.program.adts[*id].name.as_str() == "取消")
    }

    fn catch_type(&mut self, ty: &TypeRef) -> (CatchKind, Ty) {
        let known = self.cx.known();
        if let TypeRefKind::Path(path) | TypeRefKind::Dynamic(path) = &ty.kind {
            let before = self.cx.diagnostics.len();
            let name = self.cx.resolve_type_name(&self.scope, path);
            if self.cx.diagnostics.len() > before {
                self.failed = true;
                return (CatchKind::Any, Ty::error());
            }
            if let TypeName::Trait(id) = name {
                return self.catch_trait(id);
            }
        }
        let span = ty.span;
        let ty = self.resolve_type(ty);
        if let Some(error) = known.error
            && !ty.has_error()
            && !self.cx.implements(error, ty, &[])
        {
            let text = self.text(ty);
            let is_param = matches!(ty.kind(), TyKind::Param(..));
            self.report(diagnostics::not_an_error(span, &text, is_param));
        }
        (CatchKind::Type(ty), ty)
    }

    fn catch_trait(&mut self, id: TraitId) -> (CatchKind, Ty) {
        let known = self.cx.known();
        if Some(id) == known.error {
            return (CatchKind::Any, known.any_error());
        }
        let is_fault = Some(id) == known.fault;
        let ty = if is_fault { known.any_error() } else { Ty::new(TyKind::Dynamic(id, Vec::new())) };
        (CatchKind::Trait(id), ty)
    }

    // ---- `?` and `!` -----------------------------------------------------------------------------------------------

    /// The result type an early return could have.
    fn returned_type(&mut self) -> Option<Ty> {
        let frame = self.frame();
        if frame.yields.is_some() || !frame.is_function {
            return None;
        }
        let result = frame.future.as_ref().map_or(frame.result, |it| it.inner);
        Some(self.shallow(result))
    }

    pub fn question(&mut self, expr: ExprId, operand: ExprId) -> Ty {
        let ty = self.infer(operand, None);
        let ty = self.shallow(ty);
        let known = self.cx.known();
        let returned = self.returned_type();
        if let Some(content) = known.option_content(ty) {
            let returns = returned.is_some_and(|it| known.option_content(it).is_some());
            self.out.questions.insert(expr, if returns { QuestionKind::ReturnNone } else { QuestionKind::ThrowNull });
            return content;
        }
        match self.question_of_result(expr, operand, ty) {
            Some(ok) => ok,
            None => self.bad_operand(operand, ty, "?"),
        }
    }

    /// `?` on a 结果: its content. `r?.f` on a 结果 is `(r?).f`.
    pub fn question_of_result(&mut self, expr: ExprId, operand: ExprId, ty: Ty) -> Option<Ty> {
        let known = self.cx.known();
        let (ok, err) = known.result_content(ty)?;
        let wanted = self.returned_type().and_then(|it| known.result_content(it)).map(|it| it.1);
        let kind = match wanted {
            Some(wanted) => self.error_conversion(operand, err, wanted),
            None => self.thrown_error(operand, err),
        };
        self.out.questions.insert(expr, kind);
        Some(ok)
    }

    fn error_conversion(&mut self, operand: ExprId, err: Ty, wanted: Ty) -> QuestionKind {
        if self.table.try_unify(err, wanted) {
            return QuestionKind::ReturnErr;
        }
        let known = self.cx.known();
        let resolved = self.table.resolve(err);
        let boxes = known.is_any_error(self.shallow(wanted))
            && known.error.is_some_and(|it| self.cx.implements(it, resolved, &[]));
        if !boxes {
            let written = self.frame().result_span;
            let cause = Cause(written.map(|it| (it, "函数的错误类型在这里", "the error type of the function")));
            self.mismatch(self.span(operand), err, wanted, cause);
        }
        QuestionKind::ReturnErrBoxed
    }
    fn thrown_error(&mut self, operand: ExprId, err: Ty) -> QuestionKind {
        if !self.cx.known().is_any_error(self.shallow(err)) {
            self.require(self.cx.known().error, err, self.span(operand));
        }
        QuestionKind::ThrowErr
    }
    fn bad_operand(&mut self, operand: ExprId, ty: Ty, op: &str) -> Ty {
        if self.table.is_general_var(ty) {
            self.cannot_infer(self.span(operand));
        } else if !ty.is_error() {
            let text = self.text(ty);
            let report = diagnostics::question_operand(self.span(operand), op, &text);
            let is_task = matches!(ty.kind(), TyKind::Task(_));
            self.report(if is_task { diagnostics::question_before_await(report, op) } else { report });
        }
        Ty::error()
    }

    pub fn unwrap(&mut self, expr: ExprId, operand: ExprId, hint: Option<Ty>) -> Ty {
        let hint = hint.filter(|it| !it.has_infer()).map(|it| self.cx.known().option_of(it));
        let ty = self.infer(operand, hint.filter(|_| matches!(self.body.exprs[operand].kind, ExprKind::Path(_))));
        let ty = self.shallow(ty);
        let known = self.cx.known();
        let (kind, content) = match (known.option_content(ty), known.result_content(ty)) {
            (Some(content), _) => (QuestionKind::ThrowNull, content),
            (None, Some((ok, err))) => (self.thrown_error(operand, err), ok),
            (None, None) => return self.bad_operand(operand, ty, "!"),
        };
        self.out.questions.insert(expr, kind);
        content
    }
}
