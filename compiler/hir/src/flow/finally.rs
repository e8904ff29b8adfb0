//! A 最终 of a 协程 runs when its generator is dropped, where nothing can wait: it must not suspend. Function values are looked
//! through where a variable is known to hold a closure or a function with a name, and where a closure is given to a function
//! of the library that calls it; generators, where they come from a call of a 协程, perhaps through a variable. A method of a
//! trait waits if some implementation does. Other calls of function values, and other generators, are taken not to wait; the
//! runtime looks at those.

use super::closures::{self, Closures};
use super::intrinsics;
use super::view::{BodyOwner, View, argument_exprs};
use crate::infer::solver;
use crate::{
    CallMode, Callee, ExprId, ExprKind, ForKind, FunctionId, FunctionKind, LocalId, Owner, PatKind, Res, Statement,
    diagnostics,
};
use qi_base::Diagnostics;
use rustc_hash::{FxHashMap, FxHashSet};

/// `views` are all bodies, `fresh` those to judge.
pub(super) fn check<'v>(views: &[View], fresh: impl Iterator<Item = &'v View<'v>>, diagnostics: &mut Diagnostics) {
    let mut coroutines = fresh.filter(|it| is_coroutine(it) && has_finally(it) && !it.is_broken()).peekable();
    if coroutines.peek().is_none() {
        return;
    }
    let values: Vec<Values> = views.iter().map(Values::find).collect();
    let suspending = suspending_functions(views, &values);
    for view in coroutines {
        let values = Values::find(view);
        view.walk(&mut |id| {
            if let ExprKind::Try { finally: Some(finally), .. } = view.kind(id)
                && let Some(at) = first_wait(view, *finally, &values, &suspending)
            {
                diagnostics.push(diagnostics::wait_in_finally(view.span(at)));
            }
        });
    }
}

/// What the function values of a body are known to be.
struct Values {
    closures: Closures,
    /// Variables that hold functions with a name.
    functions: FxHashMap<LocalId, Vec<FunctionId>>,
    /// Variables that hold what a call gave.
    results: FxHashMap<LocalId, Vec<ExprId>>,
}

impl Values {
    fn find(view: &View) -> Self {
        let mut functions: FxHashMap<LocalId, Vec<FunctionId>> = FxHashMap::default();
        let mut results: FxHashMap<LocalId, Vec<ExprId>> = FxHashMap::default();
        let mut hold = |local: LocalId, value: ExprId| {
            if view.typed.calls.contains_key(&value) {
                results.entry(local).or_default().push(value);
            }
            if let Some(Res::Function { function, .. }) = view.typed.names.get(&value) {
                functions.entry(local).or_default().push(*function);
            }
        };
        view.walk(&mut |id| match view.kind(id) {
            ExprKind::Block(block) => {
                for statement in &block.statements {
                    if let Statement::Let { pat, init: Some(init), .. } = statement
                        && let PatKind::Bind(local) = view.body.pats[*pat].kind
                    {
                        hold(local, *init);
                    }
                }
            }
            ExprKind::Assign { place, value, .. } => {
                if let Some(local) = view.local(*place) {
                    hold(local, *value);
                }
            }
            _ => {}
        });
        Self { closures: closures::find(view), functions, results }
    }
}

fn has_finally(view: &View) -> bool {
    view.body.exprs.values().any(|it| matches!(it.kind, ExprKind::Try { finally: Some(_), .. }))
}

fn is_coroutine(view: &View) -> bool {
    let BodyOwner::Function(id) = view.owner else { return false };
    matches!(view.program.functions[id].kind, FunctionKind::Coroutine | FunctionKind::AsyncCoroutine)
}

fn suspending_functions(views: &[View], values: &[Values]) -> FxHashSet<FunctionId> {
    let mut found: FxHashSet<FunctionId> = FxHashSet::default();
    loop {
        let before = found.len();
        for (view, values) in views.iter().zip(values) {
            if let BodyOwner::Function(id) = view.owner
                && !found.contains(&id)
                && view.roots().into_iter().any(|it| first_wait(view, it, values, &found).is_some())
            {
                found.insert(id);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// A look for waits in one body.
struct Search<'x, 'v, 'a> {
    view: &'v View<'a>,
    values: &'x Values,
    suspending: &'x FxHashSet<FunctionId>,
    /// Closures being looked through.
    open: Vec<ExprId>,
}

/// The first place in an expression, outside closures, that may suspend.
fn first_wait(view: &View, id: ExprId, values: &Values, suspending: &FxHashSet<FunctionId>) -> Option<ExprId> {
    Search { view, values, suspending, open: Vec::new() }.first_wait(id)
}

impl Search<'_, '_, '_> {
    fn first_wait(&mut self, id: ExprId) -> Option<ExprId> {
        let view = self.view;
        let waits = match view.kind(id) {
            ExprKind::Closure(_) => return None,
            ExprKind::Receive(_) | ExprKind::Send { .. } | ExprKind::Select(_) | ExprKind::Scope(_) => true,
            ExprKind::Await(operand) => !view.typed.calls.contains_key(operand),
            ExprKind::For { iterable, .. } => {
                view.typed.loops.get(&id) == Some(&ForKind::Channel)
                    || self.generator_waits(*iterable)
                    || self.call_waits(id)
            }
            _ => self.call_waits(id),
        };
        if waits {
            return Some(id);
        }
        let mut found = None;
        crate::walk::children(&view.body.exprs[id], &mut |child| {
            found = found.or_else(|| self.first_wait(child));
        });
        found
    }

    fn call_waits(&mut self, id: ExprId) -> bool {
        let view = self.view;
        let Some(call) = view.typed.calls.get(&id).filter(|it| it.mode == CallMode::Direct) else { return false };
        if let (Callee::Value, ExprKind::Call { callee, .. }) = (&call.callee, view.kind(id)) {
            return self.value_waits(*callee);
        }
        if argument_exprs(&call.args).chain(view.receiver(id)).any(|it| self.generator_waits(it)) {
            return true;
        }
        let infos = &self.values.closures.infos;
        let is_called = |it: &ExprId| infos.get(it).is_some_and(|it| it.is_transient);
        let called: Vec<ExprId> = argument_exprs(&call.args).filter(is_called).collect();
        view.callee(id).is_some_and(|it| is_suspending(view, it, self.suspending))
            || called.into_iter().any(|it| self.value_waits(it))
    }

    /// Whether resuming the generator, as far as it is known, may suspend.
    fn generator_waits(&self, value: ExprId) -> bool {
        let view = self.view;
        let is_call_that_waits = |id: &ExprId| {
            view.typed.calls.get(id).is_some_and(|it| it.mode == CallMode::Generator)
                && view.callee(*id).is_some_and(|it| is_suspending(view, it, self.suspending))
        };
        let held = view.local(value).and_then(|it| self.values.results.get(&it)).into_iter().flatten();
        is_call_that_waits(&value) || held.into_iter().any(is_call_that_waits)
    }

    /// Whether calling the value, as far as it is known, may suspend.
    fn value_waits(&mut self, value: ExprId) -> bool {
        let view = self.view;
        let named = view.local(value).and_then(|it| self.values.functions.get(&it)).into_iter().flatten();
        if named.into_iter().any(|&it| is_suspending(view, it, self.suspending)) {
            return true;
        }
        let closures = self.values.closures.in_value(view, value);
        closures.into_iter().any(|it| self.closure_waits(it))
    }

    fn closure_waits(&mut self, closure: ExprId) -> bool {
        let ExprKind::Closure(it) = self.view.kind(closure) else { return false };
        let starts = matches!(it.kind, FunctionKind::Async | FunctionKind::Coroutine | FunctionKind::AsyncCoroutine);
        if starts || self.open.contains(&closure) {
            return false;
        }
        self.open.push(closure);
        let waits = self.first_wait(it.body).is_some();
        self.open.pop();
        waits
    }
}

/// Of a method that a trait declares.
fn implementations<'a>(view: &View<'a>, method: FunctionId) -> impl Iterator<Item = FunctionId> + use<'a> {
    let (program, signatures) = (view.program, view.signatures);
    let trait_ = match program.functions[method].owner {
        Owner::Trait(it) => Some(it),
        _ => None,
    };
    let impls = trait_.and_then(|it| signatures.trait_impls.get(&it)).into_iter().flatten();
    impls.filter_map(move |&it| solver::impl_method(program, it, method))
}

fn is_suspending(view: &View, function: FunctionId, suspending: &FxHashSet<FunctionId>) -> bool {
    let it = &view.program.functions[function];
    match (&it.intrinsic, &it.external) {
        (Some(name), _) => intrinsics::suspends(name),
        (_, Some(external)) => external.blocking,
        _ => suspending.contains(&function) || implementations(view, function).any(|it| suspending.contains(&it)),
    }
}
