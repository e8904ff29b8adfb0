//! Warnings: variables nobody reads, values computed for nothing, task handles dropped without 启动.

use super::closures::pattern_locals;
use super::view::{View, argument_exprs};
use crate::{
    Builtin, CallMode, Callee, ExprId, ExprKind, LocalId, OperatorKind, Statement, TemplatePart, Ty, TyKind, UnaryOp,
    diagnostics,
};
use qi_base::Diagnostics;
use rustc_hash::FxHashSet;

pub(super) fn check(view: &View, diagnostics: &mut Diagnostics) {
    let mut declared: Vec<LocalId> = Vec::new();
    let mut read: FxHashSet<LocalId> = FxHashSet::default();
    let mut caught: Vec<&crate::Catch> = Vec::new();
    let mut assigned: FxHashSet<ExprId> = FxHashSet::default();
    let mut closure_bodies: FxHashSet<ExprId> = FxHashSet::default();
    view.walk(&mut |id| {
        check_texts(view, id, diagnostics);
        match view.kind(id) {
            ExprKind::Assign { place, op: None, .. } if view.local(*place).is_some() => {
                assigned.insert(*place);
            }
            ExprKind::Block(block) => {
                let is_value = view.typed.value_blocks.contains(&id);
                let last = block.statements.len().wrapping_sub(1);
                for (index, statement) in block.statements.iter().enumerate() {
                    match statement {
                        Statement::Let { pat, .. } => declared.extend(pattern_locals(view, *pat)),
                        Statement::Expr(it) if !(is_value && index == last) => {
                            let is_tail = index == last && closure_bodies.contains(&id);
                            check_statement(view, *it, is_tail, diagnostics);
                        }
                        Statement::Function { local, .. } => declared.push(*local),
                        Statement::Expr(_) => {}
                    }
                }
            }
            ExprKind::Closure(closure) => closure_bodies.extend([closure.body]),
            ExprKind::Try { catches, .. } => caught.extend(catches.iter().filter(|it| it.ty.is_none())),
            _ => {}
        }
        if let Some(local) = view.local(id).filter(|_| !assigned.contains(&id)) {
            read.insert(local);
        }
    });
    for local in caught.into_iter().filter_map(|it| it.local).filter(|it| !read.contains(it)) {
        let it = &view.body.locals[local];
        if view.program.adts.values().any(|adt| adt.name == it.name) {
            diagnostics.push(diagnostics::catch_all_like_type(it.span, it.name.as_str()));
        }
    }
    for local in declared.into_iter().filter(|it| !read.contains(it)) {
        let it = &view.body.locals[local];
        if !it.name.as_str().starts_with(['_', '#']) {
            diagnostics.push(diagnostics::unused_variable(it.span, it.name.as_str()));
        }
    }
}

/// `is_tail`: the last of a closure, whose value may be meant.
fn check_statement(view: &View, id: ExprId, is_tail: bool, diagnostics: &mut Diagnostics) {
    if view.typed.calls.get(&id).is_some_and(|it| matches!(it.mode, CallMode::Task { .. })) {
        diagnostics.push(diagnostics::discarded_task(view.span(id)));
    } else if is_result_of_call(view, id) {
        diagnostics.push(diagnostics::unused_result(view.span(id)));
    } else if is_comparison(view, id) || is_pure(view, id) {
        let report = diagnostics::unused_value(view.span(id));
        let has_sign = matches!(view.kind(id), ExprKind::Unary { op: UnaryOp::Neg | UnaryOp::Plus, .. });
        diagnostics.push(match is_tail {
            true => diagnostics::with_return(report, view.span(id)),
            false if has_sign => diagnostics::goes_on_from_above(report),
            false => report,
        });
    }
}

fn is_result_of_call(view: &View, id: ExprId) -> bool {
    let is_result = |ty: Ty| matches!(ty.kind(), TyKind::Adt(adt, _) if Some(*adt) == view.signatures.known.result);
    view.typed.calls.contains_key(&id) && view.ty(id).is_some_and(is_result)
}

/// A task where its result is meant: printed, or part of a text.
fn check_texts(view: &View, id: ExprId, diagnostics: &mut Diagnostics) {
    let mut parts = Vec::new();
    match view.kind(id) {
        ExprKind::Template(pieces) => parts.extend(pieces.iter().filter_map(|it| match it {
            TemplatePart::Hole(it, _) => Some(*it),
            _ => None,
        })),
        ExprKind::Binary { left, right, .. } => {
            let concat = view.typed.operators.get(&id).is_some_and(|it| it.first() == Some(&OperatorKind::Concat));
            parts.extend([*left, *right].into_iter().filter(|_| concat));
        }
        _ => {
            if let Some(call) = view.typed.calls.get(&id)
                && let Callee::Builtin(Builtin::PrintLine | Builtin::Print | Builtin::PrintError) = call.callee
            {
                parts.extend(argument_exprs(&call.args));
            }
        }
    }
    for part in parts {
        if view.ty(part).is_some_and(|it| matches!(it.kind(), TyKind::Task(_))) {
            diagnostics.push(diagnostics::task_as_text(view.span(part)));
        }
    }
}

/// Nobody compares for anything but the answer, whatever the operands do.
fn is_comparison(view: &View, id: ExprId) -> bool {
    match view.kind(id) {
        ExprKind::Binary { op, .. } => op.is_comparison(),
        ExprKind::Compare { .. } => true,
        _ => false,
    }
}

/// Evaluating it changes nothing and calls nothing.
fn is_pure(view: &View, id: ExprId) -> bool {
    if view.typed.calls.contains_key(&id) {
        return false;
    }
    match view.kind(id) {
        ExprKind::Literal(literal) => *literal != crate::Literal::Unit,
        ExprKind::SelfValue => true,
        ExprKind::Path(_) => view.typed.names.contains_key(&id),
        ExprKind::Closure(_) => true,
        ExprKind::Field { base, .. } | ExprKind::TupleField { base, .. } | ExprKind::Unary { operand: base, .. } => {
            view.typed.names.contains_key(&id) || is_pure(view, *base)
        }
        ExprKind::Binary { left, right, .. } => is_pure(view, *left) && is_pure(view, *right),
        ExprKind::Compare { operands: items, .. } | ExprKind::Tuple(items) | ExprKind::Array(items) => {
            items.iter().all(|&it| is_pure(view, it))
        }
        _ => false,
    }
}
