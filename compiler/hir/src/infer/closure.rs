//! Closures and local functions: parameter types from annotations or from what is expected, results from 返回 or the expression.

use super::body::{BodyChecker, Cause, Frame, FutureReturns};
use crate::{Adjust, Closure, ClosureTypes, ExprId, ExprKind, FunctionKind, LocalId, Mode, Ty, TyKind, diagnostics};
use qi_base::Span;

pub(super) struct ClosureSignature {
    /// Of the value.
    pub ty: Ty,
    params: Vec<Ty>,
    /// What the body returns.
    result: Ty,
    yields: Option<(Ty, Ty)>,
    is_async: bool,
}

impl<'p> BodyChecker<'_, 'p> {
    pub fn closure_signature(&mut self, it: &'p Closure, hint: Option<Ty>, span: Span) -> ClosureSignature {
        let expected =
            self.known_hint(hint).map(|it| self.cx.known().option_content(it).map_or(it, |it| self.shallow(it)));
        let (wanted, wanted_result) = match expected.map(|it| it.kind()) {
            Some(TyKind::Function { params, result }) if params.len() == it.params.len() => {
                (Some(params), Some(*result))
            }
            _ => (None, None),
        };
        // What takes the closure is unknown, so its parameters are not its own fault.
        let is_lost = hint.is_some_and(|it| self.shallow(it).is_error());
        let params: Vec<(Mode, Ty)> = it
            .params
            .iter()
            .enumerate()
            .map(|(index, param)| {
                let ty = match (&param.ty, wanted) {
                    (Some(ty), _) => self.resolve_type(ty),
                    (None, Some(wanted)) => wanted[index].1,
                    (None, None) if is_lost => Ty::error(),
                    (None, None) => self.table.fresh(self.body.locals[param.local].span),
                };
                (param.mode, if param.variadic { Ty::array(ty) } else { ty })
            })
            .collect();
        let written = it.result.as_ref().map(|it| self.resolve_type(it));
        let is_coroutine = matches!(it.kind, FunctionKind::Coroutine | FunctionKind::AsyncCoroutine);
        let is_async = it.kind == FunctionKind::Async;
        let (result, yields, value) = if is_coroutine {
            let item = written.unwrap_or_else(|| self.table.fresh_or_unit(span));
            let sent = self.table.fresh_or_unit(span);
            (Ty::unit(), Some((item, sent)), Ty::new(TyKind::Generator(item, sent)))
        } else {
            let result = match (written, wanted_result) {
                (Some(written), _) => written,
                (None, _) if it.name.is_some() => Ty::unit(),
                (None, Some(wanted)) => wanted,
                (None, None) => self.table.fresh(span),
            };
            (result, None, if is_async { Ty::new(TyKind::Task(result)) } else { result })
        };
        let ty = Ty::new(TyKind::Function { params: params.clone(), result: value });
        ClosureSignature { ty, params: params.into_iter().map(|it| it.1).collect(), result, yields, is_async }
    }

    pub fn closure(&mut self, expr: ExprId, it: &'p Closure, hint: Option<Ty>) -> Ty {
        self.infer_all(it.captures.iter().copied());
        if let Some(wanted) = self.known_hint(hint)
            && let TyKind::Function { params, .. } = wanted.kind()
            && params.len() != it.params.len()
        {
            self.report_param_count(expr, it, params.len());
            let signature = self.closure_signature(it, Some(Ty::error()), self.span(expr));
            self.closure_body(expr, it, signature);
            return Ty::error();
        }
        let signature = self.closure_signature(it, hint, self.span(expr));
        let ty = signature.ty;
        self.closure_body(expr, it, signature);
        ty
    }

    fn report_param_count(&mut self, expr: ExprId, it: &Closure, wanted: usize) {
        let spans = it.params.iter().map(|it| self.body.locals[it.local].span);
        let span = spans.reduce(Span::to).unwrap_or_else(|| self.span(expr));
        self.report(diagnostics::closure_param_count(span, wanted, it.params.len()));
    }

    /// Signature of a local function: visible in the whole block, before its body is checked.
    pub fn declare_local_function(&mut self, local: LocalId, closure: ExprId) {
        let body = self.body;
        let ExprKind::Closure(it) = &body.exprs[closure].kind else { return };
        self.out.local_functions.insert(local, closure);
        let signature = self.with_generics(it, |checker| {
            if !it.generics.is_empty() {
                let scope = checker.scope.clone();
                checker.cx.bounds(&scope, &it.generics);
                checker.require_written(it, closure);
            }
            checker.closure_signature(it, None, checker.span(closure))
        });
        self.declare(local, signature.ty);
        self.pending.insert(local, signature);
    }

    /// What is not written cannot follow from the uses: every use may have other types.
    fn require_written(&mut self, it: &Closure, closure: ExprId) {
        for param in it.params.iter().filter(|it| it.ty.is_none()) {
            let local = &self.body.locals[param.local];
            self.report(diagnostics::missing_param_type(local.span, local.name.as_str()));
        }
        let is_coroutine = matches!(it.kind, FunctionKind::Coroutine | FunctionKind::AsyncCoroutine);
        if is_coroutine && it.result.is_none() {
            self.cannot_infer(self.span(closure));
        }
    }

    /// Runs `f` where the closure's own type parameters are visible.
    fn with_generics<R>(&mut self, it: &Closure, f: impl FnOnce(&mut Self) -> R) -> R {
        let outer = self.scope.generics.len();
        self.scope.generics.extend(&it.generics);
        let result = f(self);
        self.scope.generics.truncate(outer);
        result
    }

    pub fn local_function(&mut self, local: LocalId, closure: ExprId) {
        let body = self.body;
        let (ExprKind::Closure(it), Some(signature)) = (&body.exprs[closure].kind, self.pending.remove(&local)) else {
            return;
        };
        self.out.expr_types[closure] = Some(signature.ty);
        self.with_generics(it, |checker| checker.closure_body(closure, it, signature));
    }

    fn closure_body(&mut self, expr: ExprId, it: &'p Closure, mut signature: ClosureSignature) {
        let mut frame = Frame::new(signature.result);
        frame.result_span = it.result.as_ref().map(|it| it.span);
        frame.yields = signature.yields;
        if let (Some(_), FunctionKind::Plain, true, TyKind::Task(inner)) =
            (&it.result, it.kind, it.is_block, signature.result.kind())
        {
            frame.future = Some(FutureReturns { inner: *inner, handles: Vec::new(), values: Vec::new() });
        }
        self.frames.push(frame);
        self.scoped(|checker| {
            for (param, &ty) in it.params.iter().zip(&signature.params) {
                if let Some(default) = param.default {
                    checker.check_value_body(default, ty, param.ty.as_ref().map(|it| it.span));
                }
                checker.declare(param.local, ty);
            }
            match it.is_block {
                true => checker.closure_block(it.body, &signature),
                false => checker.closure_expr(it.body, signature.result),
            }
        });
        let frame = self.frames.pop().expect("pushed above");
        if let Some(returns) = frame.future {
            match (returns.handles.first(), returns.values.first()) {
                (Some(&handle), Some(&value)) => self.report(diagnostics::mixed_future_returns(value, handle)),
                (None, _) => {
                    signature.result = returns.inner;
                    signature.is_async = true;
                }
                _ => {}
            }
        }
        let ClosureSignature { params, result, yields, is_async, .. } = signature;
        let generics = self.scope.generics[self.n_generics..].to_vec();
        self.out.closures.insert(expr, ClosureTypes { generics, params, result, yields, is_async });
    }

    fn closure_block(&mut self, body: ExprId, signature: &ClosureSignature) {
        let end = self.statement(body);
        if signature.yields.is_none() && self.table.is_general_var(signature.result) {
            self.no_value_returned(end, signature.result, self.span(body));
        }
    }
    /// No 返回 told the result: 空 if the end is reached, else whatever is asked for, 空 in the end.
    fn no_value_returned(&mut self, end: Ty, result: Ty, span: Span) {
        let value = if end.is_never() { self.table.fresh_or_unit(span) } else { Ty::unit() };
        self.table.unify(result, value);
    }

    fn closure_expr(&mut self, body: ExprId, result: Ty) {
        if self.shallow(result).is_unit() {
            let ty = self.statement(body);
            let ty = self.shallow(ty);
            if !(ty.is_unit() || ty.is_never() || ty.is_error()) {
                self.out.adjustments.entry(body).or_default().push(Adjust::Discard);
            }
            return;
        }
        let found = self.infer(body, Some(result));
        if self.shallow(found).is_never() && self.table.is_general_var(result) {
            self.no_value_returned(Ty::never(), result, self.span(body));
        }
        self.coerce(body, found, result, Cause::NONE);
    }
}
