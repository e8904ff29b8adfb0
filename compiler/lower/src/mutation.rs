//! Which locals of a body are assigned, lent as 可变 or changed by a method: they need a slot, all others are values.

use crate::body::{Body, Source};
use crate::context::Lower;
use qi_hir::{Body as HirBody, Callee, ExprId, ExprKind, LocalId, Mode, Res, Statement, TypedBody, walk};
use rustc_hash::FxHashSet;
use std::rc::Rc;

impl Lower<'_> {
    pub fn mutated(&mut self, source: Source, body: &HirBody, typed: &TypedBody) -> Rc<FxHashSet<LocalId>> {
        if let Some(known) = self.mutated.get(&source) {
            return known.clone();
        }
        let mut found = FxHashSet::default();
        for expr in body.exprs.ids() {
            self.mutations(body, typed, expr, &mut |local| {
                found.insert(local);
            });
        }
        let found = Rc::new(found);
        self.mutated.insert(source, found.clone());
        found
    }

    /// Variables that the expression itself (not its parts) changes.
    fn mutations(&self, body: &HirBody, typed: &TypedBody, expr: ExprId, found: &mut dyn FnMut(LocalId)) {
        match &body.exprs[expr].kind {
            ExprKind::Assign { place, .. } => roots(body, typed, *place, found),
            ExprKind::Call { args, .. } => lent(body, typed, args, found),
            ExprKind::MethodCall { receiver, args, .. } => {
                lent(body, typed, args, found);
                let changes = match typed.calls.get(&expr).map(|it| &it.callee) {
                    Some(Callee::Function { function, .. }) => self.is_mutating(*function),
                    Some(Callee::TraitMethod { method, .. } | Callee::DynamicMethod { method, .. }) => {
                        self.is_mutating(*method)
                    }
                    _ => false,
                };
                if changes {
                    roots(body, typed, *typed.receivers.get(&expr).unwrap_or(receiver), found);
                }
            }
            // `变量 x: T` without a value is assigned later, also when nobody reads it.
            ExprKind::Block(block) => {
                for statement in &block.statements {
                    if let Statement::Let { pat, init: None, .. } = statement {
                        walk::patterns(body, *pat, &mut |_, it| {
                            if let qi_hir::PatKind::Bind(local) = it.kind {
                                found(local);
                            }
                        });
                    }
                }
            }
            _ => {}
        }
    }
}

fn lent(body: &HirBody, typed: &TypedBody, args: &[qi_hir::Arg], found: &mut dyn FnMut(LocalId)) {
    for arg in args.iter().filter(|it| it.mode == Mode::InOut) {
        roots(body, typed, arg.value, found);
    }
}

/// The variables that a place expression starts from.
fn roots(body: &HirBody, typed: &TypedBody, place: ExprId, found: &mut dyn FnMut(LocalId)) {
    match &body.exprs[place].kind {
        ExprKind::Path(_) => {
            if let Some(Res::Local(local)) = typed.names.get(&place) {
                found(*local);
            }
        }
        ExprKind::SelfValue => body.self_local.iter().copied().for_each(found),
        ExprKind::Field { base, .. } | ExprKind::TupleField { base, .. } | ExprKind::Index { base, .. } => {
            roots(body, typed, *base, found);
        }
        ExprKind::Unwrap(it) => roots(body, typed, *it, found),
        ExprKind::Tuple(items) => items.iter().for_each(|&it| roots(body, typed, it, found)),
        _ => {}
    }
}

impl Body<'_, '_> {
    /// Whether evaluating the expression may change the variable.
    pub fn changes(&self, expr: ExprId, local: LocalId) -> bool {
        let mut changed = false;
        self.cx.mutations(self.scope.body, self.scope.typed, expr, &mut |it| changed |= it == local);
        walk::children(&self.scope.body.exprs[expr], &mut |it| changed |= self.changes(it, local));
        changed
    }

    /// Whether the expression may suspend, seen from its text alone: it waits, starts, sends, receives, or calls code of
    /// the program or a suspending runtime function.
    pub fn may_wait(&self, expr: ExprId) -> bool {
        let here = match &self.scope.body.exprs[expr].kind {
            ExprKind::Await(_)
            | ExprKind::Scope(_)
            | ExprKind::Receive(_)
            | ExprKind::Send { .. }
            | ExprKind::Select(_)
            | ExprKind::YieldAll(_)
            | ExprKind::For { .. } => true,
            ExprKind::Closure(_) => return false,
            _ => match self.scope.typed.calls.get(&expr).map(|it| &it.callee) {
                Some(Callee::Function { function, .. }) => self.cx.may_wait(*function),
                Some(Callee::TraitMethod { .. } | Callee::DynamicMethod { .. } | Callee::Value) => true,
                _ => false,
            },
        };
        let mut inside = here;
        walk::children(&self.scope.body.exprs[expr], &mut |it| inside = inside || self.may_wait(it));
        inside
    }
}

impl Lower<'_> {
    fn may_wait(&self, function: qi_hir::FunctionId) -> bool {
        let data = &self.program.functions[function];
        match &data.intrinsic {
            Some(name) => qi_abi::RuntimeFn::find(name).is_some_and(qi_abi::RuntimeFn::suspends) || name == "deadline",
            None => data.external.as_ref().is_none_or(|it| it.blocking),
        }
    }
}
