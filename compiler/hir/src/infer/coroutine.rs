//! 让出: item and sent types, and what a function's text tells about them before its body is checked.

use super::Checker;
use super::body::{BodyChecker, Cause};
use super::typeref::TypeScope;
use crate::{Body, ExprId, ExprKind, Function, Statement, Ty, diagnostics};
use rustc_hash::FxHashSet;

/// The sent type as far as it is written: `变量 v: S = 让出 x`; 空 if no 让出 is used as a value. None: the body must tell.
pub(super) fn declared_sent(checker: &mut Checker, scope: &TypeScope, body: Option<&Body>) -> Option<Ty> {
    let Some(body) = body else { return Some(Ty::unit()) };
    let mut unused: FxHashSet<ExprId> = FxHashSet::default();
    let mut written = None;
    for expr in body.exprs.values() {
        match &expr.kind {
            ExprKind::Block(block) => {
                for statement in &block.statements {
                    match statement {
                        Statement::Expr(it) => {
                            unused.insert(*it);
                        }
                        Statement::Let { ty: Some(ty), init: Some(init), .. } if is_yield(body, *init) => {
                            unused.insert(*init);
                            written = written.or(Some(ty));
                        }
                        _ => {}
                    }
                }
            }
            ExprKind::Match { arms, .. } => unused.extend(arms.iter().map(|it| it.body)),
            _ => {}
        }
    }
    let open = body.exprs.iter().any(|(id, it)| matches!(it.kind, ExprKind::Yield(_)) && !unused.contains(&id));
    match (written, open) {
        (Some(ty), _) => Some(checker.resolve_type(scope, ty)),
        (None, false) => Some(Ty::unit()),
        (None, true) => None,
    }
}

fn is_yield(body: &Body, expr: ExprId) -> bool {
    matches!(body.exprs[expr].kind, ExprKind::Yield(_))
}

impl BodyChecker<'_, '_> {
    /// Variables for what a 协程 function does not say.
    pub fn open_yields(&mut self, declared: (Ty, Ty), function: &Function) -> (Ty, Ty) {
        let span = function.name_span;
        let item = if function.result.is_some() { declared.0 } else { self.table.fresh_or_unit(span) };
        let sent = declared_sent(self.cx, &self.scope, function.body.as_ref());
        (item, sent.unwrap_or_else(|| self.table.fresh_or_unit(span)))
    }

    pub fn yield_(&mut self, expr: ExprId, value: Option<ExprId>) -> Ty {
        let Some((item, sent)) = self.frame().yields else {
            // Reported by `flow`.
            self.misdeclared();
            self.infer_all(value);
            return Ty::error();
        };
        match value {
            Some(value) => {
                let cause = Cause(
                    self.frame()
                        .result_span
                        .map(|it| (it, "让出的类型写在这里", "the type of the items is written here")),
                );
                self.check(value, item, cause);
            }
            None if !self.table.try_unify(item, Ty::unit()) => {
                let text = self.text(item);
                self.report(diagnostics::missing_return_value(self.span(expr), &text, None));
            }
            None => {}
        }
        sent
    }

    pub fn yield_all(&mut self, expr: ExprId, value: ExprId) -> Ty {
        let Some((item, _)) = self.frame().yields else {
            self.misdeclared();
            self.infer(value, None);
            return Ty::unit();
        };
        let found = self.iterate(expr, value);
        if !self.table.try_unify(found, item) {
            self.mismatch(self.span(value), found, item, Cause::NONE);
        }
        Ty::unit()
    }
}
