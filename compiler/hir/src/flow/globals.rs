//! Top-level 变量 that functions use: fine where no task can reach a use; else the type must be 整数, 布尔 or 浮点数, and then
//! accesses are atomic, or it must be a handle (通道, 锁 …) that is never replaced, and then it is as good as a 常量. What a
//! task can reach is found over the call graph; a function value that leaves for a task makes every function value reachable.

use super::captures::may_hold_confined;
use super::protocols::Protocols;
use super::view::{BodyOwner, Root, View, argument_exprs, callee_function};
use crate::{
    Adjust, AdtId, AdtKind, Analysis, Block, CallMode, ExprId, ExprKind, FunctionId, GlobalId, Program, Res, Statement,
    Ty, TyKind, diagnostics,
};
use qi_base::{Diagnostics, Span};
use rustc_hash::{FxHashMap, FxHashSet};

/// What can be run: a function, or the default values of a type's fields.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Callee {
    Function(FunctionId),
    Defaults(AdtId),
}

/// A part of the program that runs as one: a body without its spawned closures, or one of those.
#[derive(Default)]
struct Unit {
    calls: Vec<Callee>,
    /// Uses of top-level variables.
    uses: Vec<(GlobalId, Span)>,
}

impl Unit {
    fn add(&mut self, other: &Unit) {
        self.calls.extend(&other.calls);
        self.uses.extend(&other.uses);
    }
}

#[derive(Default)]
struct Reach {
    units: FxHashMap<Callee, Unit>,
    initialisers: FxHashMap<GlobalId, Unit>,
    /// Those whose initialiser calls something: what it gives may hold a variable captured by sharing, or a generator.
    made: FxHashSet<GlobalId>,
    /// Statements outside functions, with where they start.
    statements: Vec<(Unit, Span)>,
    /// What starts in a task of its own, with the place that starts it.
    spawned: Vec<(Unit, Span)>,
    roots: Vec<(Callee, Span)>,
    /// Named functions used as values.
    values: Vec<(Callee, Span)>,
    /// Uses inside closures, wherever they run.
    in_closures: Vec<(GlobalId, Span)>,
    closure_calls: Vec<Callee>,
    /// The first place where a function value may leave for a task.
    escape: Option<Span>,
    /// Functions of the standard library that start a function value they are given.
    starters: FxHashSet<FunctionId>,
    /// Calls of functions of the standard library.
    std_calls: Vec<(FunctionId, Span)>,
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
    let mut open: Vec<(Callee, Span)> = reach.roots.clone();
    for (id, function) in program.functions.iter() {
        if function.export.is_some() {
            open.push((Callee::Function(id), function.name_span));
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
    if let Some(span) = reach.roots.iter().map(|it| it.1).chain(reach.spawned.iter().map(|it| it.1)).next() {
        // Every task sees the constants, and may call what they hold.
        for (id, unit) in &reach.initialisers {
            let ty = analysis.signatures.globals[*id].ty;
            if program.globals[*id].constant
                && may_hold_confined(program, &analysis.signatures, ty, &mut FxHashSet::default())
            {
                open.extend(unit.calls.iter().map(|&it| (it, span)));
                touched.extend(unit.uses.iter().map(|it| (it.0, it.1, span)));
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
        if let Some((used, at)) = early_use(reach, implementations, unit, is_early) {
            let name = program.globals[used].name.as_str();
            diagnostics.push(diagnostics::used_before_initialised(at, name, global.name_span, global.name.as_str()));
        }
    }
    for (unit, span) in &reach.statements {
        let is_early = |used: GlobalId| {
            let used = program.globals[used].name_span;
            used.file == span.file && used.start >= span.end
        };
        if let Some((used, at)) = early_use(reach, implementations, unit, is_early) {
            let used = &program.globals[used];
            diagnostics.push(diagnostics::used_before_declared(at, used.name.as_str(), used.name_span, *span));
        }
    }
}

/// The first use of a variable that is not there yet, with its place.
fn early_use(
    reach: &Reach,
    implementations: &FxHashMap<Callee, Vec<Callee>>,
    unit: &Unit,
    is_early: impl Fn(GlobalId) -> bool,
) -> Option<(GlobalId, Span)> {
    let in_unit = |unit: &Unit| unit.uses.iter().find(|it| is_early(it.0)).copied();
    if let Some(found) = in_unit(unit) {
        return Some(found);
    }
    let mut open = unit.calls.clone();
    let mut seen = FxHashSet::default();
    while let Some(callee) = open.pop() {
        if !seen.insert(callee) {
            continue;
        }
        open.extend(implementations.get(&callee).into_iter().flatten());
        let Some(unit) = reach.units.get(&callee) else { continue };
        if let Some(found) = in_unit(unit) {
            return Some(found);
        }
        open.extend(&unit.calls);
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

fn collect(program: &Program, analysis: &Analysis) -> Reach {
    let mut reach = Reach::default();
    let protocols = Protocols::find(program, &analysis.signatures);
    let script = program.root.and_then(|it| program.modules[it].top_level);
    for view in View::all(program, analysis) {
        let mut collector =
            Collector { view: &view, protocols: &protocols, reach: &mut reach, in_closure: false, calls: false };
        let mut unit = Unit::default();
        let is_script = script.is_some_and(|it| view.owner == BodyOwner::Function(it));
        for root in view.roots() {
            match view.kind(root) {
                ExprKind::Block(block) if is_script => collector.statements(block, &mut unit),
                _ => collector.expr(root, &mut unit),
            }
        }
        let calls = collector.calls;
        match view.owner {
            BodyOwner::Function(id) => drop(reach.units.insert(Callee::Function(id), unit)),
            BodyOwner::Global(id) => {
                reach.initialisers.insert(id, unit);
                reach.made.extend(calls.then_some(id));
            }
            BodyOwner::Field(adt, ..) => reach.units.entry(Callee::Defaults(adt)).or_default().add(&unit),
        }
    }
    let started = reach.std_calls.iter().find(|it| reach.starters.contains(&it.0));
    reach.escape = reach.escape.or(started.map(|it| it.1));
    reach
}

struct Collector<'x, 'v, 'a> {
    view: &'v View<'a>,
    protocols: &'x Protocols<'a>,
    reach: &'x mut Reach,
    in_closure: bool,
    /// Something is called outside of closures.
    calls: bool,
}

impl Collector<'_, '_, '_> {
    /// Statements outside functions, each as a unit of its own too.
    fn statements(&mut self, block: &Block, all: &mut Unit) {
        for statement in &block.statements {
            let (Statement::Let { init: Some(it), .. } | Statement::Expr(it)) = statement else { continue };
            let mut unit = Unit::default();
            self.expr(*it, &mut unit);
            all.add(&unit);
            self.reach.statements.push((unit, self.view.span(*it)));
        }
    }

    fn expr(&mut self, id: ExprId, unit: &mut Unit) {
        let view = self.view;
        self.calls(id, unit);
        self.implicit_calls(id, unit);
        self.names(id, unit);
        self.escapes(id);
        if self.is_callback(id)
            && let Some(Res::Function { function, .. }) = view.typed.names.get(&id)
        {
            self.reach.roots.push((Callee::Function(*function), view.span(id)));
        }
        match view.kind(id) {
            ExprKind::Spawn { operand, .. } if matches!(view.kind(*operand), ExprKind::Closure(_)) => {
                let mut spawned = Unit::default();
                self.closure(*operand, &mut spawned);
                self.reach.spawned.push((spawned, view.span(id)));
            }
            ExprKind::Closure(_) if self.is_callback(id) || self.is_async(id) => {
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

    /// A local 异步 函数: calling it starts a task.
    fn is_async(&self, closure: ExprId) -> bool {
        self.view.typed.closures.get(&closure).is_some_and(|it| it.is_async)
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
        let view = self.view;
        let Some(call) = view.typed.calls.get(&id) else { return };
        // A literal of a 字典 is built by calls too.
        let is_written = matches!(view.kind(id), ExprKind::Call { .. } | ExprKind::MethodCall { .. });
        self.calls |= is_written && !self.in_closure;
        let is_task = matches!(call.mode, CallMode::Task { .. });
        let Some(function) = callee_function(&call.callee) else {
            if is_task {
                self.starts_value(id);
            }
            return;
        };
        if view.program.modules[view.program.functions[function].module].is_std && !view.is_std() {
            self.reach.std_calls.push((function, view.span(id)));
        }
        if is_task {
            self.reach.roots.push((Callee::Function(function), view.span(id)));
            return;
        }
        self.runs(Callee::Function(function), unit);
    }

    /// `启动 f(x)` where f is a function value: any may run there.
    fn starts_value(&mut self, id: ExprId) {
        let view = self.view;
        match view.owner {
            BodyOwner::Function(function) if view.is_std() => drop(self.reach.starters.insert(function)),
            _ => self.reach.escape = self.reach.escape.or(Some(view.span(id))),
        }
    }

    fn runs(&mut self, callee: Callee, unit: &mut Unit) {
        unit.calls.push(callee);
        if self.in_closure {
            self.reach.closure_calls.push(callee);
        }
    }

    /// What no call in the text names: 文本 of what is printed, 相等 of what is compared … and default values of fields.
    fn implicit_calls(&mut self, id: ExprId, unit: &mut Unit) {
        let (view, protocols) = (self.view, self.protocols);
        let is_task = view.typed.calls.get(&id).is_some_and(|it| matches!(it.mode, CallMode::Task { .. }));
        protocols.implicit_calls(view, id, &mut |method| match is_task {
            true => self.reach.roots.push((Callee::Function(method), view.span(id))),
            false => self.runs(Callee::Function(method), unit),
        });
        if let (ExprKind::Struct { .. }, Some(TyKind::Adt(adt, _))) = (view.kind(id), view.ty(id).map(|it| it.kind())) {
            self.runs(Callee::Defaults(*adt), unit);
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
            Some(&Res::Function { function, .. }) => self.function_value(function, id, unit),
            _ => {}
        }
        if let Some(function) = self.view.typed.bound_methods.get(&id).and_then(callee_function) {
            self.function_value(function, id, unit);
        }
    }

    /// Calling the value of an 异步 function starts a task.
    fn function_value(&mut self, function: FunctionId, id: ExprId, unit: &mut Unit) {
        let (view, value) = (self.view, (Callee::Function(function), self.view.span(id)));
        if view.signatures.functions[function].is_async {
            self.reach.roots.push(value);
        }
        self.reach.values.push(value);
        unit.calls.push(value.0);
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
            _ => view.sent_values(id).into_iter().for_each(|it| self.value_leaves(it, view.span(it))),
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
        // A type parameter of the program's own may stand for a function.
        let is_open = ty.has_params() && !view.is_std();
        let holds = || is_open || may_hold_confined(view.program, view.signatures, ty, &mut FxHashSet::default());
        if self.reach.escape.is_none() && holds() {
            self.reach.escape = Some(at);
        }
    }
}
