//! Who declares, captures and changes which variable: the closures of one body and what they share with it.

use super::view::{Root, View};
use crate::{ArgSource, Condition, ExprId, ExprKind, LocalId, PatId, PatKind, PatRes, Statement, TyKind, walk};
use qi_base::IdVec;
use rustc_hash::{FxHashMap, FxHashSet};

#[derive(Debug, Default)]
pub(super) struct ClosureInfo {
    /// The closure it stands in.
    pub parent: Option<ExprId>,
    /// Variables from outside, by first use, with the expression that uses them first.
    pub captured: Vec<(LocalId, ExprId)>,
    /// Variables from outside that it changes, or closures in it do.
    pub changed: FxHashSet<LocalId>,
    /// Given to a function of the library that calls it and forgets it.
    pub is_transient: bool,
    /// The variable of a local function.
    pub own_local: Option<LocalId>,
}

#[derive(Debug, Default)]
pub(super) struct Closures {
    /// In order of appearance.
    pub order: Vec<ExprId>,
    pub infos: FxHashMap<ExprId, ClosureInfo>,
    /// The closure that declares a variable; None: the body itself.
    pub owners: IdVec<LocalId, Option<ExprId>>,
    /// Closures that a variable is known to hold.
    pub held: FxHashMap<LocalId, Vec<ExprId>>,
}

pub(super) fn find(view: &View) -> Closures {
    let mut finder = Finder { view, closures: Closures::default(), stack: Vec::new(), transient: FxHashSet::default() };
    finder.closures.owners = view.body.locals.ids().map(|_| None).collect();
    for root in view.roots() {
        finder.expr(root);
    }
    finder.closures
}

impl Closures {
    /// Local functions that capture nothing but each other: they exist wherever they are visible, also before their definition.
    pub fn free_functions(&self) -> FxHashSet<LocalId> {
        let functions = || self.infos.values().filter_map(|it| Some((it.own_local?, it)));
        let mut free: FxHashSet<LocalId> = functions().map(|it| it.0).collect();
        loop {
            let bound = functions()
                .filter(|(local, info)| free.contains(local) && !info.captured.iter().all(|it| free.contains(&it.0)));
            let bound: Vec<_> = bound.map(|it| it.0).collect();
            if bound.is_empty() {
                return free;
            }
            bound.iter().for_each(|it| {
                free.remove(it);
            });
        }
    }

    /// The closures that a value is known to be or to contain.
    pub fn in_value(&self, view: &View, value: ExprId) -> Vec<ExprId> {
        let all = |items: &mut dyn Iterator<Item = ExprId>| items.flat_map(|it| self.in_value(view, it)).collect();
        match view.kind(value) {
            ExprKind::Closure(_) => vec![value],
            ExprKind::Tuple(items) | ExprKind::Array(items) => all(&mut items.iter().copied()),
            ExprKind::Spread(it) => self.in_value(view, *it),
            ExprKind::Struct { fields, spread, .. } => all(&mut fields.iter().map(|it| it.value).chain(*spread)),
            _ => view.local(value).and_then(|it| self.held.get(&it)).cloned().unwrap_or_default(),
        }
    }
}

struct Finder<'v, 'a> {
    view: &'v View<'a>,
    closures: Closures,
    /// Open closures, innermost last.
    stack: Vec<ExprId>,
    transient: FxHashSet<ExprId>,
}

impl Finder<'_, '_> {
    fn expr(&mut self, id: ExprId) {
        self.declarations(id);
        self.transient_arguments(id);
        if let Some(local) = self.view.local(id) {
            self.for_capturing(local, |info| {
                if !info.captured.iter().any(|it| it.0 == local) {
                    info.captured.push((local, id));
                }
            });
        }
        let mut changed = Vec::new();
        self.view.mutations(id, &mut |it| {
            if let Root::Local(local) = self.view.root(it.place) {
                changed.push(local);
            }
        });
        for local in changed {
            self.for_capturing(local, |info| {
                info.changed.insert(local);
            });
        }
        let is_closure = matches!(self.view.kind(id), ExprKind::Closure(_));
        if is_closure {
            self.open(id);
        }
        let body = self.view.body;
        walk::children(&body.exprs[id], &mut |child| self.expr(child));
        if is_closure {
            self.stack.pop();
        }
    }

    fn open(&mut self, id: ExprId) {
        let info = self.closures.infos.entry(id).or_default();
        info.parent = self.stack.last().copied();
        info.is_transient = self.transient.contains(&id);
        self.closures.order.push(id);
        self.stack.push(id);
        if let ExprKind::Closure(closure) = self.view.kind(id) {
            for param in &closure.params {
                self.closures.owners[param.local] = Some(id);
            }
        }
    }

    /// The closures between a use of `local` and its declaration.
    fn for_capturing(&mut self, local: LocalId, mut visit: impl FnMut(&mut ClosureInfo)) {
        let owner = self.closures.owners[local];
        for &closure in self.stack.iter().rev() {
            if Some(closure) == owner {
                return;
            }
            let info = self.closures.infos.get_mut(&closure).expect("open closures are known");
            if info.own_local == Some(local) {
                return;
            }
            visit(info);
        }
    }

    fn declare(&mut self, local: LocalId) {
        self.closures.owners[local] = self.stack.last().copied();
    }

    fn declare_pattern(&mut self, pat: PatId) {
        for local in pattern_locals(self.view, pat) {
            self.declare(local);
        }
    }

    fn declare_conditions(&mut self, conditions: &[Condition]) {
        for condition in conditions {
            if let Condition::Let { pat, .. } = condition {
                self.declare_pattern(*pat);
            }
        }
    }

    fn declarations(&mut self, id: ExprId) {
        match self.view.kind(id) {
            ExprKind::Block(block) => {
                for statement in &block.statements {
                    match statement {
                        Statement::Let { pat, init, .. } => {
                            self.declare_pattern(*pat);
                            if let (PatKind::Bind(local), Some(init)) = (&self.view.body.pats[*pat].kind, init) {
                                self.hold(*local, *init);
                            }
                        }
                        Statement::Function { local, closure } => {
                            self.declare(*local);
                            self.hold(*local, *closure);
                            self.closures.infos.entry(*closure).or_default().own_local = Some(*local);
                        }
                        Statement::Expr(_) => {}
                    }
                }
            }
            ExprKind::If { conditions, .. } | ExprKind::While { conditions, .. } => {
                self.declare_conditions(conditions);
            }
            ExprKind::For { pat, .. } => self.declare_pattern(*pat),
            ExprKind::Match { arms, .. } => {
                for arm in arms {
                    self.declare_pattern(arm.pat);
                    self.declare_conditions(&arm.guard);
                }
            }
            ExprKind::Try { catches, .. } => {
                catches.iter().filter_map(|it| it.local).for_each(|it| self.declare(it));
            }
            ExprKind::Select(arms) => {
                let patterns = arms.iter().filter_map(|it| walk::operation_pattern(&it.operation));
                patterns.for_each(|it| self.declare_pattern(it));
            }
            ExprKind::Assign { place, value, .. } => {
                if let Some(local) = self.view.local(*place) {
                    self.hold(local, *value);
                }
            }
            _ => {}
        }
    }

    fn hold(&mut self, local: LocalId, value: ExprId) {
        let held = self.closures.in_value(self.view, value);
        if !held.is_empty() {
            self.closures.held.entry(local).or_default().extend(held);
        }
    }

    /// `列.映射(x => …)`: functions of the library whose parameter is a 函数 only call it, unless they give a generator or
    /// a task, which calls it later.
    fn transient_arguments(&mut self, id: ExprId) {
        let view = self.view;
        let (Some(call), Some(callee)) = (view.typed.calls.get(&id), view.callee(id)) else { return };
        if !view.program.modules[view.program.functions[callee].module].is_std {
            return;
        }
        let Some(signature) = view.signatures.functions.get(callee) else { return };
        let gives_runner = matches!(signature.result.kind(), TyKind::Generator(..) | TyKind::Task(_));
        if gives_runner || signature.is_async || signature.yields.is_some() {
            return;
        }
        for (param, arg) in signature.params.iter().zip(&call.args) {
            if let (TyKind::Function { .. }, ArgSource::Expr(arg)) = (param.kind(), arg) {
                self.transient.insert(*arg);
            }
        }
    }
}

/// The variables a pattern binds; names that are variants bind nothing.
pub(super) fn pattern_locals(view: &View, pat: PatId) -> Vec<LocalId> {
    let mut locals = Vec::new();
    // Alternatives bind the same variables again.
    walk::patterns(view.body, pat, &mut |id, node| match node.kind {
        PatKind::Bind(local)
            if matches!(view.typed.patterns.get(&id), Some(PatRes::Variant { .. })) || locals.contains(&local) => {}
        PatKind::Bind(local) => locals.push(local),
        PatKind::Array { rest: Some(Some(local)), .. } => locals.push(local),
        _ => {}
    });
    locals
}
