//! Warnings: variables nobody reads, values computed for nothing, task handles dropped without 启动.

use super::closures::pattern_locals;
use super::view::View;
use crate::{CallMode, ExprId, ExprKind, LocalId, Statement, diagnostics};
use qi_base::Diagnostics;
use rustc_hash::FxHashSet;

pub(super) fn check(view: &View, diagnostics: &mut Diagnostics) {
    let mut declared: Vec<LocalId> = Vec::new();
    let mut read: FxHashSet<LocalId> = FxHashSet::default();
    let mut assigned: FxHashSet<ExprId> = FxHashSet::default();
    view.walk(&mut |id| {
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
                        Statement::Expr(it) if !(is_value && index == last) => check_statement(view, *it, diagnostics),
                        Statement::Function { local, .. } => declared.push(*local),
                        Statement::Expr(_) => {}
                    }
                }
            }
            _ => {}
        }
        if let Some(local) = view.local(id).filter(|_| !assigned.contains(&id)) {
            read.insert(local);
        }
    });
    for local in declared.into_iter().filter(|it| !read.contains(it)) {
        let it = &view.body.locals[local];
        if !it.name.as_str().starts_with(['_', '#']) {
            diagnostics.push(diagnostics::unused_variable(it.span, it.name.as_str()));
        }
    }
}

fn check_statement(view: &View, id: ExprId, diagnostics: &mut Diagnostics) {
    if view.typed.calls.get(&id).is_some_and(|it| matches!(it.mode, CallMode::Task { .. })) {
        diagnostics.push(diagnostics::discarded_task(view.span(id)));
    } else if is_comparison(view, id) || is_pure(view, id) {
        diagnostics.push(diagnostics::unused_value(view.span(id)));
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
