//! Closures and local functions: a function of kind `Closure` over a box of what was captured. Snapshots are copied into
//! the box, shared variables are cells. Local functions that capture nothing are known wherever they are visible.

use crate::body::{Body, Source};
use crate::context::Lower;
use crate::instances::{ClosurePart, Declaration, Instance, Known};
use crate::locals::Var;
use qi_base::{Name, bug};
use qi_hir::{Block, Closure, ClosureTypes, ExprId, ExprKind, LocalId, Statement, Ty, TyKind};
use qi_mir as mir;
use qi_mir::{FunctionKind, Opcode, Own, Value};
use rustc_hash::FxHashSet;
use std::rc::Rc;

/// What a closure's code finds where.
#[derive(Debug)]
pub(crate) struct Layout {
    /// Captured variables, in the order of the environment's fields.
    fields: Vec<(LocalId, bool)>,
    /// Local functions without environment: called directly.
    direct: Vec<(LocalId, Var)>,
    /// The local function itself.
    own: Option<(LocalId, mir::FunctionId, mir::Type)>,
    environment: mir::Type,
}

impl<'a> Body<'_, 'a> {
    pub fn closure(&mut self, expr: ExprId, _closure: &'a Closure) -> Value {
        let ty = self.raw_type(expr);
        let ty = self.cx.ty(ty);
        let (code, environment) = self.make_closure(expr, None);
        self.build.plain(Opcode::ClosureNew(code), environment.into_iter().collect(), ty, None)
    }

    /// The closure's code and its environment, filled from the variables in sight.
    pub fn make_closure(
        &mut self,
        expr: ExprId,
        own: Option<(LocalId, mir::Type)>,
    ) -> (mir::FunctionId, Option<Value>) {
        let instance = self.closure_instance(expr, ClosurePart::Code);
        let code = match self.cx.instances.get(&instance) {
            Some(&known) => known,
            None => self.declare_closure(expr, own, instance),
        };
        (code, self.environment(code))
    }

    fn closure_instance(&self, expr: ExprId, part: ClosurePart) -> Instance {
        let generics = self.scope.subst.values.clone();
        Instance::Closure { source: self.scope.source, generics, known: self.scope.known.clone(), expr, part }
    }

    fn declare_closure(
        &mut self,
        expr: ExprId,
        own: Option<(LocalId, mir::Type)>,
        instance: Instance,
    ) -> mir::FunctionId {
        let typed = self.scope.typed;
        let mut layout = Layout { fields: Vec::new(), direct: Vec::new(), own: None, environment: self.unit_type() };
        let mut parts = Vec::new();
        for capture in typed.captures.get(&expr).into_iter().flatten() {
            if own.is_some_and(|it| it.0 == capture.local) {
                continue;
            }
            match self.var(capture.local) {
                var @ Var::Function { environment: None, .. } => layout.direct.push((capture.local, var)),
                Var::Cell(cell) if capture.shared => {
                    parts.push((self.local_name(capture.local), self.type_of(cell)));
                    layout.fields.push((capture.local, true));
                }
                _ => {
                    let ty = self.local_type(capture.local);
                    parts.push((self.local_name(capture.local), self.cx.ty(ty)));
                    layout.fields.push((capture.local, false));
                }
            }
        }
        let ExprKind::Closure(closure) = &self.scope.body.exprs[expr].kind else { bug!("{expr} is no closure") };
        let name = match closure.name {
            Some(name) => format!("{}.{name}", self.build.func.name),
            None => format!("{}.闭包", self.build.func.name),
        };
        layout.environment = self.cx.environment_type(&name, &parts);
        let types = self.closure_types(expr);
        let params = self.closure_params(closure, &types, layout.environment, false);
        let declaration = Declaration {
            name,
            symbol: format!("{}.闭包{}", self.build.func.symbol, expr_number(expr)),
            kind: FunctionKind::Closure,
            params,
            result: self.cx.ty(value_result(&types)),
            span: Some(self.scope.body.exprs[expr].span),
        };
        let code = self.cx.declare_instance(instance, declaration);
        self.inherit_nesting(code);
        layout.own = own.map(|(local, closure)| (local, code, closure));
        self.cx.layouts.insert(code, Rc::new(layout));
        code
    }

    fn unit_type(&mut self) -> mir::Type {
        self.cx.module.types.unit()
    }

    fn closure_types(&self, expr: ExprId) -> ClosureTypes {
        let types = self.scope.typed.closures.get(&expr).unwrap_or_else(|| bug!("closure {expr} has no types"));
        ClosureTypes {
            params: self.subst_all(&types.params),
            result: self.subst(types.result),
            yields: types.yields.map(|(item, sent)| (self.subst(item), self.subst(sent))),
            is_async: types.is_async,
        }
    }

    /// Environment first.
    fn closure_params(
        &mut self,
        closure: &Closure,
        types: &ClosureTypes,
        environment: mir::Type,
        consumed: bool,
    ) -> Vec<mir::Param> {
        let own = if consumed { Own::Consume } else { Own::Borrow };
        let mut params = vec![mir::Param { ty: environment, own, name: "环境".to_owned() }];
        for (param, &ty) in closure.params.iter().zip(&types.params) {
            let name = self.scope.body.locals[param.local].name;
            params.push(self.cx.mir_param(param.mode, ty, name, consumed));
        }
        params
    }

    /// A box of the captured variables as they are now.
    fn environment(&mut self, code: mir::FunctionId) -> Option<Value> {
        let layout = self.cx.layouts[&code].clone();
        if layout.fields.is_empty() {
            return None;
        }
        let values = layout
            .fields
            .iter()
            .map(|&(local, shared)| match (self.var(local), shared) {
                (Var::Cell(cell), true) => cell,
                _ => self.read_local(local),
            })
            .collect();
        let mir::TypeKind::Box(content) = *self.cx.module.types.kind(layout.environment) else {
            bug!("an environment that is no box")
        };
        let content = self.struct_new(content, values);
        Some(self.build.plain(Opcode::BoxNew, vec![content], layout.environment, None))
    }

    // ---- local functions ----

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
        free.contains(&local) || matches!(self.scope.vars.get(&local), Some(Var::Function { environment: None, .. }))
    }

    /// All are declared before the first one's captures are looked at.
    fn declare_free_functions(&mut self, functions: &[(LocalId, ExprId)]) {
        for &(local, expr) in functions {
            let closure = self.function_type(local);
            let instance = self.closure_instance(expr, ClosurePart::Code);
            let code = match self.cx.instances.get(&instance) {
                Some(&known) => known,
                None => self.declare_free(expr, instance),
            };
            self.scope.vars.insert(local, Var::Function { code, environment: None, closure });
        }
        for &(local, expr) in functions {
            let code = self.cx.instances[&self.closure_instance(expr, ClosurePart::Code)];
            let named = std::iter::once(local).chain(self.captures(expr));
            let direct = named.map(|it| (it, self.var(it))).collect();
            let environment = self.unit_type();
            let layout = Layout { fields: Vec::new(), direct, own: None, environment };
            self.cx.layouts.insert(code, Rc::new(layout));
        }
    }

    fn declare_free(&mut self, expr: ExprId, instance: Instance) -> mir::FunctionId {
        // Without a layout yet: nothing reads it before the body is lowered.
        let ExprKind::Closure(closure) = &self.scope.body.exprs[expr].kind else { bug!("{expr} is no closure") };
        let types = self.closure_types(expr);
        let environment = self.unit_type();
        let params = self.closure_params(closure, &types, environment, false);
        let name = closure.name.unwrap_or_else(|| Name::new("闭包"));
        let declaration = Declaration {
            name: format!("{}.{name}", self.build.func.name),
            symbol: format!("{}.闭包{}", self.build.func.symbol, expr_number(expr)),
            kind: FunctionKind::Closure,
            params,
            result: self.cx.ty(value_result(&types)),
            span: Some(self.scope.body.exprs[expr].span),
        };
        let code = self.cx.declare_instance(instance, declaration);
        self.inherit_nesting(code);
        code
    }

    fn function_type(&mut self, local: LocalId) -> mir::Type {
        let ty = self.local_type(local);
        self.cx.ty(ty)
    }

    /// A local function with captures becomes known where it stands.
    pub fn local_function(&mut self, local: LocalId, expr: ExprId) {
        if matches!(self.scope.vars.get(&local), Some(Var::Function { environment: None, .. })) {
            return;
        }
        let closure = self.function_type(local);
        let (code, environment) = self.make_closure(expr, Some((local, closure)));
        self.scope.vars.insert(local, Var::Function { code, environment, closure });
    }

    /// Makes the captured variables visible inside the closure's code.
    fn bind_captures(&mut self, layout: &Layout) {
        let environment = self.param(0);
        for (local, var) in &layout.direct {
            self.scope.vars.insert(*local, var.clone());
        }
        if let Some((local, code, closure)) = layout.own {
            let environment = (!layout.fields.is_empty()).then_some(environment);
            self.scope.vars.insert(local, Var::Function { code, environment, closure });
        }
        if layout.fields.is_empty() {
            return;
        }
        let mir::TypeKind::Box(content) = *self.cx.module.types.kind(layout.environment) else {
            bug!("an environment that is no box")
        };
        let content = self.build.plain(Opcode::BoxGet, vec![environment], content, None);
        for (index, &(local, shared)) in layout.fields.iter().enumerate() {
            let value = self.struct_get(content, index as u32);
            self.scope.vars.insert(local, if shared { Var::Cell(value) } else { Var::Value(value) });
        }
    }

    /// The code of an asynchronous closure or local 协程 hands everything to what it starts.
    fn start_inner(
        &mut self,
        code: mir::FunctionId,
        expr: ExprId,
        closure: &'a Closure,
        types: &ClosureTypes,
    ) -> Value {
        let layout = self.cx.layouts[&code].clone();
        let instance = self.closure_instance(expr, ClosurePart::Inner);
        let params = self.closure_params(closure, types, layout.environment, true);
        let (kind, result) = match types.yields {
            Some((item, sent)) => {
                (FunctionKind::Generator { item: self.cx.ty(item), sent: self.cx.ty(sent) }, self.unit_type())
            }
            None => (FunctionKind::Plain, self.cx.ty(types.result)),
        };
        let declaration = Declaration {
            name: self.build.func.name.clone(),
            symbol: format!("{}.体", self.build.func.symbol),
            kind,
            params,
            result,
            span: Some(self.scope.body.exprs[expr].span),
        };
        let inner = self.cx.declare_instance(instance, declaration);
        self.inherit_nesting(inner);
        self.cx.layouts.insert(inner, layout);
        let values = (0..self.build.func.params.len()).map(|index| self.param(index)).collect();
        let ty = self.build.func.result;
        let opcode = match types.yields {
            Some(_) => Opcode::GeneratorNew(inner),
            None => Opcode::Spawn { function: inner, detached: false },
        };
        self.op(opcode, values, ty)
    }
}

impl<'a> Lower<'a> {
    pub fn lower_closure(
        &mut self,
        id: mir::FunctionId,
        source: Source,
        generics: &[Ty],
        known: Known,
        expr: ExprId,
        part: ClosurePart,
    ) {
        let mut scope = self.scope(source, generics);
        scope.known = known;
        let body = scope.body;
        let ExprKind::Closure(closure) = &body.exprs[expr].kind else { bug!("{expr} is no closure") };
        let layout = self.layouts[&id].clone();
        let mut it = Body::new(self, id, scope, Some(body.exprs[expr].span), Ty::unit());
        let types = it.closure_types(expr);
        it.result = types.result;
        if part == ClosurePart::Code && (types.is_async || types.yields.is_some()) {
            let value = it.start_inner(id, expr, closure, &types);
            it.finish_with(value);
            return it.finish(id);
        }
        it.bind_captures(&layout);
        it.bind_closure_params(&closure.params, part);
        let value = it.expr(closure.body);
        let value = if closure.is_block { it.unit() } else { value };
        it.finish_with(value);
        it.finish(id);
    }
}

/// Result of calling the closure as a value.
fn value_result(types: &ClosureTypes) -> Ty {
    match types.yields {
        Some((item, sent)) => Ty::new(TyKind::Generator(item, sent)),
        None if types.is_async => Ty::new(TyKind::Task(types.result)),
        None => types.result,
    }
}

fn expr_number(expr: ExprId) -> usize {
    qi_base::Id::index(expr)
}
