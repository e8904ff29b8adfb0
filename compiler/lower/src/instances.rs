//! Which functions the module has: every (function, concrete generics), closure and synthesized adapter is declared once,
//! when first asked for, so that recursion finds it; its body follows from the queue.

use crate::body::Source;
use crate::context::Lower;
use crate::defaults::DefaultValue;
use crate::thunks::Thunk;
use qi_base::{Name, Span, bug};
use qi_hir::{ExprId, FunctionId, GlobalId, Mode, Ty, TyKind};
use qi_mir as mir;
use qi_mir::{FunctionKind, Own};
use std::rc::Rc;

/// What a MIR function is made from.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Instance {
    Function(FunctionId, Vec<Ty>),
    /// The same, made for callers that pass these known functions: it takes their environments instead.
    Specialized {
        function: FunctionId,
        generics: Vec<Ty>,
        known: Known,
    },
    /// A closure of a body; `part` tells a starter from what it starts. `known` is that of the body.
    Closure {
        source: Source,
        generics: Vec<Ty>,
        known: Known,
        expr: ExprId,
        part: ClosurePart,
    },
    GlobalInit(GlobalId),
    Default(DefaultValue),
}

/// Parameters (without 自己) that are known functions, with the code they stand for.
pub(crate) type Known = Rc<[(usize, mir::FunctionId)]>;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum ClosurePart {
    /// What the 函数 value runs.
    Code,
    /// Of asynchronous closures and local 协程: the task root or generator body that `Code` starts.
    Inner,
    /// Of asynchronous local functions: the body, for a call that is awaited at once.
    Awaited,
    /// The default value of a local function's parameter: takes the parameters before it.
    Default(usize),
}

/// How to make the body of a declared function.
#[derive(Clone, Debug)]
pub(crate) enum Job {
    Instance(Instance),
    Thunk(Thunk),
}

/// Name, symbol and signature of a function to be declared.
pub(crate) struct Declaration {
    pub name: String,
    pub symbol: String,
    pub kind: FunctionKind,
    pub params: Vec<mir::Param>,
    pub result: mir::Type,
    pub span: Option<Span>,
}

impl Lower<'_> {
    pub fn instance(&mut self, instance: Instance) -> mir::FunctionId {
        if let Some(&known) = self.instances.get(&instance) {
            return known;
        }
        let declaration = match &instance {
            Instance::Function(function, generics) => self.declare_function(*function, generics),
            Instance::Specialized { function, generics, known } => self.declare_specialized(*function, generics, known),
            Instance::GlobalInit(global) => self.declare_global_init(*global),
            Instance::Default(it) => self.declare_default(it),
            Instance::Closure { .. } => bug!("closures are declared where they stand"),
        };
        self.declare_instance(instance, declaration)
    }

    pub fn declare_instance(&mut self, instance: Instance, declaration: Declaration) -> mir::FunctionId {
        let id = self.push_declaration(declaration);
        self.instances.insert(instance.clone(), id);
        self.queue.push_back((id, Job::Instance(instance)));
        id
    }

    pub fn push_declaration(&mut self, declaration: Declaration) -> mir::FunctionId {
        let Declaration { name, symbol, kind, params, result, span } = declaration;
        let symbol = self.unique_symbol(&symbol);
        let mut func = mir::Function::new(name, symbol, kind, params, result);
        func.site = span.map(|span| self.site(span, &func.name));
        self.module.functions.push(func)
    }

    pub fn declare_function(&mut self, function: FunctionId, generics: &[Ty]) -> Declaration {
        // A lowered body of an endless instance would ask for the next one.
        self.check_depth(generics, function);
        let data = &self.program.functions[function];
        let signature =
            self.target_signature(&crate::target::Target::Function { function, generics: generics.to_vec() });
        let mut params = Vec::new();
        if let Some((mode, ty)) = signature.receiver {
            params.push(self.mir_param(mode, ty, Name::new("自己"), signature.is_generator));
        }
        for (param, &(mode, ty)) in data.params.iter().zip(&signature.params) {
            params.push(self.mir_param(mode, ty, param.name, signature.is_generator));
        }
        let (kind, result) = match signature.result.kind() {
            TyKind::Generator(item, sent) if signature.is_generator => {
                (FunctionKind::Generator { item: self.ty(*item), sent: self.ty(*sent) }, self.module.types.unit())
            }
            _ => (FunctionKind::Plain, self.ty(signature.result)),
        };
        let symbol = self.function_symbol(function, generics);
        Declaration { name: self.function_name(function), symbol, kind, params, result, span: Some(data.name_span) }
    }

    /// A parameter; `consumed` ones belong to the function (generators, task roots).
    pub fn mir_param(&mut self, mode: Mode, ty: Ty, name: Name, consumed: bool) -> mir::Param {
        let (own, ty) = self.param(mode, ty);
        let own = if consumed && own != Own::Place { Own::Consume } else { own };
        mir::Param { ty, own, name: name.as_str().to_owned() }
    }

    fn declare_global_init(&mut self, global: GlobalId) -> Declaration {
        let data = &self.program.globals[global];
        let module = &self.program.modules[data.module];
        Declaration {
            name: data.name.as_str().to_owned(),
            symbol: format!("qi.init.{}.{}", module.name, data.name),
            kind: FunctionKind::Plain,
            params: Vec::new(),
            result: self.module.types.unit(),
            span: Some(data.name_span),
        }
    }

    /// The MIR global of a top-level 变量 or 常量. Integers that tasks share are atomic objects, so that compound
    /// assignment is one checked step.
    pub fn global(&mut self, id: GlobalId) -> mir::GlobalId {
        if let Some(&known) = self.globals.get(&id) {
            return known;
        }
        let data = &self.program.globals[id];
        let ty = self.analysis.signatures.globals[id].ty;
        let object = self.is_atomic_object(id);
        let ty = if object { self.module.types.intern(mir::TypeKind::Atomic) } else { self.ty(ty) };
        let global = self.module.globals.push(mir::Global {
            name: data.name.as_str().to_owned(),
            ty,
            constant: data.constant || self.analysis.frozen_globals.contains(&id),
            atomic: !object && self.analysis.atomic_globals.contains(&id),
        });
        self.globals.insert(id, global);
        if self.program.modules[data.module].is_std {
            self.used_globals.insert(id);
        }
        global
    }

    pub fn is_atomic_object(&self, id: GlobalId) -> bool {
        let ty = self.analysis.signatures.globals[id].ty;
        self.analysis.atomic_globals.contains(&id) && ty == Ty::int()
    }
}
