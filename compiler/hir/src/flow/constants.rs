//! What may be changed: no 常量, no local function, nothing that is no variable. A method that changes 自己 counts as a change.

use super::view::{Cause, Mutation, Root, View};
use crate::infer::solver;
use crate::{Callee, ExprKind, IndexKind, LocalId, LocalKind, PatKind, Statement, diagnostics};
use qi_base::{Diagnostics, Span};

pub(super) fn check(view: &View, diagnostics: &mut Diagnostics) {
    let without_value = constants_without_value(view, diagnostics);
    view.walk(&mut |id| {
        view.mutations(id, &mut |it| check_mutation(view, id, it, &without_value, diagnostics));
        check_bound_method(view, id, diagnostics);
    });
}

/// Reports them: that they get their value later is no further mistake.
fn constants_without_value(view: &View, diagnostics: &mut Diagnostics) -> Vec<LocalId> {
    let mut found = Vec::new();
    if view.body.locals.iter().any(|it| it.1.kind == LocalKind::Constant) {
        view.walk(&mut |id| {
            if let ExprKind::Block(block) = view.kind(id) {
                found.extend(block.statements.iter().filter_map(|it| check_constant_value(view, it, diagnostics)));
            }
        });
    }
    found
}

fn check_mutation(
    view: &View,
    id: crate::ExprId,
    mutation: Mutation,
    without_value: &[LocalId],
    diagnostics: &mut Diagnostics,
) {
    let constant = match view.root(mutation.place) {
        Root::Local(local) => {
            let it = &view.body.locals[local];
            match it.kind {
                LocalKind::Constant if without_value.contains(&local) => None,
                LocalKind::Constant => Some((it.name, it.span)),
                LocalKind::Function => {
                    let report = diagnostics::assign_to_function(view.span(mutation.place), it.name.as_str(), it.span);
                    diagnostics.push(report);
                    None
                }
                LocalKind::Variable | LocalKind::InOut | LocalKind::Binding => None,
            }
        }
        Root::Global(global) => {
            let it = &view.program.globals[global];
            it.constant.then_some((it.name, it.name_span))
        }
        Root::Temporary => {
            temporary(view, id, mutation, diagnostics);
            None
        }
    };
    let Some((name, declared)) = constant else { return };
    let span = view.span(mutation.place);
    diagnostics.push(match mutation.cause {
        Cause::Assign => diagnostics::assign_to_constant(span, name.as_str(), declared),
        Cause::InOut => diagnostics::constant_in_out(span, name.as_str(), declared),
        Cause::Method(method) => {
            let method = view.program.functions[method].name;
            diagnostics::mutating_call_on_constant(method_span(view, id), method.as_str(), name.as_str(), declared)
        }
    });
}

/// Whether the place lies behind a `?.`.
fn is_optional_chain(view: &View, mut place: crate::ExprId) -> bool {
    loop {
        place = match view.body.exprs[place].kind {
            ExprKind::Field { optional: true, .. } => return true,
            ExprKind::Field { base, .. } | ExprKind::TupleField { base, .. } | ExprKind::Index { base, .. } => base,
            _ => return false,
        }
    }
}

fn temporary(view: &View, id: crate::ExprId, mutation: Mutation, diagnostics: &mut Diagnostics) {
    if view.ty(mutation.place).is_none_or(|it| it.has_error()) {
        return;
    }
    let span = view.span(mutation.place);
    match mutation.cause {
        Cause::Assign => diagnostics.push(match view.typed.indexes.get(&mutation.place) {
            Some(IndexKind::StrElement | IndexKind::StrSlice) => diagnostics::text_element_assignment(span),
            _ if is_optional_chain(view, mutation.place) => diagnostics::optional_chain_assignment(span),
            _ => diagnostics::not_assignable(span),
        }),
        Cause::InOut => diagnostics.push(diagnostics::in_out_needs_variable(span)),
        // A trait method only may change its receiver, and a method that gives a value may be called for that
        // (`解析器.新(文).解析()`): a passing value is fine then.
        Cause::Method(method) if is_direct(view, id) && view.ty(id).is_none_or(|it| it.is_unit()) => {
            let name = view.program.functions[method].name;
            let report = diagnostics::mutating_call_on_temporary(method_span(view, id), name.as_str(), span);
            let done = view.ty(mutation.place).and_then(|it| solver::changed_copy(view.signatures, it, name));
            diagnostics.push(match done {
                Some(done) => diagnostics::with_changed_copy(report, method_span(view, id), done.as_str()),
                None => report,
            });
        }
        Cause::Method(_) => {}
    }
}

fn is_direct(view: &View, id: crate::ExprId) -> bool {
    let is_loop = matches!(view.kind(id), ExprKind::For { .. } | ExprKind::YieldAll(_));
    !is_loop && view.typed.calls.get(&id).is_some_and(|it| matches!(it.callee, Callee::Function { .. }))
}

fn method_span(view: &View, id: crate::ExprId) -> Span {
    match view.kind(id) {
        ExprKind::MethodCall { name_span, .. } | ExprKind::Field { name_span, .. } => *name_span,
        _ => view.span(id),
    }
}

/// A method as a value holds a copy of its receiver: changes to that would be lost.
fn check_bound_method(view: &View, id: crate::ExprId, diagnostics: &mut Diagnostics) {
    let Some(callee) = view.typed.bound_methods.get(&id) else { return };
    let method = super::view::callee_function(callee).filter(|it| view.mutating.contains(it));
    if let Some(method) = method {
        let name = view.program.functions[method].name;
        diagnostics.push(diagnostics::bound_mutating_method(method_span(view, id), name.as_str()));
    }
}

fn check_constant_value(view: &View, statement: &Statement, diagnostics: &mut Diagnostics) -> Option<LocalId> {
    let Statement::Let { pat, init: None, .. } = statement else { return None };
    let PatKind::Bind(local) = view.body.pats[*pat].kind else { return None };
    let it = &view.body.locals[local];
    if it.kind != LocalKind::Constant {
        return None;
    }
    diagnostics.push(diagnostics::uninitialized_constant(it.span, it.name.as_str()));
    Some(local)
}
