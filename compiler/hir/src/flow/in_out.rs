//! 可变 arguments: no two of one call share a root (a receiver that the call changes counts), and none goes to a task or a
//! coroutine, which would outlive the access. A value of such a function would hide what it is, so there is none.

use super::view::{Cause, Root, View};
use crate::{CallMode, Callee, ExprId, ExprKind, LocalId, Mode, Res, diagnostics};
use qi_base::Diagnostics;
use rustc_hash::FxHashSet;

pub(super) fn check(view: &View, diagnostics: &mut Diagnostics) {
    let awaited = view.awaited_calls();
    let mut called: FxHashSet<ExprId> = FxHashSet::default();
    // A call before its callee.
    view.walk(&mut |id| {
        if !called.contains(&id) && is_value_that_outlives(view, id) {
            diagnostics.push(diagnostics::in_out_function_as_value(view.span(id)));
        }
        let Some(call) = view.typed.calls.get(&id) else { return };
        let mut outlives = call.mode != CallMode::Direct;
        if let (Callee::Value, ExprKind::Call { callee, .. }) = (&call.callee, view.kind(id)) {
            called.insert(*callee);
            let local = local_function(view, *callee);
            outlives |= local.is_some_and(|it| starts_something(view, it)) && !awaited.contains(&id);
        }
        let mut places: Vec<(Root, ExprId)> = Vec::new();
        view.mutations(id, &mut |it| {
            if it.cause != Cause::Assign {
                places.push((view.root(it.place), it.place));
            }
        });
        if outlives {
            for &(_, place) in &places {
                diagnostics.push(diagnostics::in_out_to_task(view.span(place)));
            }
        }
        for (index, (root, place)) in places.iter().enumerate() {
            let earlier = places[..index].iter().find(|it| it.0 == *root && *root != Root::Temporary);
            if let Some((_, first)) = earlier {
                let name = root_name(view, *root);
                diagnostics.push(diagnostics::overlapping_in_out(view.span(*place), name, view.span(*first)));
            }
        }
    });
}

/// A 函数 value of an asynchronous function or 协程 with a 可变 parameter.
fn is_value_that_outlives(view: &View, id: ExprId) -> bool {
    let function = match (view.typed.bound_methods.get(&id), view.typed.names.get(&id)) {
        (Some(Callee::Function { function, .. }), _) => *function,
        (Some(Callee::TraitMethod { method, .. } | Callee::DynamicMethod { method, .. }), _) => *method,
        (_, Some(Res::Function { function, .. })) if view.ty(id).is_some() => *function,
        (_, Some(Res::Local(local))) if view.typed.local_functions.contains_key(local) => {
            return starts_something(view, *local) && has_in_out_local(view, *local);
        }
        _ => return false,
    };
    let signature = &view.signatures.functions[function];
    let has_in_out = view.program.functions[function].params.iter().any(|it| it.mode == Mode::InOut);
    has_in_out && (signature.is_async || signature.yields.is_some())
}

fn local_function(view: &View, callee: ExprId) -> Option<LocalId> {
    match view.typed.names.get(&callee) {
        Some(Res::Local(local)) if view.typed.local_functions.contains_key(local) => Some(*local),
        _ => None,
    }
}

/// A task or a generator, which lives on when the call of the local function has returned.
fn starts_something(view: &View, local: LocalId) -> bool {
    let types = view.typed.closures.get(&view.typed.local_functions[&local]);
    types.is_some_and(|it| it.is_async || it.yields.is_some())
}

fn has_in_out_local(view: &View, local: LocalId) -> bool {
    match view.kind(view.typed.local_functions[&local]) {
        ExprKind::Closure(it) => it.params.iter().any(|it| it.mode == Mode::InOut),
        _ => false,
    }
}

fn root_name(view: &View, root: Root) -> &'static str {
    match root {
        Root::Local(local) => view.body.locals[local].name.as_str(),
        Root::Global(global) => view.program.globals[global].name.as_str(),
        Root::Temporary => "",
    }
}
