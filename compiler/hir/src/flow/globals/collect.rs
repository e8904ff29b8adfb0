//! What the bodies of a program run and use, task by task: the call graph that `globals` searches.

use crate::flow::captures::may_hold_confined;
use crate::flow::protocols::Protocols;
use crate::flow::view::{BodyOwner, View, argument_exprs, callee_function};
use crate::{
    Adjust, AdtId, Analysis, Block, CallMode, ExprId, ExprKind, FunctionId, GlobalId, Program, Res, Statement, Ty,
    TyKind,
};
use qi_base::Span;
use rustc_hash::{FxHashMap, FxHashSet};
/// What can be run: a function, or the default values of a type's fields.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Callee {
    Function(FunctionId),
    Defaults(AdtId),
}

/// A part of the program that runs as one: a body without its spawned closures, or one of those.
#[derive(Clone, Default)]
pub(super) struct Unit {
    pub calls: Vec<Callee>,
    /// Uses of top-level variables.
    pub uses: Vec<(GlobalId, Span)>,
    /// Calls a function value.
    pub calls_values: bool,
    /// Of initialisers: the functions and closures that are only put into the variable, to be called later.
    pub kept: Vec<Unit>,
    /// What the tasks run that it starts: perhaps at once.
    pub started: Vec<Unit>,
}

impl Unit {
    fn add(&mut self, other: &Unit) {
        self.calls.extend(&other.calls);
        self.uses.extend(&other.uses);
        self.calls_values |= other.calls_values;
        self.started.extend(other.started.iter().cloned());
        other.kept.iter().for_each(|it| self.add(it));
    }
    fn of(callee: Callee) -> Self {
        Self { calls: vec![callee], ..Self::default() }
    }
    /// With what is kept.
    pub fn all(&self) -> impl Iterator<Item = &Unit> {
        std::iter::once(self).chain(&self.kept)
    }
}

#[derive(Default)]
pub(super) struct Reach {
    pub units: FxHashMap<Callee, Unit>,
    pub initialisers: FxHashMap<GlobalId, Unit>,
    /// Those whose initialiser calls something: what it gives may hold a variable captured by sharing, or a generator.
    pub made: FxHashSet<GlobalId>,
    /// Statements outside functions, with where they start.
    pub statements: Vec<(Unit, Span)>,
    /// What starts in a task of its own, with the place that starts it.
    pub spawned: Vec<(Unit, Span)>,
    pub roots: Vec<(Callee, Span)>,
    /// Named functions used as values.
    pub values: Vec<(Callee, Span)>,
    /// Uses inside closures, wherever they run.
    pub in_closures: Vec<(GlobalId, Span)>,
    pub closure_calls: Vec<Callee>,
    /// The first place where a function value may leave for a task.
    pub escape: Option<Span>,
    /// Functions of the standard library that start a function value they are given.
    starters: FxHashSet<FunctionId>,
    /// Calls of functions of the standard library.
    std_calls: Vec<(FunctionId, Span)>,
    /// What the runtime may run in any task.
    pub implicit: Vec<FunctionId>,
    /// Functions whose text starts a task.
    pub starting: FxHashSet<Callee>,
    /// Calls of generic functions with a method that they may run implicitly, say 相等 of a type argument.
    pub lent_methods: Vec<(Callee, FunctionId, Span)>,
}
pub(super) fn collect(program: &Program, analysis: &Analysis) -> Reach {
    let protocols = Protocols::find(program, &analysis.signatures);
    let mut reach = Reach { implicit: protocols.messages.clone(), ..Reach::default() };
    let script = program.root.and_then(|it| program.modules[it].top_level);
    for view in View::all(program, analysis) {
        let view = &view;
        let mut collector = Collector {
            view,
            protocols: &protocols,
            reach: &mut reach,
            in_closure: false,
            is_kept: matches!(view.owner, BodyOwner::Global(_)),
            leaving: FxHashSet::default(),
            calls: false,
            starts: false,
        };
        let mut unit = Unit::default();
        let is_script = script.is_some_and(|it| view.owner == BodyOwner::Function(it));
        for root in view.roots() {
            match view.kind(root) {
                ExprKind::Block(block) if is_script => collector.statements(block, &mut unit),
                _ => collector.expr(root, &mut unit),
            }
        }
        let (calls, starts) = (collector.calls, collector.starts);
        if let (BodyOwner::Function(id), true) = (view.owner, starts && !view.is_std()) {
            reach.starting.insert(Callee::Function(id));
        }
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
    /// The expression at hand becomes a part of a top-level variable as it is.
    is_kept: bool,
    /// Closures that are given to a task.
    leaving: FxHashSet<ExprId>,
    /// Something is called outside of closures.
    calls: bool,
    /// A task is started.
    starts: bool,
}

impl Collector<'_, '_, '_> {
    /// Statements outside functions, each as a unit of its own too.
    fn statements(&mut self, block: &Block, all: &mut Unit) {
        for statement in &block.statements {
            let (Statement::Let { init: Some(it), .. } | Statement::Expr(it)) = statement else { continue };
            let mut unit = Unit::default();
            self.is_kept = matches!(statement, Statement::Let { .. });
            self.expr(*it, &mut unit);
            all.add(&unit);
            self.reach.statements.push((unit, self.view.span(*it)));
        }
    }

    fn expr(&mut self, id: ExprId, unit: &mut Unit) {
        let view = self.view;
        let is_kept = std::mem::replace(&mut self.is_kept, false);
        self.calls(id, unit);
        self.implicit_calls(id, unit);
        self.names(id, is_kept, unit);
        self.escapes(id);
        if self.is_callback(id)
            && let Some(Res::Function { function, .. }) = view.typed.names.get(&id)
        {
            self.reach.roots.push((Callee::Function(*function), view.span(id)));
        }
        match view.kind(id) {
            ExprKind::Spawn { operand, .. } if matches!(view.kind(*operand), ExprKind::Closure(_)) => {
                self.starts = true;
                let mut spawned = Unit::default();
                self.closure(*operand, &mut spawned);
                self.reach.spawned.push((spawned.clone(), view.span(id)));
                unit.started.push(spawned);
            }
            ExprKind::Spawn { operand, .. } if !view.typed.calls.contains_key(operand) => {
                unit.calls_values = true;
                self.children(id, unit);
            }
            ExprKind::Closure(_) if self.is_callback(id) || self.is_async(id) || self.leaving.contains(&id) => {
                self.starts = true;
                let mut called = Unit::default();
                self.closure(id, &mut called);
                self.reach.spawned.push((called.clone(), view.span(id)));
                if is_kept { unit.kept.push(called) } else { unit.started.push(called) }
            }
            ExprKind::Closure(_) if is_kept => {
                let mut kept = Unit::default();
                self.closure(id, &mut kept);
                unit.kept.push(kept);
            }
            ExprKind::Closure(_) => self.closure(id, unit),
            ExprKind::Array(_) | ExprKind::Tuple(_) | ExprKind::Map(_) | ExprKind::Struct { .. } => {
                let body = view.body;
                crate::walk::children(&body.exprs[id], &mut |child| {
                    self.is_kept = is_kept;
                    self.expr(child, unit);
                });
                self.is_kept = false;
            }
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
        self.starts |= is_task;
        let Some(function) = callee_function(&call.callee) else {
            unit.calls_values |= call.callee == crate::Callee::Value;
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
            unit.started.push(Unit::of(Callee::Function(function)));
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
        let callee = view.callee(id).filter(|it| !view.program.modules[view.program.functions[*it].module].is_std);
        protocols.implicit_calls(view, id, &mut |method| match is_task {
            true => self.reach.roots.push((Callee::Function(method), view.span(id))),
            false => {
                self.runs(Callee::Function(method), unit);
                let lent = callee.map(|it| (Callee::Function(it), method, view.span(id)));
                self.reach.lent_methods.extend(lent);
            }
        });
        if let (ExprKind::Struct { .. }, Some(TyKind::Adt(adt, _))) = (view.kind(id), view.ty(id).map(|it| it.kind())) {
            self.runs(Callee::Defaults(*adt), unit);
        }
    }

    fn names(&mut self, id: ExprId, is_kept: bool, unit: &mut Unit) {
        match self.view.typed.names.get(&id) {
            Some(&Res::Global(global)) => {
                unit.uses.push((global, self.view.span(id)));
                if self.in_closure {
                    self.reach.in_closures.push((global, self.view.span(id)));
                }
            }
            Some(&Res::Function { function, .. }) => self.function_value(function, id, is_kept, unit),
            _ => {}
        }
        if let Some(function) = self.view.typed.bound_methods.get(&id).and_then(callee_function) {
            self.function_value(function, id, false, unit);
        }
    }

    /// Calling the value of an 异步 function starts a task.
    fn function_value(&mut self, function: FunctionId, id: ExprId, is_kept: bool, unit: &mut Unit) {
        let (view, value) = (self.view, (Callee::Function(function), self.view.span(id)));
        if view.signatures.functions[function].is_async {
            self.reach.roots.push(value);
        }
        self.reach.values.push(value);
        match is_kept {
            true => unit.kept.push(Unit::of(value.0)),
            false => unit.calls.push(value.0),
        }
    }

    /// Function values that go to a task or into something tasks share.
    fn escapes(&mut self, id: ExprId) {
        let view = self.view;
        match view.kind(id) {
            ExprKind::Spawn { operand, .. } if !view.typed.calls.contains_key(operand) => match view.kind(*operand) {
                ExprKind::Closure(_) => self.captured_leaves(*operand, view.span(id)),
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
        let view = self.view;
        match (view.kind(id), view.typed.names.get(&id)) {
            // It is known what the task may call.
            (ExprKind::Closure(_), _) => {
                self.leaving.insert(id);
                self.captured_leaves(id, at);
            }
            (_, Some(Res::Function { function, .. })) => self.reach.roots.push((Callee::Function(*function), at)),
            _ => {
                if let Some(ty) = view.ty(id) {
                    self.leaves(ty, at);
                }
            }
        }
    }

    fn captured_leaves(&mut self, closure: ExprId, at: Span) {
        let view = self.view;
        let captures = view.typed.captures.get(&closure).into_iter().flatten();
        captures.filter_map(|it| view.local_ty(it.local)).for_each(|it| self.leaves(it, at));
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
