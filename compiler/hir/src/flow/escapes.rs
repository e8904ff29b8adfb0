//! Which parameters a function hands to another task: started, sent, or passed on to a function that does so. Found over the
//! whole program, so that a closure with a shared variable is refused where it is given away, not where the task starts.
//!
//! Knows what is written: names, parts of them, closures around them, tuples, arrays and structs of them. What goes through
//! methods of a 任意 or the results of calls is left to the check at run time.

use super::closures::{self, Closures};
use super::view::{BodyOwner, Root, View, argument_exprs};
use crate::{ArgSource, CallMode, Condition, ExprId, ExprKind, FunctionId, LocalId, PatId, Statement, TyKind};
use rustc_hash::{FxHashMap, FxHashSet};

/// Indices of such parameters.
pub(super) type Escapes = FxHashMap<FunctionId, FxHashSet<usize>>;

pub(super) fn find(views: &[View]) -> Escapes {
    let mut open = Vec::new();
    for view in views {
        if let BodyOwner::Function(id) = view.owner
            && takes_function(view, id)
        {
            open.push((id, view, closures::find(view)));
        }
    }
    let mut escapes = Escapes::default();
    loop {
        let mut changed = false;
        for (id, view, closures) in &open {
            let found = leaving_params(view, closures, &escapes);
            changed |= escapes.get(id).map_or(0, FxHashSet::len) != found.len();
            escapes.insert(*id, found);
        }
        if !changed {
            return escapes;
        }
    }
}

fn takes_function(view: &View, id: FunctionId) -> bool {
    let signature = view.signatures.functions.get(id);
    signature.is_some_and(|it| it.params.iter().any(|it| mentions_function(*it)))
}

fn mentions_function(ty: crate::Ty) -> bool {
    match ty.kind() {
        TyKind::Function { .. } | TyKind::Param(..) => true,
        TyKind::Tuple(parts) | TyKind::Adt(_, parts) => parts.iter().any(|&it| mentions_function(it)),
        TyKind::Array(it) => mentions_function(*it),
        _ => false,
    }
}

/// What expression `id` gives to another task.
pub(super) fn given_away(view: &View, escapes: &Escapes, id: ExprId, visit: &mut dyn FnMut(ExprId)) {
    let call = view.typed.calls.get(&id);
    let starts_task = call.is_some_and(|it| matches!(it.mode, CallMode::Task { .. }));
    match view.kind(id) {
        ExprKind::Spawn { operand, .. } if !view.typed.calls.contains_key(operand) => visit(*operand),
        ExprKind::Send { .. } | ExprKind::Select(_) => view.sent_values(id).into_iter().for_each(visit),
        ExprKind::Call { callee: first, .. } | ExprKind::MethodCall { receiver: first, .. } if starts_task => {
            visit(*first);
            call.iter().flat_map(|it| argument_exprs(&it.args)).for_each(visit);
        }
        ExprKind::MethodCall { .. } if view.is_send_call(id) => {
            call.iter().flat_map(|it| argument_exprs(&it.args)).for_each(visit);
        }
        _ => {
            let (Some(call), Some(indices)) = (call, view.callee(id).and_then(|it| escapes.get(&it))) else { return };
            for (_, source) in call.args.iter().enumerate().filter(|it| indices.contains(&it.0)) {
                match source {
                    ArgSource::Expr(it) => visit(*it),
                    ArgSource::Variadic(items) => items.iter().copied().for_each(&mut *visit),
                    ArgSource::Default => {}
                }
            }
        }
    }
}

fn leaving_params(view: &View, closures: &Closures, escapes: &Escapes) -> FxHashSet<usize> {
    let mut leaving = FxHashSet::default();
    view.walk(&mut |id| {
        given_away(view, escapes, id, &mut |it| collect(view, closures, it, &mut leaving));
    });
    let sources = sources(view);
    let mut open: Vec<LocalId> = leaving.iter().copied().collect();
    while let Some(local) = open.pop() {
        let mut of_local = FxHashSet::default();
        sources.get(&local).into_iter().flatten().for_each(|&it| collect(view, closures, it, &mut of_local));
        open.extend(of_local.into_iter().filter(|&it| leaving.insert(it)));
    }
    let params = view.body.params.iter().enumerate();
    params.filter(|it| leaving.contains(it.1)).map(|it| it.0).collect()
}

/// What the variables of patterns are parts of.
fn sources(view: &View) -> FxHashMap<LocalId, Vec<ExprId>> {
    let mut sources: FxHashMap<LocalId, Vec<ExprId>> = FxHashMap::default();
    let mut add = |pat: PatId, value: ExprId| {
        for local in closures::pattern_locals(view, pat) {
            sources.entry(local).or_default().push(value);
        }
    };
    view.walk(&mut |id| match view.kind(id) {
        ExprKind::For { pat, iterable, .. } => add(*pat, *iterable),
        ExprKind::Match { scrutinee, arms } => arms.iter().for_each(|it| add(it.pat, *scrutinee)),
        ExprKind::If { conditions, .. } | ExprKind::While { conditions, .. } => {
            for condition in conditions {
                if let Condition::Let { pat, value, .. } = condition {
                    add(*pat, *value);
                }
            }
        }
        ExprKind::Block(block) => {
            for statement in &block.statements {
                if let Statement::Let { pat, init: Some(init), .. } = statement {
                    add(*pat, *init);
                }
            }
        }
        _ => {}
    });
    sources
}

/// The variables whose values are part of the value.
fn collect(view: &View, closures: &Closures, value: ExprId, found: &mut FxHashSet<LocalId>) {
    match view.kind(value) {
        ExprKind::Tuple(items) | ExprKind::Array(items) => {
            items.iter().for_each(|&it| collect(view, closures, it, found));
        }
        ExprKind::Spread(it) => collect(view, closures, *it, found),
        ExprKind::Struct { fields, spread, .. } => {
            fields.iter().map(|it| it.value).chain(*spread).for_each(|it| collect(view, closures, it, found));
        }
        _ => {
            if let Root::Local(local) = view.root(value) {
                found.insert(local);
            }
        }
    }
    let mut seen = FxHashSet::default();
    let mut open = closures.in_value(view, value);
    while let Some(closure) = open.pop() {
        if !seen.insert(closure) {
            continue;
        }
        for (local, _) in &closures.infos[&closure].captured {
            found.insert(*local);
            open.extend(closures.held.get(local).into_iter().flatten());
        }
    }
}
