//! Ends the checking of a body: last inferences, literals measured, every table free of inference variables.

use super::body::BodyChecker;
use super::table::Table;
use crate::{Adjust, Builtin, Callee, CatchKind, IndexKind, Res, Ty, TypedBody, diagnostics};
use qi_base::Span;

impl BodyChecker<'_, '_> {
    /// The typed body, and the item and sent type of a 协程.
    pub fn finish(self, yields: Option<(Ty, Ty)>) -> (TypedBody, Option<(Ty, Ty)>) {
        let (item, sent) = yields.unwrap_or((Ty::unit(), Ty::unit()));
        let ((typed, sent), item) = self.close(item, sent);
        (typed, yields.map(|_| (item, sent)))
    }
    /// With the final form of `ty`.
    pub fn finish_with(self, ty: Ty) -> ((TypedBody, Ty), Ty) {
        self.close(ty, Ty::unit())
    }

    /// Unless something else was reported, from which this may follow.
    pub fn cannot_infer(&mut self, span: Span) {
        if !self.failed {
            self.report(diagnostics::cannot_infer(span));
        }
    }

    fn close(mut self, first: Ty, second: Ty) -> ((TypedBody, Ty), Ty) {
        self.select();
        for index in 0..self.obligations.len() {
            let ty = self.obligations[index].ty;
            self.table.default_numbers(ty);
        }
        self.select();
        let unknown = self.table.close();
        if !self.failed {
            for span in unknown {
                self.report(diagnostics::cannot_infer(span));
            }
        }
        self.close_operators();
        self.check_literals();
        self.check_obligations();
        let mut typed = std::mem::take(&mut self.out);
        typed.has_errors = self.failed;
        resolve_body(&self.table, &mut typed);
        ((typed, self.table.resolve(second)), self.table.resolve(first))
    }
}

fn resolve_body(table: &Table, body: &mut TypedBody) {
    let fix = |ty: &mut Ty| *ty = table.resolve(*ty);
    let all = |types: &mut Vec<Ty>| types.iter_mut().for_each(|it| *it = table.resolve(*it));
    for id in body.expr_types.ids() {
        body.expr_types[id].iter_mut().for_each(fix);
    }
    for id in body.pat_types.ids() {
        body.pat_types[id].iter_mut().for_each(fix);
    }
    for id in body.local_types.ids() {
        body.local_types[id].iter_mut().for_each(fix);
    }
    for adjust in body.adjustments.values_mut().flatten() {
        match adjust {
            Adjust::Never(ty) => fix(ty),
            Adjust::ToDynamic { args, .. } => all(args),
            Adjust::Some | Adjust::ToError | Adjust::ToCPointer | Adjust::ToCStr | Adjust::Discard => {}
        }
    }
    for res in body.names.values_mut() {
        match res {
            Res::Function { generics, .. } | Res::Variant { generics, .. } => all(generics),
            Res::Type(ty) => fix(ty),
            Res::Local(_) | Res::Global(_) | Res::Module(_) | Res::Builtin(_) | Res::Error => {}
        }
    }
    for call in body.calls.values_mut() {
        resolve_callee(table, &mut call.callee);
    }
    for callee in body.bound_methods.values_mut() {
        resolve_callee(table, callee);
    }
    for literal in body.structs.values_mut() {
        all(&mut literal.generics);
    }
    for index in body.indexes.values_mut() {
        if let IndexKind::Map { generics, .. } = index {
            all(generics);
        }
    }
    for kind in body.catches.values_mut() {
        if let CatchKind::Type(ty) = kind {
            fix(ty);
        }
    }
    body.instantiations.values_mut().for_each(all);
    for closure in body.closures.values_mut() {
        all(&mut closure.params);
        fix(&mut closure.result);
        if let Some((item, sent)) = &mut closure.yields {
            fix(item);
            fix(sent);
        }
    }
}

fn resolve_callee(table: &Table, callee: &mut Callee) {
    match callee {
        Callee::Function { generics, .. }
        | Callee::TraitMethod { generics, .. }
        | Callee::DynamicMethod { generics, .. }
        | Callee::Variant { generics, .. } => generics.iter_mut().for_each(|it| *it = table.resolve(*it)),
        Callee::Builtin(Builtin::Length(inner)) => resolve_callee(table, inner),
        Callee::Builtin(_) | Callee::Value => {}
    }
}
