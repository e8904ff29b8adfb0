//! One function body in the making: where it comes from, its variables, the block being filled.

use crate::builder::Builder;
use crate::context::Lower;
use crate::frames::{Frame, FrameId};
use crate::instances::{ClosurePart, Instance, Job, Known};
use crate::locals::Var;
use crate::specialize::nothing_known;
use qi_base::{IdVec, Span, bug};
use qi_hir::{AdtId, AdtKind, ExprId, FunctionId, GenericId, GlobalId, LocalId, Mode, Ty, TypedBody};
use qi_mir as mir;
use qi_mir::{FunctionKind, Own, Terminator, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// Which arenas a body is in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Source {
    Function(FunctionId),
    Global(GlobalId),
    /// Default value of a field: type, variant, field.
    Field(AdtId, u32, u32),
}

/// Generic parameters and their values.
#[derive(Debug)]
pub(crate) struct Substitution {
    pub values: Vec<Ty>,
    params: Vec<GenericId>,
    map: FxHashMap<GenericId, Ty>,
}

impl Substitution {
    pub fn new(params: &[GenericId], values: &[Ty]) -> Rc<Self> {
        let map = params.iter().copied().zip(values.iter().copied()).collect();
        Rc::new(Self { values: values.to_vec(), params: params.to_vec(), map })
    }
    /// The same for the first `n` parameters, with others behind them.
    pub fn extend(&self, n: usize, params: &[GenericId], values: &[Ty]) -> Rc<Self> {
        let params: Vec<GenericId> = self.params[..n].iter().chain(params).copied().collect();
        Self::new(&params, values)
    }
    pub fn apply(&self, ty: Ty) -> Ty {
        ty.substitute(&|id| self.map.get(&id).copied())
    }
}

/// A body with what its names mean here. Swapped while a default value of another item is lowered.
pub(crate) struct Scope<'a> {
    pub source: Source,
    pub body: &'a qi_hir::Body,
    pub typed: &'a TypedBody,
    pub subst: Rc<Substitution>,
    /// How many type parameters the whole body has; local functions add theirs.
    pub n_generics: usize,
    pub mutated: Rc<FxHashSet<LocalId>>,
    pub vars: FxHashMap<LocalId, Var>,
    /// What this instance was specialized for.
    pub known: Known,
    /// The errors behind the variables of 捕获 clauses.
    pub caught: FxHashMap<LocalId, Value>,
}

pub(crate) struct Body<'c, 'a> {
    pub cx: &'c mut Lower<'a>,
    pub id: mir::FunctionId,
    pub build: Builder,
    pub scope: Scope<'a>,
    pub frames: IdVec<FrameId, Frame>,
    /// Open frames, innermost last.
    pub stack: Vec<FrameId>,
    /// Where errors leave the function.
    pub throw: Option<mir::BlockId>,
    /// Place of the expression being lowered.
    /// Where the operation being emitted stands. Code that only passes something on has no place, so stacks of errors
    /// do not show it.
    pub span: Option<Span>,
    /// HIR result of the function or closure: what 返回 and `?` make.
    pub result: Ty,
    /// C texts to free after the call being lowered.
    pub c_texts: Vec<Value>,
    /// In the body of top-level statements: globals whose initialisers still have to run.
    pub pending_globals: Vec<GlobalId>,
}

impl<'a> Lower<'a> {
    pub fn lower_job(&mut self, id: mir::FunctionId, job: Job) {
        if let Job::Instance(
            Instance::Function(function, _)
            | Instance::Specialized { function, .. }
            | Instance::Closure { source: Source::Function(function), .. },
        ) = &job
            && !self.program.modules[self.program.functions[*function].module].is_std
        {
            self.current = Some(*function);
        }
        match job {
            Job::Thunk(thunk) => self.lower_thunk(id, &thunk),
            Job::Instance(Instance::Function(function, generics)) => {
                self.lower_function(id, function, &generics, nothing_known());
            }
            Job::Instance(Instance::Specialized { function, generics, known }) => {
                self.lower_function(id, function, &generics, known);
            }
            Job::Instance(Instance::GlobalInit(global)) => self.lower_global_init(id, global),
            Job::Instance(Instance::Default(it)) => self.lower_default(id, &it),
            Job::Instance(Instance::Closure { source, generics, known, expr, part }) => {
                self.lower_closure(id, source, &generics, known, expr, part);
            }
        }
    }

    fn lower_function(&mut self, id: mir::FunctionId, function: FunctionId, generics: &[Ty], known: Known) {
        let data = &self.program.functions[function];
        if data.intrinsic.is_some() || data.external.is_some() {
            return self.lower_adapter(id, function, generics);
        }
        let result = {
            let lookup = self.substitution(function, generics);
            self.analysis.signatures.functions[function].result.substitute(&lookup)
        };
        let is_top_level = self.program.modules[data.module].top_level == Some(function);
        let pending = if is_top_level { self.module_globals(data.module) } else { Vec::new() };
        let mut scope = self.scope(Source::Function(function), generics);
        scope.known = known;
        let mut body = Body::new(self, id, scope, Some(data.signature_span), result);
        body.build.func.no_alloc = data.no_alloc;
        body.pending_globals = pending;
        body.bind_params(data);
        let root = body.scope.body.root.unwrap_or_else(|| bug!("function {} has no body", data.name));
        let value = body.expr(root);
        body.run_pending_globals(None);
        body.finish_with(value);
        body.finish(id);
    }

    fn lower_global_init(&mut self, id: mir::FunctionId, global: GlobalId) {
        let ty = self.analysis.signatures.globals[global].ty;
        let target = self.global(global);
        let object = self.is_atomic_object(global);
        let scope = self.scope(Source::Global(global), &[]);
        let span = self.program.globals[global].name_span;
        let mut body = Body::new(self, id, scope, Some(span), Ty::unit());
        let root = body.scope.body.root.unwrap_or_else(|| bug!("global without initialiser"));
        let value = body.expr(root);
        let lowered = body.cx.ty(ty);
        let value = body.fit(value, lowered);
        let address = body.global_address(target);
        if object {
            let handle = body.load(address);
            body.runtime(qi_mir::RuntimeFn::qi_atomic_store, Vec::new(), vec![handle, value], None);
        } else {
            body.store(address, value);
        }
        let unit = body.unit();
        body.finish_with(unit);
        body.finish(id);
    }

    /// Arenas, types and substitution of a body.
    pub fn scope(&mut self, source: Source, generics: &[Ty]) -> Scope<'a> {
        let (program, analysis) = (self.program, self.analysis);
        let (body, typed, params) = match source {
            Source::Function(id) => (
                program.functions[id].body.as_ref(),
                analysis.bodies.get(&id),
                analysis.signatures.functions[id].generics.as_slice(),
            ),
            Source::Global(id) => (program.globals[id].init.as_ref(), analysis.global_bodies.get(&id), &[][..]),
            Source::Field(id, variant, field) => {
                let adt = &program.adts[id];
                let def = match &adt.kind {
                    AdtKind::Struct(fields) => &fields[field as usize],
                    AdtKind::Enum(variants) => &variants[variant as usize].fields[field as usize],
                };
                (def.default.as_ref(), analysis.field_defaults.get(&(id, variant, field)), adt.generics.as_slice())
            }
        };
        let body = body.unwrap_or_else(|| bug!("{source:?} has no body"));
        let typed = typed.unwrap_or_else(|| bug!("{} was not checked", self.source_name(source)));
        let mutated = self.mutated(source, body, typed);
        let subst = Substitution::new(params, generics);
        let vars = FxHashMap::default();
        let (n_generics, known, caught) = (params.len(), nothing_known(), FxHashMap::default());
        Scope { source, body, typed, subst, n_generics, mutated, vars, known, caught }
    }

    fn source_name(&self, source: Source) -> String {
        match source {
            Source::Function(id) => self.function_name(id),
            Source::Global(id) => self.program.globals[id].name.as_str().to_owned(),
            Source::Field(id, ..) => format!("a default value of {}", self.program.adts[id].name),
        }
    }
}

impl<'c, 'a> Body<'c, 'a> {
    /// Starts the body of a declared function.
    pub fn new(cx: &'c mut Lower<'a>, id: mir::FunctionId, scope: Scope<'a>, span: Option<Span>, result: Ty) -> Self {
        let func = cx.module.functions[id].clone();
        Self {
            cx,
            id,
            build: Builder::new(func),
            scope,
            frames: IdVec::new(),
            stack: Vec::new(),
            throw: None,
            span,
            result,
            c_texts: Vec::new(),
            pending_globals: Vec::new(),
        }
    }

    pub fn param(&self, index: usize) -> Value {
        self.build.func.blocks[self.build.func.entry].params[index]
    }

    pub fn is_generator(&self) -> bool {
        matches!(self.build.func.kind, FunctionKind::Generator { .. })
    }

    fn bind_params(&mut self, data: &'a qi_hir::Function) {
        let mut next = 0;
        if let Some(local) = self.scope.body.self_local.filter(|_| data.has_self) {
            self.bind_param(local, next);
            next += 1;
        }
        for (index, &local) in self.scope.body.params.iter().enumerate() {
            match self.scope.known.iter().find(|it| it.0 == index).map(|it| it.1) {
                Some(code) => self.bind_known(local, next, code),
                None => self.bind_param(local, next),
            }
            next += 1;
        }
    }

    /// Makes parameter `index` the variable.
    pub fn bind_param(&mut self, local: LocalId, index: usize) {
        let value = self.param(index);
        let stays = !self.scope.mutated.contains(&local) && !self.scope.typed.cells.contains(&local);
        match self.build.func.params[index].own {
            Own::Place if self.scope.typed.cells.contains(&local) => {
                let var = self.lent_cell(value);
                self.scope.vars.insert(local, var);
            }
            Own::Place => drop(self.scope.vars.insert(local, Var::Place(value))),
            // The caller keeps it alive: it does not die here.
            Own::Borrow if stays => drop(self.scope.vars.insert(local, Var::Value(value))),
            Own::Borrow | Own::Plain | Own::Consume => {
                let ty = self.local_type(local);
                self.bind_local(local, value, ty);
            }
        }
    }

    /// Type of a local under this instance's substitution.
    pub fn local_type(&self, local: LocalId) -> Ty {
        match self.scope.typed.local_types.get(local) {
            Some(Some(ty)) => self.scope.subst.apply(*ty),
            _ => bug!("local {} has no type", self.scope.body.locals[local].name),
        }
    }

    /// Type of an expression before its adjustments.
    pub fn raw_type(&self, expr: ExprId) -> Ty {
        match self.scope.typed.expr_types.get(expr) {
            Some(Some(ty)) => self.scope.subst.apply(*ty),
            _ => bug!("expression {expr} at {:?} has no type", self.scope.body.exprs[expr].span),
        }
    }

    pub fn subst(&self, ty: Ty) -> Ty {
        self.scope.subst.apply(ty)
    }
    pub fn subst_all(&self, types: &[Ty]) -> Vec<Ty> {
        types.iter().map(|&it| self.scope.subst.apply(it)).collect()
    }

    /// Leaves the function with its result, if the end can be reached, and closes all that is open.
    pub fn finish_with(&mut self, value: Value) {
        let result = self.build.func.result;
        let value = if self.build.func.values[value] == result {
            Some(value)
        } else if *self.cx.module.types.kind(result) == qi_mir::TypeKind::Unit {
            Some(self.unit())
        } else {
            None
        };
        self.close(0);
        // Without a value the checker proved that no path gets here (endless loops).
        self.build.terminate(value.map_or(Terminator::Unreachable, Terminator::Return));
    }

    /// Puts the finished function into the module.
    pub fn finish(self, id: mir::FunctionId) {
        debug_assert!(self.stack.is_empty(), "open frames at the end of {}", self.build.func.name);
        self.cx.module.functions[id] = crate::finish::drop_unreachable(self.build.func);
    }

    /// Lowers with another body's arenas; variables of this one are out of sight meanwhile.
    pub fn with_scope<R>(&mut self, scope: Scope<'a>, run: impl FnOnce(&mut Self) -> R) -> R {
        let saved = std::mem::replace(&mut self.scope, scope);
        let span = self.span;
        let result = run(self);
        self.span = span;
        self.scope = saved;
        result
    }

    /// Parameters of a closure follow its environment.
    pub fn bind_closure_params(&mut self, params: &[qi_hir::ClosureParam], part: ClosurePart) {
        let n_params = if let ClosurePart::Default(index) = part { index } else { params.len() };
        for (index, param) in params[..n_params].iter().enumerate() {
            if part == ClosurePart::Inner && param.mode == Mode::InOut {
                bug!("可变 parameter of a closure that starts a task");
            }
            self.bind_param(param.local, index + 1);
        }
    }
}
