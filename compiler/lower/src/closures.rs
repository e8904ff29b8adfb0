//! Closures and local functions: a function of kind `Closure` over a box of what was captured. Snapshots are copied into
//! the box, shared variables are cells. Local functions that capture nothing are known wherever they are visible.

use crate::body::{Body, Source};
use crate::context::Lower;
use crate::instances::{ClosurePart, Declaration, Instance, Known};
use crate::locals::Var;
use qi_base::{Name, bug};
use qi_hir::{Closure, ClosureTypes, ExprId, ExprKind, LocalId, Mode, Ty, TyKind};
use qi_mir as mir;
use qi_mir::{FunctionKind, Opcode, Own, Value};
use std::rc::Rc;

/// What a closure's code finds where.
#[derive(Debug)]
pub(crate) struct Layout {
    /// Captured variables, in the order of the environment's fields.
    pub(super) fields: Vec<(LocalId, Field)>,
    /// Local functions without environment: called directly.
    pub(super) direct: Vec<(LocalId, Var)>,
    /// The local function itself; a generic one has no code of its own.
    pub(super) own: Option<(LocalId, Option<(mir::FunctionId, mir::Type)>)>,
    pub(super) environment: mir::Type,
}

/// What a field of an environment holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Field {
    /// The value.
    Snapshot,
    /// The cell.
    Shared,
    /// The environment of a function whose code is known.
    Function { code: mir::FunctionId, closure: mir::Type },
    /// The environment of a generic local function.
    Generic,
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
        let instance = self.closure_instance(expr, &[], ClosurePart::Code);
        let code = match self.cx.instances.get(&instance) {
            Some(&known) => known,
            None => {
                let mut layout = self.layout(expr, own.map(|it| it.0));
                let code = self.declare_code(expr, instance, layout.environment);
                layout.own = own.map(|(local, closure)| (local, Some((code, closure))));
                self.cx.layouts.insert(code, Rc::new(layout));
                code
            }
        };
        let layout = self.cx.layouts[&code].clone();
        (code, self.environment(&layout))
    }

    /// An instance of a closure or local function that is visible here; `own` are its own type arguments.
    pub(super) fn closure_instance(&self, expr: ExprId, own: &[Ty], part: ClosurePart) -> Instance {
        let in_scope = self.scope.n_generics + self.scope.typed.closures[&expr].generics.len();
        let outer = in_scope - self.closure_expr(expr).generics.len();
        let generics = self.scope.subst.values[..outer].iter().chain(own).copied().collect();
        Instance::Closure { source: self.scope.source, generics, known: self.scope.known.clone(), expr, part }
    }

    pub(super) fn closure_expr(&self, expr: ExprId) -> &'a Closure {
        match &self.scope.body.exprs[expr].kind {
            ExprKind::Closure(it) => it,
            _ => bug!("{expr} is no closure"),
        }
    }

    /// Where the captured variables are, apart from `own`.
    pub(super) fn layout(&mut self, expr: ExprId, own: Option<LocalId>) -> Layout {
        let typed = self.scope.typed;
        let mut layout = Layout { fields: Vec::new(), direct: Vec::new(), own: None, environment: self.unit_type() };
        let mut parts = Vec::new();
        for capture in typed.captures.get(&expr).into_iter().flatten().filter(|it| own != Some(it.local)) {
            let (field, ty) = match self.var(capture.local) {
                var @ (Var::Function { environment: None, .. } | Var::Generic { environment: None }) => {
                    layout.direct.push((capture.local, var));
                    continue;
                }
                Var::Function { code, environment: Some(it), closure } => {
                    (Field::Function { code, closure }, self.type_of(it))
                }
                Var::Generic { environment: Some(it) } => (Field::Generic, self.type_of(it)),
                Var::Cell(cell) if capture.shared => (Field::Shared, self.type_of(cell)),
                _ => {
                    let ty = self.local_type(capture.local);
                    (Field::Snapshot, self.cx.ty(ty))
                }
            };
            parts.push((self.local_name(capture.local), ty));
            layout.fields.push((capture.local, field));
        }
        let name = self.closure_name(expr);
        layout.environment = self.cx.environment_type(&name, &parts);
        layout
    }

    fn closure_name(&self, expr: ExprId) -> String {
        match self.closure_expr(expr).name {
            Some(name) => format!("{}.{name}", self.build.func.name),
            None => format!("{}.闭包", self.build.func.name),
        }
    }

    /// Declares the code of a closure. Its layout may follow: nothing reads it before the body is lowered.
    pub(super) fn declare_code(&mut self, expr: ExprId, instance: Instance, environment: mir::Type) -> mir::FunctionId {
        let Instance::Closure { generics, part, .. } = &instance else { bug!("an instance of no closure") };
        let types = self.closure_types(expr, generics);
        let closure = self.closure_expr(expr);
        let (params, result) = match *part {
            ClosurePart::Default(index) => {
                let earlier = closure.params.iter().zip(&types.params).take(index);
                let earlier = earlier.map(|(param, &ty)| (Mode::Value, self.scope.body.locals[param.local].name, ty));
                (self.code_params(earlier.collect(), environment, false), types.params[index])
            }
            ClosurePart::Awaited => (self.closure_params(closure, &types, environment, false), types.result),
            _ => (self.closure_params(closure, &types, environment, false), value_result(&types)),
        };
        let declaration = Declaration {
            name: self.closure_name(expr),
            symbol: format!("{}.闭包{}", self.build.func.symbol, expr_number(expr)),
            kind: FunctionKind::Closure,
            params,
            result: self.cx.ty(result),
            span: Some(self.scope.body.exprs[expr].span),
        };
        let code = self.cx.declare_instance(instance, declaration);
        self.inherit_nesting(code);
        code
    }

    pub(super) fn unit_type(&mut self) -> mir::Type {
        self.cx.module.types.unit()
    }

    /// `values`: for all type parameters in scope, its own included.
    fn closure_types(&self, expr: ExprId, values: &[Ty]) -> ClosureTypes {
        let types = self.scope.typed.closures.get(&expr).unwrap_or_else(|| bug!("closure {expr} has no types"));
        let subst = self.scope.subst.extend(self.scope.n_generics, &types.generics, values);
        ClosureTypes {
            generics: Vec::new(),
            params: types.params.iter().map(|&it| subst.apply(it)).collect(),
            result: subst.apply(types.result),
            yields: types.yields.map(|(item, sent)| (subst.apply(item), subst.apply(sent))),
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
        let params = closure.params.iter().zip(&types.params);
        let params = params.map(|(param, &ty)| (param.mode, self.scope.body.locals[param.local].name, ty)).collect();
        self.code_params(params, environment, consumed)
    }

    fn code_params(
        &mut self,
        params: Vec<(Mode, Name, Ty)>,
        environment: mir::Type,
        consumed: bool,
    ) -> Vec<mir::Param> {
        let own = if consumed { Own::Consume } else { Own::Borrow };
        let first = mir::Param { ty: environment, own, name: "环境".to_owned() };
        let rest = params.into_iter().map(|(mode, name, ty)| self.cx.mir_param(mode, ty, name, consumed));
        std::iter::once(first).chain(rest).collect()
    }

    /// A box of the captured variables as they are now.
    pub(super) fn environment(&mut self, layout: &Layout) -> Option<Value> {
        if layout.fields.is_empty() {
            return None;
        }
        let values = layout
            .fields
            .iter()
            .map(|&(local, field)| match (self.var(local), field) {
                (Var::Cell(cell), Field::Shared) => cell,
                (Var::Function { environment: Some(it), .. }, Field::Function { .. }) => it,
                (Var::Generic { environment: Some(it) }, Field::Generic) => it,
                (_, Field::Snapshot) => self.read_local(local),
                (var, field) => bug!("{var:?} is captured as {field:?}"),
            })
            .collect();
        let mir::TypeKind::Box(content) = *self.cx.module.types.kind(layout.environment) else {
            bug!("an environment that is no box")
        };
        let content = self.struct_new(content, values);
        Some(self.build.plain(Opcode::BoxNew, vec![content], layout.environment, None))
    }

    /// Makes the captured variables visible inside the closure's code.
    fn bind_captures(&mut self, layout: &Layout) {
        let environment = self.param(0);
        for (local, var) in &layout.direct {
            self.scope.vars.insert(*local, var.clone());
        }
        if let Some((local, own)) = layout.own {
            let environment = (!layout.fields.is_empty()).then_some(environment);
            let var = match own {
                Some((code, closure)) => Var::Function { code, environment, closure },
                None => Var::Generic { environment },
            };
            self.scope.vars.insert(local, var);
        }
        if layout.fields.is_empty() {
            return;
        }
        let mir::TypeKind::Box(content) = *self.cx.module.types.kind(layout.environment) else {
            bug!("an environment that is no box")
        };
        let content = self.build.plain(Opcode::BoxGet, vec![environment], content, None);
        for (index, &(local, field)) in layout.fields.iter().enumerate() {
            let value = self.struct_part(content, index as u32);
            let var = match field {
                Field::Snapshot => Var::Value(value),
                Field::Shared => Var::Cell(value),
                Field::Function { code, closure } => Var::Function { code, environment: Some(value), closure },
                Field::Generic => Var::Generic { environment: Some(value) },
            };
            self.scope.vars.insert(local, var);
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
        let instance = Instance::Closure {
            source: self.scope.source,
            generics: self.scope.subst.values.clone(),
            known: self.scope.known.clone(),
            expr,
            part: ClosurePart::Inner,
        };
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
        scope.subst = scope.subst.extend(scope.n_generics, &scope.typed.closures[&expr].generics, generics);
        let body = scope.body;
        let ExprKind::Closure(closure) = &body.exprs[expr].kind else { bug!("{expr} is no closure") };
        let layout = self.layouts[&id].clone();
        let mut it = Body::new(self, id, scope, Some(body.exprs[expr].span), Ty::unit());
        let types = it.closure_types(expr, generics);
        it.result = types.result;
        if part == ClosurePart::Code && (types.is_async || types.yields.is_some()) {
            // With a 可变 parameter it can only be awaited at once (E0505), so nothing calls this code.
            if closure.params.iter().all(|it| it.mode == Mode::Value) {
                let value = it.start_inner(id, expr, closure, &types);
                it.finish_with(value);
            }
            return it.finish(id);
        }
        it.bind_captures(&layout);
        it.bind_closure_params(&closure.params, part);
        let value = match part {
            ClosurePart::Default(index) => {
                let default = closure.params[index].default.unwrap_or_else(|| bug!("parameter without default value"));
                it.expr(default)
            }
            _ => it.expr(closure.body),
        };
        let is_block = closure.is_block && !matches!(part, ClosurePart::Default(_));
        let value = if is_block { it.unit() } else { value };
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
