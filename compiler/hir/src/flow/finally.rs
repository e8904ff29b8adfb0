//! A 最终 of a 协程 runs when its generator is dropped, where nothing can wait: it must not suspend. Calls of function values
//! and of trait methods are taken to return at once; the runtime looks at those.

use super::intrinsics;
use super::view::{BodyOwner, View};
use crate::{CallMode, ExprId, ExprKind, FunctionId, FunctionKind, diagnostics};
use qi_base::Diagnostics;
use rustc_hash::FxHashSet;

/// `views` are all bodies, `fresh` those to judge.
pub(super) fn check<'v>(views: &[View], fresh: impl Iterator<Item = &'v View<'v>>, diagnostics: &mut Diagnostics) {
    let mut coroutines = fresh.filter(|it| is_coroutine(it) && !it.is_broken()).peekable();
    if coroutines.peek().is_none() {
        return;
    }
    let suspending = suspending_functions(views);
    for view in coroutines {
        view.walk(&mut |id| {
            if let ExprKind::Try { finally: Some(finally), .. } = view.kind(id)
                && let Some(at) = first_wait(view, *finally, &suspending)
            {
                diagnostics.push(diagnostics::wait_in_finally(view.span(at)));
            }
        });
    }
}

fn is_coroutine(view: &View) -> bool {
    let BodyOwner::Function(id) = view.owner else { return false };
    matches!(view.program.functions[id].kind, FunctionKind::Coroutine | FunctionKind::AsyncCoroutine)
}

fn suspending_functions(views: &[View]) -> FxHashSet<FunctionId> {
    let mut found: FxHashSet<FunctionId> = FxHashSet::default();
    loop {
        let before = found.len();
        for view in views {
            if let BodyOwner::Function(id) = view.owner
                && !found.contains(&id)
                && view.roots().into_iter().any(|it| first_wait(view, it, &found).is_some())
            {
                found.insert(id);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// The first place in an expression, outside closures, that may suspend.
fn first_wait(view: &View, id: ExprId, suspending: &FxHashSet<FunctionId>) -> Option<ExprId> {
    let waits = match view.kind(id) {
        ExprKind::Closure(_) => return None,
        ExprKind::Receive(_) | ExprKind::Send { .. } | ExprKind::Select(_) | ExprKind::Scope(_) => true,
        ExprKind::Await(operand) => !view.typed.calls.contains_key(operand),
        _ => view.typed.calls.get(&id).is_some_and(|call| {
            let runs_here = call.mode == CallMode::Direct;
            runs_here && view.callee(id).is_some_and(|it| is_suspending(view, it, suspending))
        }),
    };
    if waits {
        return Some(id);
    }
    let mut found = None;
    crate::walk::children(&view.body.exprs[id], &mut |child| {
        found = found.or_else(|| first_wait(view, child, suspending));
    });
    found
}

fn is_suspending(view: &View, function: FunctionId, suspending: &FxHashSet<FunctionId>) -> bool {
    let it = &view.program.functions[function];
    match (&it.intrinsic, &it.external) {
        (Some(name), _) => intrinsics::suspends(name),
        (_, Some(external)) => external.blocking,
        _ => suspending.contains(&function),
    }
}
