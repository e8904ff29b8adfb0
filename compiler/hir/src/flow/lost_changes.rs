//! Warnings: a copy is changed and then nobody looks at it. What 对于, patterns and parameters bind are copies, and so is
//! what a variable gets from another one, which who comes from a language of references forgets.
//!
//! ```text
//! 对于 x 在 们 { x.n = 5 }                     // 们 stays as it is
//! 如果 变量 有(x) = 自己.左 { x.n += 1 }        // 自己.左 stays as it is
//! 函数 换(列: 数组<整数>) { 列[0] = 列[1] }      // what the caller handed over stays as it is
//! ```

use super::closures::pattern_locals;
use super::view::{BodyOwner, Cause, Root, View};
use crate::diagnostics::CopyKind;
use crate::{
    Builtin, Callee, Condition, ExprId, ExprKind, FunctionId, LocalId, LocalKind, PatId, PatKind, Statement, Ty,
    TyKind, diagnostics,
};
use qi_base::{Diagnostics, Span};
use rustc_hash::{FxHashMap, FxHashSet};

pub(super) fn warn(view: &View, diagnostics: &mut Diagnostics) {
    warn_of_returned_closures(view, diagnostics);
    let copies = copies(view);
    if copies.is_empty() {
        return;
    }
    // Where each is changed first, and the names that only say what is changed.
    let mut changed: FxHashMap<LocalId, Span> = FxHashMap::default();
    let mut targets: FxHashSet<ExprId> = FxHashSet::default();
    let mut read: FxHashSet<LocalId> = FxHashSet::default();
    let mut known = Known::default();
    view.walk(&mut |id| {
        view.mutations(id, &mut |it| {
            if let (Root::Local(local), true) = (view.root(it.place), is_only_a_change(view, id, it.cause, &mut known))
            {
                changed.entry(local).or_insert(view.span(id));
                targets.insert(view.root_expr(it.place));
            }
        });
        if let Some(local) = view.local(id).filter(|_| !targets.contains(&id)) {
            read.insert(local);
        }
    });
    let changes_parameter = copies.iter().any(|it| it.1 == CopyKind::Parameter && changed.contains_key(&it.0));
    let does_nothing = changes_parameter && does_nothing_else(view, false, &mut known);
    for (local, kind) in copies {
        let it = &view.body.locals[local];
        let is_read = read.contains(&local) && !(kind == CopyKind::Parameter && does_nothing);
        if let (Some(&at), false) = (changed.get(&local), is_read || it.name.as_str().starts_with('_')) {
            diagnostics.push(diagnostics::lost_change(at, it.name.as_str(), it.span, kind));
        }
    }
}

/// When a closure that is returned runs, 自己 and the 可变 parameters have been handed back.
fn warn_of_returned_closures(view: &View, diagnostics: &mut Diagnostics) {
    let is_lent = |local: LocalId| {
        let is_in_out = view.body.locals[local].kind == LocalKind::InOut && view.body.params.contains(&local);
        view.body.self_local == Some(local) || is_in_out
    };
    view.walk(&mut |id| {
        let ExprKind::Return(Some(value)) = *view.kind(id) else { return };
        if !matches!(view.kind(value), ExprKind::Closure(_)) {
            return;
        }
        view.walk_from(value, &mut |inner| {
            view.mutations(inner, &mut |it| match view.root(it.place) {
                Root::Local(local) if is_lent(local) => {
                    let (at, name) = (view.span(inner), &view.body.locals[local]);
                    let kind = CopyKind::ReturnedClosure;
                    diagnostics.push(diagnostics::lost_change(at, name.name.as_str(), view.span(value), kind));
                }
                _ => {}
            });
        });
    });
}

/// The names of copies.
fn copies(view: &View) -> Vec<(LocalId, CopyKind)> {
    let mut found = parameters(view);
    let mut add = |pat: PatId, kind| {
        found.extend(pattern_locals(view, pat).into_iter().map(|it| (it, kind)));
    };
    view.walk(&mut |id| match view.kind(id) {
        ExprKind::For { pat, .. } => add(*pat, CopyKind::Element),
        ExprKind::Match { arms, .. } => arms.iter().for_each(|it| add(it.pat, CopyKind::Pattern)),
        ExprKind::If { conditions, .. } | ExprKind::While { conditions, .. } => {
            for condition in conditions {
                if let Condition::Let { pat, .. } = condition {
                    add(*pat, CopyKind::Pattern);
                }
            }
        }
        ExprKind::Block(block) => {
            for statement in &block.statements {
                if let Statement::Let { pat, init: Some(init), .. } = statement
                    && matches!(view.body.pats[*pat].kind, PatKind::Bind(_))
                    && view.root(*init) != Root::Temporary
                    && view.ty(*init).is_some_and(has_parts)
                {
                    add(*pat, CopyKind::Variable);
                }
            }
        }
        _ => {}
    });
    found
}

fn parameters(view: &View) -> Vec<(LocalId, CopyKind)> {
    let is_copy =
        |it: &LocalId| view.body.locals[*it].kind == LocalKind::Variable && view.local_ty(*it).is_some_and(has_parts);
    match view.owner {
        BodyOwner::Function(_) => {
            view.body.params.iter().copied().filter(is_copy).map(|it| (it, CopyKind::Parameter)).collect()
        }
        BodyOwner::Global(_) | BodyOwner::Field(..) => Vec::new(),
    }
}

/// Only a part of it is changed, as a rule.
fn has_parts(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Array(_) | TyKind::Adt(..) | TyKind::Tuple(_))
}

/// An assignment, or a method without a result of the library or that does nothing but change 自己.
fn is_only_a_change(view: &View, id: ExprId, cause: Cause, known: &mut Known) -> bool {
    match cause {
        Cause::Assign => true,
        Cause::Method(method) => {
            let module = view.program.functions[method].module;
            let is_std = view.program.modules[module].is_std;
            view.ty(id).is_some_and(|it| it.is_unit()) && (is_std || changes_only_self(view, method, known))
        }
        Cause::InOut => false,
    }
}

/// The functions looked into, and whether they do nothing but change 自己. One that is being looked into does not.
type Known = FxHashMap<FunctionId, bool>;

fn changes_only_self(view: &View, function: FunctionId, known: &mut Known) -> bool {
    if let Some(&it) = known.get(&function) {
        return it;
    }
    known.insert(function, false);
    let body = view.of(function).filter(|it| !it.is_std());
    let answer = body.is_some_and(|it| does_nothing_else(&it, true, known));
    known.insert(function, answer);
    answer
}

/// The function changes its own copies, perhaps 自己, and gives nothing back.
fn does_nothing_else(view: &View, or_self: bool, known: &mut Known) -> bool {
    let BodyOwner::Function(function) = view.owner else { return false };
    let mut only_copies = view.signatures.functions[function].result.is_unit();
    view.walk(&mut |id| {
        only_copies &= match view.kind(id) {
            ExprKind::Throw(_)
            | ExprKind::Closure(_)
            | ExprKind::Await(_)
            | ExprKind::Spawn { .. }
            | ExprKind::Scope(_)
            | ExprKind::Yield(_)
            | ExprKind::YieldAll(_)
            | ExprKind::Receive(_)
            | ExprKind::Send { .. }
            | ExprKind::Select(_)
            | ExprKind::Error => false,
            _ => view.typed.calls.get(&id).is_none_or(|it| is_pure(view, &it.callee, known)),
        };
        view.mutations(id, &mut |it| {
            only_copies &= match view.root(it.place) {
                Root::Local(local) => {
                    it.cause != Cause::InOut
                        && view.body.locals[local].kind != LocalKind::InOut
                        && (or_self || view.body.self_local != Some(local))
                }
                Root::Global(_) | Root::Temporary => false,
            };
        });
    });
    only_copies
}

/// Itself, what the library does with values, and what does nothing else either.
fn is_pure(view: &View, callee: &Callee, known: &mut Known) -> bool {
    match callee {
        Callee::Builtin(Builtin::Length(_) | Builtin::Convert(_) | Builtin::Equal | Builtin::Order) => true,
        Callee::Function { function, .. } if BodyOwner::Function(*function) == view.owner => true,
        Callee::Function { function, .. } => {
            let it = &view.program.functions[*function];
            let on_value = match view.signatures.functions[*function].self_type.map(Ty::kind) {
                Some(TyKind::Adt(adt, _)) => CONTAINERS.contains(&view.program.adts[*adt].name.as_str()),
                Some(kind) => matches!(kind, TyKind::Array(_) | TyKind::Str | TyKind::Int(_) | TyKind::Float(_)),
                None => it.name.as_str() == "范围",
            };
            match view.program.modules[it.module].is_std {
                true => on_value,
                false => changes_only_self(view, *function, known),
            }
        }
        _ => false,
    }
}

/// Types of the library that are plain values.
const CONTAINERS: &[&str] = &["字典", "集合", "选项", "区间", "字符区间"];
