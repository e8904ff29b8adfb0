//! Top-level 变量 that functions use: fine where no task can reach a use; else the type must be 整数, 布尔 or 浮点数, and then
//! accesses are atomic, or it must be a handle (通道, 锁 …) that is never replaced, and then it is as good as a 常量. What a
//! task can reach is found over the call graph; a function value that leaves for a task makes every function value reachable.

use super::captures::may_hold_confined;
use super::view::{BodyOwner, Root, View, argument_exprs, callee_function};
use crate::{
    Adjust, AdtKind, Analysis, CallMode, ExprId, ExprKind, FunctionId, GlobalId, Program, Res, Ty, TyKind, diagnostics,
};
use qi_base::{Diagnostics, Span};
use rustc_hash::{FxHashMap, FxHashSet};

/// A part of the program that runs as one: a body without its spawned closures, or one of those.
#[derive(Default)]
struct Unit {
    calls: Vec<FunctionId>,
    /// Uses of top-level variables.
    uses: Vec<(GlobalId, Span)>,
}

#[derive(Default)]
struct Reach {
    functions: FxHashMap<FunctionId, Unit>,
    initialisers: FxHashMap<GlobalId, Unit>,
    /// What starts in a task of its own, with the place that starts it.
    spawned: Vec<(Unit, Span)>,
    roots: Vec<(FunctionId, Span)>,
    /// Named functions used as values.
    values: Vec<(FunctionId, Span)>,
    /// Uses inside closures, wherever they run.
    in_closures: Vec<(GlobalId, Span)>,
    closure_calls: Vec<FunctionId>,
    /// The first place where a function value may leave for a task.
    escape: Option<Span>,
}

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
    let mut open: Vec<(FunctionId, Span)> = reach.roots.clone();
    for (id, function) in program.functions.iter() {
        if function.export.is_some() {
            open.push((id, function.name_span));
        }
    }
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
    let mut seen = FxHashSet::default();
    while let Some((id, span)) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        open.extend(implementations.get(&id).into_iter().flatten().map(|&it| (it, span)));
        if let Some(unit) = reach.functions.get(&id) {
            open.extend(unit.calls.iter().map(|&it| (it, span)));
            touched.extend(unit.uses.iter().map(|it| (it.0, it.1, span)));
        }
    }
    judge(program, analysis, touched, diagnostics)
}

/// Only constants, which no initialiser reaches: true of most programs, and read off without looking at functions.
fn are_plain(program: &Program, analysis: &Analysis) -> bool {
    program.globals.values().all(|it| it.constant)
        && analysis.global_bodies.values().all(|it| it.calls.is_empty() && it.names.is_empty())
}

/// Initialisers run in textual order: none may use, itself or through what it calls, a variable of its module that comes
/// later.
fn check_order(
    program: &Program,
    reach: &Reach,
    implementations: &FxHashMap<FunctionId, Vec<FunctionId>>,
    diagnostics: &mut Diagnostics,
) {
    for (id, global) in program.globals.iter() {
        let Some(unit) = reach.initialisers.get(&id) else { continue };
        let is_early = |used: &GlobalId| *used >= id && program.globals[*used].module == global.module;
        let direct = unit.uses.iter().find(|it| is_early(&it.0)).copied();
        let through = || {
            let mut open = unit.calls.clone();
            let mut seen = FxHashSet::default();
            while let Some(function) = open.pop() {
                if !seen.insert(function) {
                    continue;
                }
                open.extend(implementations.get(&function).into_iter().flatten());
                let Some(unit) = reach.functions.get(&function) else { continue };
                if let Some(used) = unit.uses.iter().find(|it| is_early(&it.0)) {
                    return Some(*used);
                }
                open.extend(&unit.calls);
            }
            None
        };
        if let Some((used, at)) = direct.or_else(through) {
            let name = program.globals[used].name.as_str();
            diagnostics.push(diagnostics::used_before_initialised(at, name, global.name_span, global.name.as_str()));
        }
    }
}

fn judge(
    program: &Program,
    analysis: &Analysis,
    mut touched: Vec<(GlobalId, Span, Span)>,
    diagnostics: &mut Diagnostics,
) -> SharedGlobals {
    touched.sort();
    let mut shared = SharedGlobals::default();
    let mut reported = FxHashSet::default();
    let changed = changed(program, analysis);
    for (id, at, task) in touched {
        let global = &program.globals[id];
        if global.constant {
            continue;
        }
        let ty = analysis.signatures.globals[id].ty;
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
fn implementations(program: &Program, analysis: &Analysis) -> FxHashMap<FunctionId, Vec<FunctionId>> {
    let mut map: FxHashMap<FunctionId, Vec<FunctionId>> = FxHashMap::default();
    for (id, it) in program.impls.iter() {
        let Some(trait_) = analysis.signatures.impls.get(id).and_then(|it| it.trait_.as_ref()) else { continue };
        for &declared in &program.traits[trait_.trait_].methods {
            let name = program.functions[declared].name;
            let methods = it.methods.iter().filter(|&&it| program.functions[it].name == name);
            map.entry(declared).or_default().extend(methods);
        }
    }
    map
}

fn collect(program: &Program, analysis: &Analysis) -> Reach {
    let mut reach = Reach::default();
    for view in View::all(program, analysis) {
        let mut unit = Unit::default();
        for root in view.roots() {
            Collector { view: &view, reach: &mut reach, in_closure: false }.expr(root, &mut unit);
        }
        match view.owner {
            BodyOwner::Function(id) => drop(reach.functions.insert(id, unit)),
            BodyOwner::Global(id) => drop(reach.initialisers.insert(id, unit)),
            BodyOwner::Field(..) => {}
        }
    }
    reach
}

struct Collector<'x, 'v, 'a> {
    view: &'v View<'a>,
    reach: &'x mut Reach,
    in_closure: bool,
}

impl Collector<'_, '_, '_> {
    fn expr(&mut self, id: ExprId, unit: &mut Unit) {
        let view = self.view;
        self.calls(id, unit);
        self.names(id, unit);
        self.escapes(id);
        if self.is_callback(id)
            && let Some(Res::Function { function, .. }) = view.typed.names.get(&id)
        {
            self.reach.roots.push((*function, view.span(id)));
        }
        match view.kind(id) {
            ExprKind::Spawn { operand, .. } if matches!(view.kind(*operand), ExprKind::Closure(_)) => {
                let mut spawned = Unit::default();
                self.closure(*operand, &mut spawned);
                self.reach.spawned.push((spawned, view.span(id)));
            }
            ExprKind::Closure(_) if self.is_callback(id) => {
                let mut called = Unit::default();
                self.closure(id, &mut called);
                self.reach.spawned.push((called, view.span(id)));
            }
            ExprKind::Closure(_) => self.closure(id, unit),
            _ => self.children(id, unit),
        }
    }

    /// C may call it from any thread.
    fn is_callback(&self, id: ExprId) -> bool {
        self.view.typed.adjustments.get(&id).is_some_and(|it| it.contains(&Adjust::ToCPointer))
    }

    fn children(&mut self, id: ExprId, unit: &mut Unit) {
        let body = self.view.body;
        crate::walk::children(&body.exprs[id], &mut |child| self.expr(child, unit));
    }

    fn closure(&mut self, id: ExprId, unit: &mut Unit) {
        let outer = std::mem::replace(&mut self.in_closure, true);
        self.children(id, unit);
        self.in_closure = outer;
    }

    fn calls(&mut self, id: ExprId, unit: &mut Unit) {
        let Some(call) = self.view.typed.calls.get(&id) else { return };
        let Some(function) = callee_function(&call.callee) else { return };
        if matches!(call.mode, CallMode::Task { .. }) {
            self.reach.roots.push((function, self.view.span(id)));
            return;
        }
        unit.calls.push(function);
        if self.in_closure {
            self.reach.closure_calls.push(function);
        }
    }

    fn names(&mut self, id: ExprId, unit: &mut Unit) {
        match self.view.typed.names.get(&id) {
            Some(&Res::Global(global)) => {
                unit.uses.push((global, self.view.span(id)));
                if self.in_closure {
                    self.reach.in_closures.push((global, self.view.span(id)));
                }
            }
            Some(Res::Function { function, .. }) => {
                self.reach.values.push((*function, self.view.span(id)));
                unit.calls.push(*function);
            }
            _ => {}
        }
        if let Some(function) = self.view.typed.bound_methods.get(&id).and_then(callee_function) {
            self.reach.values.push((function, self.view.span(id)));
            unit.calls.push(function);
        }
    }

    /// Function values that go to a task or into something tasks share.
    fn escapes(&mut self, id: ExprId) {
        let view = self.view;
        match view.kind(id) {
            ExprKind::Spawn { operand, .. } if !view.typed.calls.contains_key(operand) => match view.kind(*operand) {
                ExprKind::Closure(_) => {
                    let captures = view.typed.captures.get(operand).into_iter().flatten();
                    let types: Vec<_> = captures.filter_map(|it| view.local_ty(it.local)).collect();
                    types.into_iter().for_each(|it| self.leaves(it, view.span(id)));
                }
                _ => self.value_leaves(*operand, view.span(id)),
            },
            ExprKind::Send { value, .. } => self.value_leaves(*value, view.span(id)),
            _ => {}
        }
        let Some(call) = view.typed.calls.get(&id) else { return };
        let is_sharing = matches!(call.mode, CallMode::Task { .. })
            || view.is_send_call(id)
            || view.ty(id).is_some_and(|it| matches!(it.kind(), TyKind::Lock(_) | TyKind::Shared(_)));
        if is_sharing {
            argument_exprs(&call.args).for_each(|it| self.value_leaves(it, view.span(id)));
        }
    }

    fn value_leaves(&mut self, id: ExprId, at: Span) {
        if let Some(ty) = self.view.ty(id) {
            self.leaves(ty, at);
        }
    }

    fn leaves(&mut self, ty: Ty, at: Span) {
        let view = self.view;
        let holds = || may_hold_confined(view.program, view.signatures, ty, &mut FxHashSet::default());
        if self.reach.escape.is_none() && holds() {
            self.reach.escape = Some(at);
        }
    }
}
