//! Warnings: a copy is changed and then nobody looks at it. What 对于 and patterns bind are copies, which who comes from a
//! language of references forgets.
//!
//! ```text
//! 对于 x 在 们 { x.n = 5 }                     // 们 stays as it is
//! 如果 变量 有(x) = 自己.左 { x.n += 1 }        // 自己.左 stays as it is
//! ```

use super::closures::pattern_locals;
use super::view::{Cause, Root, View};
use crate::{Condition, ExprId, ExprKind, LocalId, PatId, diagnostics};
use qi_base::{Diagnostics, Span};
use rustc_hash::{FxHashMap, FxHashSet};

pub(super) fn warn(view: &View, diagnostics: &mut Diagnostics) {
    let copies = copies(view);
    if copies.is_empty() {
        return;
    }
    // Where each is changed first, and the names that only say what is changed.
    let mut changed: FxHashMap<LocalId, Span> = FxHashMap::default();
    let mut targets: FxHashSet<ExprId> = FxHashSet::default();
    let mut read: FxHashSet<LocalId> = FxHashSet::default();
    view.walk(&mut |id| {
        view.mutations(id, &mut |it| {
            if let (Root::Local(local), true) = (view.root(it.place), is_only_a_change(view, id, it.cause)) {
                changed.entry(local).or_insert(view.span(id));
                targets.insert(view.root_expr(it.place));
            }
        });
        if let Some(local) = view.local(id).filter(|_| !targets.contains(&id)) {
            read.insert(local);
        }
    });
    for (local, is_element) in copies {
        let it = &view.body.locals[local];
        if let (Some(&at), false) = (changed.get(&local), read.contains(&local) || it.name.as_str().starts_with('_')) {
            diagnostics.push(diagnostics::lost_change(at, it.name.as_str(), it.span, is_element));
        }
    }
}

/// What patterns bind, and whether 对于 does.
fn copies(view: &View) -> Vec<(LocalId, bool)> {
    let mut found = Vec::new();
    let mut add = |pat: PatId, is_element: bool| {
        found.extend(pattern_locals(view, pat).into_iter().map(|it| (it, is_element)));
    };
    view.walk(&mut |id| match view.kind(id) {
        ExprKind::For { pat, .. } => add(*pat, true),
        ExprKind::Match { arms, .. } => arms.iter().for_each(|it| add(it.pat, false)),
        ExprKind::If { conditions, .. } | ExprKind::While { conditions, .. } => {
            for condition in conditions {
                if let Condition::Let { pat, .. } = condition {
                    add(*pat, false);
                }
            }
        }
        _ => {}
    });
    found
}

/// An assignment, or a method of the library without a result: nothing else comes of it. Methods of the program may do more.
fn is_only_a_change(view: &View, id: ExprId, cause: Cause) -> bool {
    match cause {
        Cause::Assign => true,
        Cause::Method(method) => {
            let module = view.program.functions[method].module;
            view.program.modules[module].is_std && view.ty(id).is_some_and(|it| it.is_unit())
        }
        Cause::InOut => false,
    }
}
