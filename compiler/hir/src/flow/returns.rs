//! Functions with a result end every path with 返回 (or 抛出, or never end). Warns of code no path reaches.

use super::captures::Graphs;
use super::view::{BodyOwner, View};
use crate::{ExprId, ExprKind, Statement, Ty, diagnostics};
use qi_base::{Diagnostic, Diagnostics, Span};

pub(super) fn check(view: &View, graphs: &Graphs, diagnostics: &mut Diagnostics) {
    if let (BodyOwner::Function(id), Some(graph)) = (view.owner, graphs.get(&None)) {
        let function = &view.program.functions[id];
        let result = view.signatures.functions[id].result;
        let is_block = view.body.root.is_some_and(|it| matches!(view.kind(it), ExprKind::Block(_)));
        if is_block && graph.falls_through && needs_value(result) && !has_yield(view) {
            let end = view.body.root.map_or(function.name_span, |it| last_byte(view.span(it)));
            let report = diagnostics::missing_return(function.name_span, function.name.as_str(), end);
            diagnostics.push(with_last_value(view, report, view.body.root, result));
        }
    }
    let mut closures: Vec<ExprId> = graphs.keys().flatten().copied().collect();
    closures.sort();
    for id in closures {
        closure(view, graphs, id, diagnostics);
    }
}

/// The function is meant as a 协程, which is reported: its result is what it yields.
fn has_yield(view: &View) -> bool {
    let mut kinds = view.body.exprs.iter().map(|it| &it.1.kind);
    kinds.any(|it| matches!(it, ExprKind::Yield(_) | ExprKind::YieldAll(_)))
}

/// Code no path reaches.
pub(super) fn warn(graphs: &Graphs, diagnostics: &mut Diagnostics) {
    let mut unreachable: Vec<_> = graphs.values().flat_map(|it| &it.unreachable).copied().collect();
    unreachable.sort();
    diagnostics.extend(unreachable.into_iter().map(diagnostics::unreachable_code));
}

fn closure(view: &View, graphs: &Graphs, id: ExprId, diagnostics: &mut Diagnostics) {
    let (ExprKind::Closure(closure), Some(types)) = (view.kind(id), view.typed.closures.get(&id)) else { return };
    if closure.is_block && graphs[&Some(id)].falls_through && needs_value(types.result) {
        let name = closure.name.map_or("闭包", |it| it.as_str());
        let span = view.span(id);
        let head = Span { end: view.span(closure.body).start.max(span.start), ..span };
        let head = if head.start == head.end { first_byte(span) } else { head };
        let report = diagnostics::missing_return(head, name, last_byte(view.span(closure.body)));
        diagnostics.push(with_last_value(view, report, Some(closure.body), types.result));
    }
}

/// `函数 加(甲: 整数): 整数 { 甲 + 1 }`: the value is there, only 返回 is not. Likewise at the end of each branch.
fn with_last_value(view: &View, report: Diagnostic, body: Option<ExprId>, result: Ty) -> Diagnostic {
    let mut values = Vec::new();
    match body.is_some_and(|it| ends_in_value(view, it, result, &mut values)) && !values.is_empty() {
        true => diagnostics::with_last_values(report, &values),
        false => report,
    }
}

/// Whether each way through `expr` ends in a value of the type `result`, which is noted, or leaves the function.
fn ends_in_value(view: &View, expr: ExprId, result: Ty, values: &mut Vec<Span>) -> bool {
    match view.kind(expr) {
        ExprKind::Block(block) => match block.statements.last() {
            Some(&Statement::Expr(last)) => ends_in_value(view, last, result, values),
            _ => false,
        },
        ExprKind::If { then, otherwise: Some(otherwise), .. } => {
            ends_in_value(view, *then, result, values) && ends_in_value(view, *otherwise, result, values)
        }
        ExprKind::Match { arms, .. } => arms.iter().all(|it| ends_in_value(view, it.body, result, values)),
        _ if view.ty(expr) == Some(result) => {
            values.push(view.span(expr));
            true
        }
        _ => view.ty(expr).is_some_and(Ty::is_never),
    }
}

fn needs_value(result: Ty) -> bool {
    !result.is_unit() && !result.is_never() && !result.has_error()
}

/// The closing brace.
fn last_byte(span: Span) -> Span {
    Span { start: span.end.saturating_sub(1).max(span.start), ..span }
}
fn first_byte(span: Span) -> Span {
    Span { end: (span.start + 1).min(span.end), ..span }
}
