//! Variables without initialiser must have a value on every path before they are read, changed or captured; local functions
//! that capture variables are used only behind their definition.

use super::captures::Graphs;
use super::closures::Closures;
use super::graph::{Event, Graph};
use super::view::View;
use crate::{ExprId, LocalId, LocalKind, diagnostics};
use qi_base::Diagnostics;
use rustc_hash::FxHashSet;

pub(super) fn check(view: &View, closures: &Closures, graphs: &Graphs, diagnostics: &mut Diagnostics) {
    let mut owners: Vec<_> = graphs.keys().copied().collect();
    owners.sort();
    let free = closures.free_functions();
    for owner in owners {
        check_graph(view, closures, &free, &graphs[&owner], diagnostics);
    }
}

fn check_graph(
    view: &View,
    closures: &Closures,
    free: &FxHashSet<LocalId>,
    graph: &Graph,
    diagnostics: &mut Diagnostics,
) {
    let mut reported: FxHashSet<(LocalId, ExprId)> = FxHashSet::default();
    for (start, node) in graph.nodes.iter().enumerate() {
        let Event::Declare(local, false) = node.event else { continue };
        // A constant without a value is reported as such.
        let is_constant = view.body.locals[local].kind == LocalKind::Constant;
        if !node.reachable || is_constant || free.contains(&local) {
            continue;
        }
        let mut early = Vec::new();
        graph.search(start, &mut |node| {
            match (node.event, node.expr) {
                (Event::Assign(it) | Event::Declare(it, _), _) if it == local => return false,
                (Event::Use(it) | Event::Mutate(it), Some(expr)) if it == local => early.push(expr),
                (Event::Closure(closure), _) => {
                    let captured = &closures.infos[&closure].captured;
                    early.extend(captured.iter().find(|it| it.0 == local).map(|it| it.1));
                }
                _ => {}
            }
            true
        });
        // One finding per variable: the first place in the text.
        early.sort_by_key(|&it| view.span(it));
        if let Some(&first) = early.first()
            && reported.insert((local, first))
        {
            let it = &view.body.locals[local];
            let name = it.name.as_str();
            diagnostics.push(if it.kind == LocalKind::Function {
                diagnostics::function_before_definition(view.span(first), name, it.span)
            } else {
                diagnostics::maybe_unassigned(view.span(first), name, it.span)
            });
        }
    }
}
