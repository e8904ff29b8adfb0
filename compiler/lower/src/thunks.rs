//! Functions that no one wrote: they take operands one way and call a target that takes them another way. Function values
//! of named functions, bound methods, vtable entries, task roots.

use crate::body::{Body, Scope, Source, Substitution};
use crate::context::Lower;
use crate::expr::Operand;
use crate::instances::{Declaration, Job};
use crate::place::{Place, Root};
use crate::specialize::nothing_known;
use crate::target::{Structural, Target, TargetSignature};
use qi_base::{Id, Name, Span, bug};
use qi_hir::{CallMode, FunctionId, Mode, Ty, TypedBody};
use qi_mir as mir;
use qi_mir::{FunctionKind, Opcode, Own, TypeKind, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Thunk {
    /// Closure without environment.
    Forward(Target),
    /// Closure whose environment holds the receiver.
    Bound(Target),
    /// What a task runs: owns its operands.
    Root(Target),
    /// What the task of a known closure runs: owns the environment.
    BlockRoot(mir::FunctionId),
    /// A closure without environment as a plain function, for C.
    Callback(mir::FunctionId),
    /// What C calls: owns its operands.
    Export(FunctionId),
    /// Vtable entry for a value of the type.
    Method { target: Target, ty: Ty, mutates: bool },
    /// Hidden entry of a vtable.
    TypeNumber(Ty),
    /// Hidden entry of the vtable of a trait that extends 错误: the content as an error.
    Raise(Ty),
    /// Hidden entry of a vtable: the content as a 任意 of a supertrait.
    Upcast { ty: Ty, to: Ty },
}

impl<'a> Lower<'a> {
    pub fn thunk(&mut self, thunk: Thunk) -> mir::FunctionId {
        if let Some(&known) = self.thunks.get(&thunk) {
            return known;
        }
        let declaration = self.declare_thunk(&thunk);
        let id = self.push_declaration(declaration);
        self.thunks.insert(thunk.clone(), id);
        self.queue.push_back((id, Job::Thunk(thunk)));
        id
    }

    /// With the type of its environment.
    pub fn bound_thunk(&mut self, target: Target) -> (mir::FunctionId, mir::Type) {
        let id = self.thunk(Thunk::Bound(target));
        (id, self.module.functions[id].params[0].ty)
    }

    fn declare_thunk(&mut self, thunk: &Thunk) -> Declaration {
        if let Thunk::Export(function) = thunk {
            return self.declare_export(*function);
        }
        let (name, span) = self.thunk_name(thunk);
        let (prefix, kind, params, result) = match thunk {
            Thunk::Forward(target) => {
                let signature = self.target_signature(target);
                let unit = self.module.types.unit();
                let params = self.thunk_params(Some((unit, Own::Borrow)), &signature.operands(), false);
                ("函数值", FunctionKind::Closure, params, self.ty(signature.value_result()))
            }
            Thunk::Bound(target) => {
                let signature = self.target_signature(target);
                let receiver = signature.receiver.unwrap_or_else(|| bug!("a bound function without receiver")).1;
                let receiver = self.ty(receiver);
                let environment = self.environment_type(&name, &[("自己".to_owned(), receiver)]);
                let params = self.thunk_params(Some((environment, Own::Borrow)), &signature.params, false);
                ("方法值", FunctionKind::Closure, params, self.ty(signature.value_result()))
            }
            Thunk::Root(target) => {
                let signature = self.target_signature(target);
                let params: Vec<(Mode, Ty)> = signature.operands().into_iter().map(|it| (Mode::Value, it.1)).collect();
                ("任务", FunctionKind::Plain, self.thunk_params(None, &params, true), self.ty(signature.result))
            }
            Thunk::BlockRoot(code) => {
                let code = &self.module.functions[*code];
                let (environment, result) = (code.params[0].ty, code.result);
                let params = self.thunk_params(Some((environment, Own::Consume)), &[], true);
                ("任务", FunctionKind::Plain, params, result)
            }
            Thunk::Callback(code) => {
                let code = &self.module.functions[*code];
                ("回调", FunctionKind::Plain, code.params[1..].to_vec(), code.result)
            }
            Thunk::Export(_) => bug!("exports are declared by themselves"),
            Thunk::Method { target, ty, mutates } => {
                let signature = self.target_signature(target);
                let ty = self.ty(*ty);
                let own = if *mutates {
                    (self.module.types.address(ty), Own::Place)
                } else {
                    (self.module.types.intern(TypeKind::Box(ty)), Own::Borrow)
                };
                let params = self.thunk_params(Some(own), &signature.params, false);
                ("方法", FunctionKind::Method, params, self.ty(signature.result))
            }
            Thunk::TypeNumber(ty) | Thunk::Raise(ty) | Thunk::Upcast { ty, .. } => {
                let ty = self.ty(*ty);
                let boxed = self.module.types.intern(TypeKind::Box(ty));
                let params = self.thunk_params(Some((boxed, Own::Borrow)), &[], false);
                match thunk {
                    Thunk::Raise(_) => ("错误", FunctionKind::Method, params, self.module.types.error()),
                    Thunk::Upcast { to, .. } => ("上转", FunctionKind::Method, params, self.ty(*to)),
                    _ => ("类型号", FunctionKind::Method, params, self.module.types.i64()),
                }
            }
        };
        let symbol = format!("qi.{prefix}.{name}");
        Declaration { name, symbol, kind, params, result, span }
    }

    fn thunk_params(
        &mut self,
        first: Option<(mir::Type, Own)>,
        params: &[(Mode, Ty)],
        consumed: bool,
    ) -> Vec<mir::Param> {
        let first = first.map(|(ty, own)| mir::Param { ty, own, name: "环境".to_owned() });
        let rest = params.iter().map(|&(mode, ty)| self.mir_param(mode, ty, Name::new("参数"), consumed));
        first.into_iter().chain(rest.collect::<Vec<_>>()).collect()
    }

    /// Named after what it calls.
    fn thunk_name(&self, thunk: &Thunk) -> (String, Option<Span>) {
        match thunk {
            Thunk::Forward(target) | Thunk::Bound(target) | Thunk::Root(target) | Thunk::Method { target, .. } => {
                match target {
                    Target::Function { function, .. } => {
                        (self.function_name(*function), Some(self.program.functions[*function].name_span))
                    }
                    Target::Dynamic { method, .. } => {
                        (self.function_name(*method), Some(self.program.functions[*method].name_span))
                    }
                    Target::Variant { adt, .. } => (self.program.adts[*adt].name.as_str().to_owned(), None),
                    Target::Structural { op, ty } => {
                        (format!("{}.{}", self.type_name(*ty), structural_name(*op)), None)
                    }
                    Target::Value { ty } | Target::Identity { ty } => (self.type_name(*ty), None),
                    Target::Print { .. } => ("打印".to_owned(), None),
                }
            }
            Thunk::Export(function) => (self.function_name(*function), None),
            Thunk::BlockRoot(code) | Thunk::Callback(code) => (self.module.functions[*code].name.clone(), None),
            Thunk::TypeNumber(ty) | Thunk::Raise(ty) | Thunk::Upcast { ty, .. } => (self.type_name(*ty), None),
        }
    }

    pub fn lower_thunk(&mut self, id: mir::FunctionId, thunk: &Thunk) {
        let mut body = Body::synthesized(self, id);
        let value = match thunk {
            Thunk::Forward(target) => body.forward(target, 1),
            Thunk::Bound(target) => body.bound(target),
            Thunk::Root(target) => body.root(target),
            Thunk::BlockRoot(code) => {
                let (environment, result) = (body.param(0), body.build.func.result);
                body.op(Opcode::Call(*code), vec![environment], result)
            }
            Thunk::Callback(code) => {
                let mut values = vec![body.unit()];
                values.extend((0..body.build.func.params.len()).map(|index| body.param(index)));
                let result = body.build.func.result;
                body.op(Opcode::Call(*code), values, result)
            }
            Thunk::Export(function) => body.export(*function),
            Thunk::Method { target, ty, mutates } => body.method(target, *ty, *mutates),
            Thunk::TypeNumber(ty) => {
                let number = body.cx.type_number(*ty);
                body.int(number)
            }
            Thunk::Raise(ty) => {
                let (boxed, lowered) = (body.param(0), body.cx.ty(*ty));
                let content = body.build.plain(Opcode::BoxGet, vec![boxed], lowered, None);
                body.make_error(content, *ty)
            }
            Thunk::Upcast { ty, to } => {
                let (boxed, lowered) = (body.param(0), body.cx.ty(*ty));
                let content = body.build.plain(Opcode::BoxGet, vec![boxed], lowered, None);
                body.make_dynamic(content, *ty, *to)
            }
        };
        body.finish_with(value);
        body.finish(id);
    }

    /// A function of its own around an intrinsic or C function.
    pub fn lower_adapter(&mut self, id: mir::FunctionId, function: FunctionId, generics: &[Ty]) {
        let mut body = Body::synthesized(self, id);
        let values = (0..body.build.func.params.len()).map(|index| body.param(index)).collect();
        let value = body.call_values(&Target::Function { function, generics: generics.to_vec() }, values);
        body.finish_with(value);
        body.finish(id);
    }
}

impl<'c, 'a> Body<'c, 'a> {
    /// A body that comes from no source text.
    pub fn synthesized(cx: &'c mut Lower<'a>, id: mir::FunctionId) -> Self {
        let scope = Scope {
            source: Source::Function(FunctionId::from_index(0)),
            body: empty_body(),
            typed: empty_types(),
            subst: Substitution::new(&[], &[]),
            n_generics: 0,
            mutated: Rc::new(FxHashSet::default()),
            vars: FxHashMap::default(),
            known: nothing_known(),
            caught: FxHashMap::default(),
        };
        Self::new(cx, id, scope, None, Ty::unit())
    }

    /// Parameters from `first` on as operands.
    fn operands(&mut self, first: usize, params: &[(Mode, Ty)]) -> Vec<Operand> {
        let params = params.iter().enumerate();
        params.map(|(index, &(mode, ty))| operand(self.param(first + index), mode, ty)).collect()
    }

    fn call_mode(signature: &TargetSignature) -> CallMode {
        if signature.is_async { CallMode::Task { detached: false } } else { CallMode::Direct }
    }

    fn forward(&mut self, target: &Target, first: usize) -> Value {
        let signature = self.cx.target_signature(target);
        let operands = self.operands(first, &signature.operands());
        self.invoke(target, operands, Self::call_mode(&signature))
    }

    fn bound(&mut self, target: &Target) -> Value {
        let signature = self.cx.target_signature(target);
        let environment = self.param(0);
        let TypeKind::Box(content) = *self.kind_of(environment) else { bug!("an environment that is no box") };
        let content = self.build.plain(Opcode::BoxGet, vec![environment], content, None);
        let mut operands = vec![Operand::Value(self.struct_get(content, 0))];
        operands.extend(self.operands(1, &signature.params));
        self.invoke(target, operands, Self::call_mode(&signature))
    }

    fn root(&mut self, target: &Target) -> Value {
        let count = self.build.func.params.len();
        let operands = (0..count).map(|index| Operand::Value(self.param(index))).collect();
        self.invoke(target, operands, CallMode::Direct)
    }

    fn method(&mut self, target: &Target, ty: Ty, mutates: bool) -> Value {
        let signature = self.cx.target_signature(target);
        let first = self.param(0);
        let receiver = if mutates {
            operand(first, Mode::InOut, ty)
        } else {
            let lowered = self.cx.ty(ty);
            Operand::Value(self.build.plain(Opcode::BoxGet, vec![first], lowered, None))
        };
        let mut operands = vec![receiver];
        operands.extend(self.operands(1, &signature.params));
        self.invoke(target, operands, CallMode::Direct)
    }
}

fn operand(param: Value, mode: Mode, ty: Ty) -> Operand {
    match mode {
        Mode::Value => Operand::Value(param),
        Mode::InOut => Operand::Place(Place { root: Root::Address(param), steps: Vec::new(), ty }),
    }
}

fn empty_body() -> &'static qi_hir::Body {
    static BODY: std::sync::LazyLock<qi_hir::Body> = std::sync::LazyLock::new(qi_hir::Body::default);
    &BODY
}

fn empty_types() -> &'static TypedBody {
    static TYPES: std::sync::LazyLock<TypedBody> = std::sync::LazyLock::new(TypedBody::default);
    &TYPES
}

/// The derived method that a structural target stands for, as dumps show it.
fn structural_name(op: Structural) -> &'static str {
    match op {
        Structural::Equal => "相等",
        Structural::Order => "比较",
        Structural::Hash => "散列值",
        Structural::Text => "文本",
        Structural::Message => "消息",
    }
}
