//! Judges what needs finished bodies: which methods change 自己, what closures capture and how, definite assignment, missing
//! 返回, exhaustive patterns, misplaced jumps, 可变 rules, top-level variables that tasks reach. Fills
//! [`Analysis::mutating`], [`Analysis::atomic_globals`], [`Analysis::frozen_globals`], and of each body `captures` and `cells`.
//! Changes nothing else.

mod assigned;
mod bindings;
mod captures;
mod closures;
mod constants;
mod duplicate_keys;
mod escapes;
mod exhaustive;
mod finally;
mod format_specs;
mod globals;
mod graph;
mod in_out;
pub mod intrinsics;
mod loops;
mod lost_changes;
mod mistaken;
mod mutation;
mod open_cells;
mod protocols;
mod returns;
mod unused;
mod view;

#[cfg(test)]
mod tests;

use crate::{Analysis, ExprKind, LocalId, Program, TypedBody};
use captures::{Captures, Graphs};
use closures::Closures;
use escapes::Escapes;
use qi_base::{Diagnostics, FileId};
use rustc_hash::FxHashSet;
use view::{BodyOwner, View};

/// Call again after [`crate::infer::check_function`] added bodies: judges those, and looks at what tasks reach once more.
/// Bodies in which inference found errors only get what later bodies need; their findings would follow from those errors.
pub fn check(program: &Program, analysis: &mut Analysis, diagnostics: &mut Diagnostics) {
    analysis.mutating = mutation::find(program, analysis);
    let views = View::all(program, analysis);
    let known = Known { escapes: escapes::find(&views), misread: misread_files(diagnostics) };
    let mut decided = Vec::new();
    for view in views.iter().filter(|it| !it.typed.is_judged) {
        // Of its own, as the checks ask what was found in this body.
        let mut found = Diagnostics::default();
        decided.push((view.owner, check_body(view, &known, &mut found)));
        diagnostics.extend(found.into_sorted());
    }
    protocols::check(views.iter().filter(|it| !it.typed.is_judged), diagnostics);
    finally::check(&views, views.iter().filter(|it| !it.typed.is_judged), diagnostics);
    for (owner, captures) in decided {
        let typed = body_mut(analysis, owner);
        typed.captures = captures.captures;
        typed.cells = captures.cells;
        typed.is_judged = true;
    }
    open_cells::check(program, analysis, diagnostics);
    let shared = globals::check(program, analysis, diagnostics);
    (analysis.atomic_globals, analysis.frozen_globals) = (shared.atomic, shared.frozen);
}

fn body_mut(analysis: &mut Analysis, owner: BodyOwner) -> &mut TypedBody {
    let body = match owner {
        BodyOwner::Function(id) => analysis.bodies.get_mut(&id),
        BodyOwner::Global(id) => analysis.global_bodies.get_mut(&id),
        BodyOwner::Field(adt, variant, field) => analysis.field_defaults.get_mut(&(adt, variant, field)),
    };
    body.expect("the body was just looked at")
}

/// What the checks of a body ask about the rest of the program.
struct Known {
    escapes: Escapes,
    /// Files in which the parser saw something else than was written.
    misread: FxHashSet<FileId>,
}

fn misread_files(diagnostics: &Diagnostics) -> FxHashSet<FileId> {
    diagnostics.iter().filter(|it| it.code.starts_with("E01")).map(|it| it.span().file).collect()
}

/// `diagnostics` holds nothing about this body yet.
fn check_body(view: &View, known: &Known, diagnostics: &mut Diagnostics) -> Captures {
    let closures = closures::find(view);
    let graphs = graphs(view, &closures);
    let decided = captures::decide(view, &closures, &graphs);
    let n_errors = diagnostics.n_errors();
    loops::check(view, diagnostics);
    if view.has_syntax_errors() {
        return decided;
    }
    // These ask little of types, so a type error elsewhere does not hide them.
    constants::check(view, diagnostics);
    in_out::check(view, diagnostics);
    if !view.has_unknown_names() {
        returns::check(view, &graphs, diagnostics);
    }
    if view.is_broken() {
        return decided;
    }
    captures::check(view, &closures, &decided, &known.escapes, diagnostics);
    assigned::check(view, &closures, &graphs, diagnostics);
    // What a pattern binds must be clear before what it covers.
    if bindings::check(view, diagnostics) {
        exhaustive::check(view, diagnostics);
    }
    format_specs::check(view, diagnostics);
    let file = view.program.modules[view.module].file;
    if !view.is_std() && diagnostics.n_errors() == n_errors && !known.misread.contains(&file) {
        returns::warn(&graphs, diagnostics);
        unused::check(view, diagnostics);
        mistaken::warn(view, diagnostics);
        lost_changes::warn(view, diagnostics);
        duplicate_keys::warn(view, diagnostics);
    }
    decided
}

/// The graph of the body and of each closure in it.
fn graphs(view: &View, closures: &Closures) -> Graphs {
    let own: Vec<LocalId> = view.body.self_local.into_iter().chain(view.body.params.iter().copied()).collect();
    let mut graphs = Graphs::default();
    graphs.insert(None, graph::build(view, &own, &view.roots()));
    for &id in &closures.order {
        if let ExprKind::Closure(closure) = view.kind(id) {
            let params: Vec<_> = closure.params.iter().map(|it| it.local).collect();
            let defaults = closure.params.iter().filter_map(|it| it.default);
            let roots: Vec<_> = defaults.chain([closure.body]).collect();
            graphs.insert(Some(id), graph::build(view, &params, &roots));
        }
    }
    graphs
}
