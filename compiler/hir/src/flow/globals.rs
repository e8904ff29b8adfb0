//! Top-level 变量 that functions use: fine where no task can reach a use; else the type must be 整数, 布尔 or 浮点数, and then
//! accesses are atomic, or it must be a handle (通道, 锁 …) that is never replaced, and then it is as good as a 常量. What a
//! task can reach is found over the call graph; a function value that leaves for a task makes every function value reachable.

mod collect;

use self::collect::{Callee, Reach, Unit, collect};
use super::captures::may_hold_confined;
use super::view::{Root, View};
use crate::{AdtKind, Analysis, GlobalId, Program, Ty, TyKind, diagnostics};
use qi_base::{Diagnostics, Span};
use rustc_hash::{FxHashMap, FxHashSet};

/// What tasks share.
#[derive(Default)]
pub(super) struct SharedGlobals {
    /// Their accesses must be atomic.
    pub atomic: FxHashSet<GlobalId>,
    /// Variables that nothing changes.
    pub frozen: FxHashSet<GlobalId>,
}

/// Reports unsafe uses.
pub(super) fn check(program: &Program, analysis: &Analysis, diagnostics: &mut Diagnostics) -> SharedGlobals {
    if are_plain(program, analysis) {
        return SharedGlobals::default();
    }
    let reach = collect(program, analysis);
    let implementations = implementations(program, analysis);
    check_order(program, &reach, &implementations, diagnostics);
    let mut open: Vec<(Callee, Span)> = reach.roots.clone();
    for (id, function) in program.functions.iter() {
        if function.export.is_some() {
            open.push((Callee::Function(id), function.name_span));
        }
    }
    open.extend(lent_to_tasks(&reach, &implementations));
    let mut touched: Vec<(GlobalId, Span, Span)> = Vec::new();
    for (unit, span) in &reach.spawned {
        touched.extend(unit.uses.iter().map(|it| (it.0, it.1, *span)));
        open.extend(unit.calls.iter().map(|&it| (it, *span)));
    }
    if let Some(span) = reach.escape {
        open.extend(reach.values.iter().map(|it| (it.0, span)));
        open.extend(reach.closure_calls.iter().map(|&it| (it, span)));
        touched.extend(reach.in_closures.iter().map(|it| (it.0, it.1, span)));
    }
    if let Some(span) = reach.roots.iter().map(|it| it.1).chain(reach.spawned.iter().map(|it| it.1)).next() {
        open.extend(reach.implicit.iter().map(|&it| (Callee::Function(it), span)));
        // Every task sees the constants, and may call what they hold.
        for (id, unit) in &reach.initialisers {
            let ty = analysis.signatures.globals[*id].ty;
            if program.globals[*id].constant
                && may_hold_confined(program, &analysis.signatures, ty, &mut FxHashSet::default())
            {
                for unit in unit.all() {
                    open.extend(unit.calls.iter().map(|&it| (it, span)));
                    touched.extend(unit.uses.iter().map(|it| (it.0, it.1, span)));
                }
            }
        }
    }
    let mut seen = FxHashSet::default();
    while let Some((callee, span)) = open.pop() {
        if !seen.insert(callee) {
            continue;
        }
        open.extend(implementations.get(&callee).into_iter().flatten().map(|&it| (it, span)));
        if let Some(unit) = reach.units.get(&callee) {
            open.extend(unit.calls.iter().map(|&it| (it, span)));
            touched.extend(unit.uses.iter().map(|it| (it.0, it.1, span)));
        }
    }
    judge(program, analysis, touched, &reach.made, diagnostics)
}

/// The methods given to generic functions that start tasks, which may run them.
fn lent_to_tasks(reach: &Reach, implementations: &FxHashMap<Callee, Vec<Callee>>) -> Vec<(Callee, Span)> {
    let starts = |callee: Callee| {
        let mut open = vec![callee];
        let mut seen = FxHashSet::default();
        while let Some(callee) = open.pop() {
            if reach.starting.contains(&callee) {
                return true;
            }
            if seen.insert(callee) {
                open.extend(implementations.get(&callee).into_iter().flatten());
                open.extend(reach.units.get(&callee).into_iter().flat_map(|it| &it.calls));
            }
        }
        false
    };
    let mut known: FxHashMap<Callee, bool> = FxHashMap::default();
    let lent = reach.lent_methods.iter().filter(|it| *known.entry(it.0).or_insert_with(|| starts(it.0)));
    lent.map(|&(_, method, span)| (Callee::Function(method), span)).collect()
}

/// Only constants, which no initialiser and no statement reaches too early: true of most programs, and read off without
/// looking at functions.
fn are_plain(program: &Program, analysis: &Analysis) -> bool {
    let script = program.root.filter(|it| program.modules[*it].top_level.is_some());
    program.globals.values().all(|it| it.constant && Some(it.module) != script)
        && analysis.global_bodies.values().all(|it| it.calls.is_empty() && it.names.is_empty())
}

/// Initialisers and the statements between them run in textual order: none may use, itself or through what it calls, a
/// variable of its module that comes later.
fn check_order(
    program: &Program,
    reach: &Reach,
    implementations: &FxHashMap<Callee, Vec<Callee>>,
    diagnostics: &mut Diagnostics,
) {
    for (id, global) in program.globals.iter() {
        let Some(unit) = reach.initialisers.get(&id) else { continue };
        let is_early = |used: GlobalId| used >= id && program.globals[used].module == global.module;
        let is_there = |other: GlobalId| other < id || program.globals[other].module != global.module;
        let kept = reach.initialisers.iter().filter(|it| is_there(*it.0)).flat_map(|it| &it.1.kept);
        if let Some((used, at)) = early_use(reach, implementations, unit, kept, is_early) {
            let name = program.globals[used].name.as_str();
            diagnostics.push(diagnostics::used_before_initialised(at, name, global.name_span, global.name.as_str()));
        }
    }
    let in_globals = reach.initialisers.values().flat_map(|it| &it.kept);
    for (index, (unit, span)) in reach.statements.iter().enumerate() {
        let in_variables = reach.statements[..index].iter().flat_map(|it| &it.0.kept);
        let is_early = |used: GlobalId| {
            let used = program.globals[used].name_span;
            used.file == span.file && used.start >= span.end
        };
        let kept = in_globals.clone().chain(in_variables);
        if let Some((used, at)) = early_use(reach, implementations, unit, kept, is_early) {
            let used = &program.globals[used];
            diagnostics.push(diagnostics::used_before_declared(at, used.name.as_str(), used.name_span, *span));
        }
    }
}

/// The first use of a variable that is not there yet, with its place. `kept` is what function values may be that are called.
fn early_use<'r>(
    reach: &'r Reach,
    implementations: &FxHashMap<Callee, Vec<Callee>>,
    unit: &'r Unit,
    kept: impl Iterator<Item = &'r Unit>,
    is_early: impl Fn(GlobalId) -> bool,
) -> Option<(GlobalId, Span)> {
    let mut units = vec![unit];
    let mut seen = FxHashSet::default();
    let mut kept = Some(kept);
    while let Some(unit) = units.pop() {
        if let Some(&found) = unit.uses.iter().find(|it| is_early(it.0)) {
            return Some(found);
        }
        units.extend(&unit.started);
        if unit.calls_values {
            units.extend(kept.take().into_iter().flatten());
        }
        let mut open = unit.calls.clone();
        while let Some(callee) = open.pop() {
            if seen.insert(callee) {
                open.extend(implementations.get(&callee).into_iter().flatten());
                units.extend(reach.units.get(&callee));
            }
        }
    }
    None
}

fn judge(
    program: &Program,
    analysis: &Analysis,
    mut touched: Vec<(GlobalId, Span, Span)>,
    made: &FxHashSet<GlobalId>,
    diagnostics: &mut Diagnostics,
) -> SharedGlobals {
    touched.sort();
    let mut shared = SharedGlobals::default();
    let mut reported = FxHashSet::default();
    let changed = changed(program, analysis);
    for (id, at, task) in touched {
        let global = &program.globals[id];
        let ty = analysis.signatures.globals[id].ty;
        if global.constant {
            let confined = || may_hold_confined(program, &analysis.signatures, ty, &mut FxHashSet::default());
            if made.contains(&id) && confined() && reported.insert(id) {
                diagnostics.push(diagnostics::confined_constant(at, global.name.as_str(), global.name_span, task));
            }
            continue;
        }
        if is_atomic(ty) || ty.has_error() {
            shared.atomic.insert(id);
        } else if !changed.contains(&id) && is_handle(program, analysis, ty, &mut FxHashSet::default()) {
            shared.frozen.insert(id);
        } else if reported.insert(id) {
            diagnostics.push(diagnostics::unsafe_global(at, global.name.as_str(), global.name_span, task));
        }
    }
    shared
}

/// Variables that get another value after their initialiser, whole or in part.
fn changed(program: &Program, analysis: &Analysis) -> FxHashSet<GlobalId> {
    let mut changed = FxHashSet::default();
    for view in View::all(program, analysis) {
        view.walk(&mut |id| {
            view.mutations(id, &mut |it| {
                if let Root::Global(global) = view.root(it.place) {
                    changed.insert(global);
                }
            });
        });
    }
    changed
}

/// What it refers to may be shared; structs of nothing but handles too (互斥锁).
fn is_handle(program: &Program, analysis: &Analysis, ty: Ty, visiting: &mut FxHashSet<Ty>) -> bool {
    match ty.kind() {
        TyKind::Channel(_)
        | TyKind::Lock(_)
        | TyKind::Shared(_)
        | TyKind::Weak(_)
        | TyKind::Task(_)
        | TyKind::Atomic => true,
        TyKind::Adt(id, _) if matches!(program.adts[*id].kind, AdtKind::Struct(_)) => {
            let fields = &analysis.signatures.adts[*id].variants[0];
            visiting.insert(ty)
                && !fields.is_empty()
                && fields.iter().all(|&it| is_handle(program, analysis, it, visiting))
        }
        _ => false,
    }
}

fn is_atomic(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Int(_) | TyKind::Bool | TyKind::Float(_))
}

/// Trait method -> the methods that implement it.
fn implementations(program: &Program, analysis: &Analysis) -> FxHashMap<Callee, Vec<Callee>> {
    let mut map: FxHashMap<Callee, Vec<Callee>> = FxHashMap::default();
    for (id, it) in program.impls.iter() {
        let Some(trait_) = analysis.signatures.impls.get(id).and_then(|it| it.trait_.as_ref()) else { continue };
        for &declared in &program.traits[trait_.trait_].methods {
            let name = program.functions[declared].name;
            let methods = it.methods.iter().copied().filter(|&it| program.functions[it].name == name);
            map.entry(Callee::Function(declared)).or_default().extend(methods.map(Callee::Function));
        }
    }
    map
}
