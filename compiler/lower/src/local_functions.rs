//! Local functions: those that capture nothing but each other are known in their whole block, the others from where they
//! stand. Generic ones get an instance per type arguments where they are named. Default values of their parameters are code
//! of their own, over the same environment.

use crate::body::Body;
use crate::closures::Layout;
use crate::expr::Operand;
use crate::instances::{ClosurePart, Instance};
use crate::locals::Var;
use crate::target::{Target, TargetSignature};
use qi_base::bug;
use qi_hir::{Block, ExprId, ExprKind, LocalId, Res, Statement, TyKind};
use qi_mir as mir;
use qi_mir::{Opcode, Value};
use rustc_hash::FxHashSet;
use std::rc::Rc;

impl<'a> Body<'_, 'a> {
    /// Local functions that capture nothing but each other are visible in the whole block.
    pub fn declare_local_functions(&mut self, block: &'a Block) {
        let all: Vec<(LocalId, ExprId)> = block
            .statements
            .iter()
            .filter_map(|it| match it {
                Statement::Function { local, closure } => Some((*local, *closure)),
                _ => None,
            })
            .collect();
        if all.is_empty() {
            return;
        }
        let mut free: FxHashSet<LocalId> = all.iter().map(|it| it.0).collect();
        loop {
            let bound = all.iter().find(|&&(local, closure)| {
                free.contains(&local) && !self.captures(closure).iter().all(|it| self.is_free(*it, &free))
            });
            match bound {
                Some((local, _)) => free.remove(local),
                None => break,
            };
        }
        let free: Vec<(LocalId, ExprId)> = all.into_iter().filter(|it| free.contains(&it.0)).collect();
        self.declare_free_functions(&free);
    }

    fn captures(&self, closure: ExprId) -> Vec<LocalId> {
        self.scope.typed.captures.get(&closure).into_iter().flatten().map(|it| it.local).collect()
    }

    fn is_free(&self, local: LocalId, free: &FxHashSet<LocalId>) -> bool {
        free.contains(&local) || self.has_no_environment(local)
    }

    fn has_no_environment(&self, local: LocalId) -> bool {
        let var = self.scope.vars.get(&local);
        matches!(var, Some(Var::Function { environment: None, .. } | Var::Generic { environment: None }))
    }

    /// All are declared before the first one's captures are looked at.
    fn declare_free_functions(&mut self, functions: &[(LocalId, ExprId)]) {
        for &(local, expr) in functions {
            let var = if self.closure_expr(expr).generics.is_empty() {
                let closure = self.function_type(local);
                let instance = self.closure_instance(expr, &[], ClosurePart::Code);
                let environment = self.unit_type();
                let code = match self.cx.instances.get(&instance) {
                    Some(&known) => known,
                    None => self.declare_code(expr, instance, environment),
                };
                Var::Function { code, environment: None, closure }
            } else {
                Var::Generic { environment: None }
            };
            self.scope.vars.insert(local, var);
        }
        for &(local, expr) in functions {
            let named = std::iter::once(local).chain(self.captures(expr));
            let direct = named.map(|it| (it, self.var(it))).collect();
            let environment = self.unit_type();
            let layout = Rc::new(Layout { fields: Vec::new(), direct, own: None, environment });
            let instance = self.closure_instance(expr, &[], ClosurePart::Code);
            match self.var(local) {
                Var::Function { code, .. } => drop(self.cx.layouts.insert(code, layout)),
                _ => drop(self.cx.generic_layouts.insert(instance, layout)),
            }
        }
    }

    fn function_type(&mut self, local: LocalId) -> mir::Type {
        let ty = self.local_type(local);
        self.cx.ty(ty)
    }

    /// A local function with captures becomes known where it stands.
    pub fn local_function(&mut self, local: LocalId, expr: ExprId) {
        if self.has_no_environment(local) {
            return;
        }
        if self.closure_expr(expr).generics.is_empty() {
            let closure = self.function_type(local);
            let (code, environment) = self.make_closure(expr, Some((local, closure)));
            self.scope.vars.insert(local, Var::Function { code, environment, closure });
            return;
        }
        let instance = self.closure_instance(expr, &[], ClosurePart::Code);
        let layout = match self.cx.generic_layouts.get(&instance) {
            Some(known) => known.clone(),
            None => Rc::new(Layout { own: Some((local, None)), ..self.layout(expr, Some(local)) }),
        };
        let environment = self.environment(&layout);
        self.cx.generic_layouts.insert(instance, layout);
        self.scope.vars.insert(local, Var::Generic { environment });
    }

    /// The variable that `name` names: the instance that is meant where it is a generic local function.
    pub fn named_var(&mut self, name: ExprId, local: LocalId) -> Var {
        let Var::Generic { environment } = self.var(local) else { return self.var(local) };
        let typed = self.scope.typed;
        let expr = typed.local_functions[&local];
        let own = self.subst_all(&typed.instantiations[&name]);
        let instance = self.closure_instance(expr, &own, ClosurePart::Code);
        let Instance::Closure { generics, .. } = &instance else { bug!("an instance of no closure") };
        self.cx.check_nesting(generics, self.scope.body.locals[local].span, &self.local_name(local));
        let subst = self.scope.subst.extend(self.scope.n_generics, &typed.closures[&expr].generics, generics);
        let ty = typed.local_types[local].unwrap_or_else(|| bug!("local function {local} has no type"));
        let closure = self.cx.ty(subst.apply(ty));
        let code = match self.cx.instances.get(&instance) {
            Some(&known) => known,
            None => {
                let layout = self.cx.generic_layouts[&self.closure_instance(expr, &[], ClosurePart::Code)].clone();
                let code = self.declare_code(expr, instance, layout.environment);
                self.cx.layouts.insert(code, layout);
                code
            }
        };
        Var::Function { code, environment, closure }
    }

    /// The default value of a local function's parameter: code of its own, for it sees what the function captures.
    pub fn local_default(
        &mut self,
        name: ExprId,
        index: usize,
        earlier: &[Operand],
        signature: &TargetSignature,
    ) -> Value {
        let typed = self.scope.typed;
        let Some(Res::Local(local)) = typed.names.get(&name) else {
            bug!("default argument of a callee without declaration")
        };
        let Var::Function { code, environment, .. } = self.named_var(name, *local) else {
            bug!("default argument of a 函数 value")
        };
        let default = self.local_part(name, *local, code, ClosurePart::Default(index));
        let mut values = vec![environment.unwrap_or_else(|| self.unit())];
        for (operand, &(_, ty)) in earlier.iter().zip(&signature.params) {
            let value = self.materialize(operand.clone());
            let ty = self.cx.ty(ty);
            values.push(self.fit(value, ty));
        }
        let result = self.cx.ty(signature.params[index].1);
        self.op(Opcode::Call(default), values, result)
    }

    /// Further code of the local function that `name` names, over the environment of its `code`.
    fn local_part(
        &mut self,
        name: ExprId,
        local: LocalId,
        code: mir::FunctionId,
        part: ClosurePart,
    ) -> mir::FunctionId {
        let typed = self.scope.typed;
        let expr = typed.local_functions[&local];
        let own = typed.instantiations.get(&name).map_or_else(Vec::new, |it| self.subst_all(it));
        let instance = self.closure_instance(expr, &own, part);
        if let Some(&known) = self.cx.instances.get(&instance) {
            return known;
        }
        let layout = self.cx.layouts[&code].clone();
        let id = self.declare_code(expr, instance, layout.environment);
        self.cx.layouts.insert(id, layout);
        id
    }

    /// 等待 f(…) of an asynchronous local function runs its body, as for any other function: no task is started.
    pub fn await_local_function(&mut self, operand: ExprId) -> Option<Value> {
        let (typed, body) = (self.scope.typed, self.scope.body);
        let local = typed.awaited_local_function(body, operand)?;
        let ExprKind::Call { callee, args } = &body.exprs[operand].kind else { bug!("a call of a local function") };
        let Var::Function { code, environment, .. } = self.named_var(*callee, local) else {
            bug!("a local function that is no function")
        };
        let part = self.local_part(*callee, local, code, ClosurePart::Awaited);
        let ty = self.adjusted_type(*callee);
        let mut signature = self.cx.target_signature(&Target::Value { ty });
        let TyKind::Task(result) = signature.result.kind() else { bug!("an asynchronous call that gives no task") };
        signature.result = *result;
        Some(self.call_code(part, environment, *callee, args, &typed.calls[&operand], &signature))
    }
}
