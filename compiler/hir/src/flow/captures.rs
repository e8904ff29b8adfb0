//! Decides for each closure which variables it captures by sharing and which as snapshots, and judges what sharing forbids:
//! closures that go to another task, and variables that may hold a 函数, a generator or a 任意.
//!
//! A capture is shared if the variable may be changed after it: inside the closure or a closure around it, on a path that
//! leads on from it without passing the declaration (iterations have fresh variables), or by another closure that is kept.

use super::closures::{ClosureInfo, Closures};
use super::escapes::{self, Escapes};
use super::graph::{Event, Graph};
use super::view::View;
use crate::{
    Adjust, AdtId, Callee, Capture, ExprId, ExprKind, FunctionKind, GenericId, LocalId, LocalKind, Signatures, Ty,
    TyKind, diagnostics,
};
use qi_base::Diagnostics;
use rustc_hash::{FxHashMap, FxHashSet};

/// The graphs of a body (key None) and of each of its closures.
pub(super) type Graphs = FxHashMap<Option<ExprId>, Graph>;

#[derive(Debug, Default)]
pub(super) struct Captures {
    pub captures: FxHashMap<ExprId, Vec<Capture>>,
    pub cells: FxHashSet<LocalId>,
}

pub(super) fn decide(view: &View, closures: &Closures, graphs: &Graphs) -> Captures {
    let mut result = Captures::default();
    let mut changed_later: FxHashMap<(ExprId, LocalId), bool> = FxHashMap::default();
    for &closure in &closures.order {
        let mut captures = Vec::new();
        for &(local, _) in &closures.infos[&closure].captured {
            let outermost = outermost(closures, closure, local);
            let shared = view.body.locals[local].kind != LocalKind::Function
                && (closures.infos[&outermost].changed.contains(&local)
                    || closures.order.iter().any(|it| is_kept_changer(&closures.infos[it], local))
                    || *changed_later
                        .entry((outermost, local))
                        .or_insert_with(|| is_changed_later(closures, graphs, outermost, local)));
            let shared = shared && !is_listed_snapshot(view, closures, outermost, local);
            if shared {
                result.cells.insert(local);
            }
            captures.push(Capture { local, shared });
        }
        result.captures.insert(closure, captures);
    }
    result
}

fn is_kept_changer(info: &ClosureInfo, local: LocalId) -> bool {
    !info.is_transient && info.changed.contains(&local)
}

/// `甲.做 = 闭包 [弱 甲] () { … }`: the list of the closure names what cannot be shared, and no closure changes it.
fn is_listed_snapshot(view: &View, closures: &Closures, closure: ExprId, local: LocalId) -> bool {
    let ExprKind::Closure(it) = view.kind(closure) else { return false };
    let is_listed = it.captures.iter().any(|&it| view.local(it) == Some(local));
    let may_hold = |ty| may_hold_confined(view.program, view.signatures, ty, &mut FxHashSet::default());
    is_listed
        && closures.infos.values().all(|it| !it.changed.contains(&local))
        && view.local_ty(local).is_some_and(may_hold)
}

/// The closure around `closure` (or itself) that stands directly in what declares `local`.
fn outermost(closures: &Closures, mut closure: ExprId, local: LocalId) -> ExprId {
    let owner = closures.owners[local];
    while let Some(parent) = closures.infos[&closure].parent.filter(|&it| Some(it) != owner) {
        closure = parent;
    }
    closure
}

fn is_changed_later(closures: &Closures, graphs: &Graphs, closure: ExprId, local: LocalId) -> bool {
    let Some(graph) = graphs.get(&closures.owners[local]) else { return false };
    let Some(start) = graph.closure_node(closure) else { return false };
    let mut found = false;
    graph.search(start, &mut |node| {
        found |= match node.event {
            Event::Assign(it) | Event::Mutate(it) => it == local,
            Event::Closure(it) => closures.infos[&it].changed.contains(&local),
            Event::None | Event::Use(_) | Event::Declare(..) => false,
        };
        !matches!(node.event, Event::Declare(it, _) if it == local)
    });
    found
}

/// Reports what sharing forbids.
pub(super) fn check(
    view: &View,
    closures: &Closures,
    decided: &Captures,
    escapes: &Escapes,
    diagnostics: &mut Diagnostics,
) {
    check_cell_types(view, closures, decided, diagnostics);
    check_callbacks(view, closures, diagnostics);
    let (reported, awaited) = (FxHashSet::default(), view.awaited_calls());
    let mut checker = TaskChecker { view, closures, decided, escapes, diagnostics, reported, awaited };
    view.walk(&mut |id| checker.expr(id));
}

/// A C function pointer has no place for what a closure captures.
fn check_callbacks(view: &View, closures: &Closures, diagnostics: &mut Diagnostics) {
    let free = closures.free_functions();
    view.walk(&mut |id| {
        let is_callback = view.typed.adjustments.get(&id).is_some_and(|it| it.contains(&Adjust::ToCPointer));
        for closure in closures.in_value(view, id).into_iter().filter(|_| is_callback) {
            let captured = closures.infos[&closure].captured.iter().find(|it| !free.contains(&it.0));
            if let Some(&(local, at)) = captured {
                let name = view.body.locals[local].name.as_str();
                diagnostics.push(diagnostics::capturing_callback(view.span(at), name, view.span(id)));
            }
        }
    });
}

fn check_cell_types(view: &View, closures: &Closures, decided: &Captures, diagnostics: &mut Diagnostics) {
    let mut reported = FxHashSet::default();
    // A closure that does not outlive the call it is given to cannot become part of what it captures.
    for closure in closures.order.iter().filter(|it| !closures.infos[it].is_transient) {
        for (capture, &(local, at)) in decided.captures[closure].iter().zip(&closures.infos[closure].captured) {
            let may_hold = |ty| may_hold_confined(view.program, view.signatures, ty, &mut FxHashSet::default());
            if capture.shared && view.local_ty(local).is_some_and(may_hold) && reported.insert(local) {
                let it = &view.body.locals[local];
                diagnostics.push(diagnostics::shared_function_capture(view.span(at), it.name.as_str(), it.span));
            }
        }
    }
}

/// A 函数, a generator or a 任意 may be in a value of the type.
pub(super) fn may_hold_confined(
    program: &crate::Program,
    signatures: &Signatures,
    ty: Ty,
    seen: &mut FxHashSet<(AdtId, Vec<Ty>)>,
) -> bool {
    holds_confined(program, signatures, ty, seen, &mut |_| {})
}

/// The same; `param` gets the type parameters of which values may be in one, unless something confined may be as well.
pub(super) fn holds_confined(
    program: &crate::Program,
    signatures: &Signatures,
    ty: Ty,
    seen: &mut FxHashSet<(AdtId, Vec<Ty>)>,
    param: &mut dyn FnMut(GenericId),
) -> bool {
    let is_confined = |it: &TyKind| matches!(it, TyKind::Function { .. } | TyKind::Generator(..) | TyKind::Dynamic(..));
    holds(program, signatures, ty, seen, &is_confined, param)
}

/// A value of a type for which `is_sought` says so may be in a value of `ty`.
fn holds(
    program: &crate::Program,
    signatures: &Signatures,
    ty: Ty,
    seen: &mut FxHashSet<(AdtId, Vec<Ty>)>,
    is_sought: &dyn Fn(&TyKind) -> bool,
    param: &mut dyn FnMut(GenericId),
) -> bool {
    match ty.kind() {
        kind if is_sought(kind) => true,
        TyKind::Tuple(parts) => parts.iter().any(|&it| holds(program, signatures, it, seen, is_sought, param)),
        TyKind::Array(it) => holds(program, signatures, *it, seen, is_sought, param),
        TyKind::Param(generic, _) => {
            param(*generic);
            false
        }
        TyKind::Adt(id, args) => {
            if args.iter().any(|&it| holds(program, signatures, it, seen, is_sought, param)) {
                return true;
            }
            if !seen.insert((*id, args.clone())) || seen.len() > 1000 {
                return false;
            }
            let generics = &program.adts[*id].generics;
            let lookup = |generic| Some(args[generics.iter().position(|&it| it == generic)?]);
            let Some(types) = signatures.adts.get(*id) else { return false };
            let fields: Vec<_> = types.variants.iter().flatten().map(|it| it.substitute(&lookup)).collect();
            fields.into_iter().any(|it| holds(program, signatures, it, seen, is_sought, param))
        }
        _ => false,
    }
}

struct TaskChecker<'x, 'v, 'a> {
    view: &'v View<'a>,
    closures: &'x Closures,
    decided: &'x Captures,
    escapes: &'x Escapes,
    diagnostics: &'x mut Diagnostics,
    reported: FxHashSet<(ExprId, LocalId)>,
    /// Calls that start no task.
    awaited: FxHashSet<ExprId>,
}

impl TaskChecker<'_, '_, '_> {
    fn expr(&mut self, id: ExprId) {
        let (view, escapes) = (self.view, self.escapes);
        escapes::given_away(view, escapes, id, &mut |value| self.leaves(value, id));
        self.asynchronous_call(id);
        if self.makes_shared_generator(id) {
            self.generator_leaves(id, id);
        }
    }

    /// A call of an asynchronous closure or local function starts a task, unless it is that of a local function and awaited
    /// at once.
    fn asynchronous_call(&mut self, id: ExprId) {
        let view = self.view;
        if self.awaited.contains(&id) {
            return;
        }
        let (ExprKind::Call { callee, .. }, Some(call)) = (view.kind(id), view.typed.calls.get(&id)) else { return };
        if call.callee != Callee::Value {
            return;
        }
        for closure in self.closures.in_value(view, *callee) {
            if matches!(view.kind(closure), ExprKind::Closure(it) if it.kind == FunctionKind::Async) {
                self.closure_leaves(closure, id, &mut FxHashSet::default());
            }
        }
    }

    /// A task whose result is a generator, a lock around one: what several tasks may get hold of.
    fn makes_shared_generator(&self, id: ExprId) -> bool {
        let is_made = self.view.typed.calls.contains_key(&id) || matches!(self.view.kind(id), ExprKind::Spawn { .. });
        let Some(ty) = self.view.ty(id).filter(|_| is_made) else { return false };
        match (self.view.kind(id), ty.kind()) {
            // Told at the call under it.
            (ExprKind::Spawn { operand, .. }, _) if self.view.typed.calls.contains_key(operand) => false,
            (_, TyKind::Task(content) | TyKind::Lock(content) | TyKind::Shared(content)) => {
                self.holds_generator(*content)
            }
            _ => false,
        }
    }

    /// The value of `id` goes to another task at `place`.
    fn leaves(&mut self, id: ExprId, place: ExprId) {
        if self.view.ty(id).is_some_and(|it| self.holds_generator(it)) {
            self.generator_leaves(id, place);
        }
        for closure in self.closures.in_value(self.view, id) {
            self.closure_leaves(closure, place, &mut FxHashSet::default());
        }
    }

    fn generator_leaves(&mut self, at: ExprId, place: ExprId) {
        let (at, place) = (self.view.span(at), self.view.span(place));
        self.diagnostics.push(diagnostics::generator_leaves_task(at, place));
    }

    /// A generator is part of every value of the type, or may be.
    fn holds_generator(&self, ty: Ty) -> bool {
        let is_generator = |it: &TyKind| matches!(it, TyKind::Generator(..));
        holds(self.view.program, self.view.signatures, ty, &mut FxHashSet::default(), &is_generator, &mut |_| {})
    }

    fn closure_leaves(&mut self, closure: ExprId, place: ExprId, seen: &mut FxHashSet<ExprId>) {
        if !seen.insert(closure) {
            return;
        }
        let captured = &self.closures.infos[&closure].captured;
        for (capture, &(local, at)) in self.decided.captures[&closure].iter().zip(captured) {
            if capture.shared {
                let it = &self.view.body.locals[local];
                // That a constant is changed is reported.
                if it.kind != LocalKind::Constant && self.reported.insert((closure, local)) {
                    let (at, place) = (self.view.span(at), self.view.span(place));
                    self.diagnostics.push(diagnostics::shared_capture_in_task(at, it.name.as_str(), place));
                }
                continue;
            }
            if self.view.local_ty(local).is_some_and(|it| self.holds_generator(it)) {
                self.generator_leaves(at, place);
            }
            for &held in self.closures.held.get(&local).into_iter().flatten() {
                self.closure_leaves(held, place, seen);
            }
        }
    }
}
