//! Closures of generic functions that share a variable whose type depends on a type parameter: where such a function is
//! used, the type must not be one that may hold a 函数, a generator or a 任意 ([`super::captures`] judges known types).

use super::captures::{holds_confined, may_hold_confined};
use super::closures;
use super::view::{BodyOwner, View};
use crate::{Analysis, Callee, ExprId, FunctionId, GenericId, Program, Res, Ty, diagnostics};
use qi_base::{Diagnostics, Span};
use rustc_hash::{FxHashMap, FxHashSet};

/// Type parameters that must not hold confined values, each with the variable for which this is so.
type Wanted = FxHashMap<FunctionId, FxHashMap<GenericId, (String, Span)>>;

pub(super) fn check(program: &Program, analysis: &Analysis, diagnostics: &mut Diagnostics) {
    let views = View::all(program, analysis);
    let mut wanted = Wanted::default();
    for view in views.iter().filter(|it| !it.is_std()) {
        if let BodyOwner::Function(id) = view.owner {
            own_cells(view, id, &mut wanted);
        }
    }
    if wanted.is_empty() {
        return;
    }
    // What a caller passes on is wanted of its own parameters.
    let mut n_before = 0;
    while n_before < count(&wanted) {
        n_before = count(&wanted);
        for view in views.iter().filter(|it| !it.is_std()) {
            uses(view, &mut |_, function, generics| pass_on(view, function, generics, &mut wanted));
        }
    }
    for view in views.iter().filter(|it| !it.is_std() && !it.is_broken()) {
        uses(view, &mut |at, function, generics| {
            for (generic, (name, span), ty) in arguments(view, function, generics, &wanted) {
                if may_hold_confined(view.program, view.signatures, ty, &mut FxHashSet::default()) {
                    let generic = view.program.generics[generic].name.as_str();
                    diagnostics.push(diagnostics::shared_generic_capture(view.span(at), generic, &name, span));
                }
            }
        });
    }
}

fn count(wanted: &Wanted) -> usize {
    wanted.values().map(FxHashMap::len).sum()
}

/// The function's own variables that kept closures share.
fn own_cells(view: &View, function: FunctionId, wanted: &mut Wanted) {
    let is_open = |it: &crate::Capture| it.shared && view.local_ty(it.local).is_some_and(Ty::has_params);
    if !view.typed.captures.values().flatten().any(is_open) {
        return;
    }
    let closures = closures::find(view);
    for closure in closures.order.iter().filter(|it| !closures.infos[it].is_transient) {
        for capture in view.typed.captures.get(closure).into_iter().flatten().filter(|it| is_open(it)) {
            let Some(ty) = view.local_ty(capture.local) else { continue };
            let local = &view.body.locals[capture.local];
            note(view, function, ty, (local.name.as_str(), local.span), wanted);
        }
    }
}

/// The parameters whose values a value of the type may hold.
fn note(view: &View, function: FunctionId, ty: Ty, (name, span): (&str, Span), wanted: &mut Wanted) {
    let mut params = Vec::new();
    holds_confined(view.program, view.signatures, ty, &mut FxHashSet::default(), &mut |it| params.push(it));
    for generic in params {
        wanted.entry(function).or_default().entry(generic).or_insert_with(|| (name.to_owned(), span));
    }
}

fn pass_on(view: &View, function: FunctionId, generics: &[Ty], wanted: &mut Wanted) {
    let BodyOwner::Function(caller) = view.owner else { return };
    for (_, (name, span), ty) in arguments(view, function, generics, wanted) {
        note(view, caller, ty, (&name, span), wanted);
    }
}

/// Those type arguments of which something is wanted.
fn arguments(
    view: &View,
    function: FunctionId,
    generics: &[Ty],
    wanted: &Wanted,
) -> Vec<(GenericId, (String, Span), Ty)> {
    let Some(of_function) = wanted.get(&function) else { return Vec::new() };
    let params = view.program.all_generics(function);
    let pairs = params.into_iter().zip(generics);
    pairs.filter_map(|(generic, &ty)| Some((generic, of_function.get(&generic)?.clone(), ty))).collect()
}

/// Every place that names a function with its type arguments.
fn uses(view: &View, visit: &mut dyn FnMut(ExprId, FunctionId, &[Ty])) {
    view.walk(&mut |id| {
        let called = view.typed.calls.get(&id).map(|it| &it.callee);
        for callee in called.into_iter().chain(view.typed.bound_methods.get(&id)) {
            match callee {
                Callee::Function { function, generics } | Callee::TraitMethod { method: function, generics } => {
                    visit(id, *function, generics);
                }
                _ => {}
            }
        }
        if let Some(Res::Function { function, generics }) = view.typed.names.get(&id) {
            visit(id, *function, generics);
        }
    });
}
