//! Calls: operands in the order in which they are written, places lent after all of them, then the operation itself.

use crate::body::Body;
use crate::frames::FrameKind;
use crate::instances::Instance;
use crate::locals::Var;
use crate::place::Place;
use crate::specialize::KnownFunction;
use crate::target::{Structural, Target, TargetSignature};
use crate::thunks::Thunk;
use qi_base::bug;
use qi_hir::{
    Arg, ArgSource, BinaryOp, Builtin, Call, CallMode, Callee, ExprId, ExprKind, FunctionId, Mode, OperatorKind, Res,
    Ty, TyKind,
};
use qi_mir::{Opcode, Own, RuntimeFn, Signature, Type, TypeKind, Value};
use rustc_hash::FxHashMap;

/// An evaluated operand.
#[derive(Clone, Debug)]
pub(crate) enum Operand {
    Value(Value),
    /// Lent to the callee.
    Place(Place),
    /// A 函数 value whose code is known.
    Function(KnownFunction),
    /// Environment of a known function, for a callee made for it.
    Environment(Value),
}

impl<'a> Body<'_, 'a> {
    pub(super) fn call(&mut self, expr: ExprId, callee: ExprId, args: &'a [Arg]) -> Value {
        let typed = self.scope.typed;
        let call = typed.calls.get(&expr).unwrap_or_else(|| bug!("call {expr} at {:?} has no callee", self.span));
        match &call.callee {
            Callee::Builtin(it) => self.builtin(expr, it, args, call.mode),
            Callee::Value => self.call_value(expr, callee, args, call),
            it => {
                let target = self.target(it, None);
                self.call_target(&target, None, args, call, call.mode)
            }
        }
    }

    /// How a call of a 函数 value runs: the value of an asynchronous function starts its task itself.
    pub(super) fn value_mode(&self, expr: ExprId, call: &Call, function: Ty) -> CallMode {
        let TyKind::Function { result, .. } = function.kind() else { return call.mode };
        match call.mode {
            CallMode::Task { .. } if *result == self.raw_type(expr) => CallMode::Direct,
            mode => mode,
        }
    }

    /// Evaluates the written arguments and calls.
    pub(super) fn call_target(
        &mut self,
        target: &Target,
        receiver: Option<Operand>,
        args: &'a [Arg],
        call: &'a Call,
        mode: CallMode,
    ) -> Value {
        self.call_named(target, receiver, args, call, mode, None)
    }

    /// The same for a callee that `named` names, perhaps a local function.
    fn call_named(
        &mut self,
        target: &Target,
        receiver: Option<Operand>,
        args: &'a [Arg],
        call: &'a Call,
        mode: CallMode,
        named: Option<ExprId>,
    ) -> Value {
        let signature = self.cx.target_signature(target);
        let outer_texts = std::mem::take(&mut self.c_texts);
        let depth = self.stack.len();
        let mut operands: Vec<Operand> = receiver.into_iter().collect();
        let lends = self.lends(target, mode);
        operands.extend(self.arguments(args, call, &signature, named, lends));
        let texts = std::mem::replace(&mut self.c_texts, outer_texts);
        if !texts.is_empty() {
            self.push_frame(FrameKind::FreeTexts(texts));
        }
        let result = self.invoke(target, operands, mode);
        self.close(depth);
        result
    }

    /// Whether the callee is a function of the program that only borrows what it gets.
    pub(super) fn lends(&self, target: &Target, mode: CallMode) -> bool {
        let is_body = match target {
            Target::Function { function, .. } => {
                let data = &self.cx.program.functions[*function];
                data.intrinsic.is_none() && data.external.is_none()
            }
            Target::Dynamic { .. } | Target::Value { .. } => true,
            Target::Variant { .. } | Target::Structural { .. } | Target::Identity { .. } | Target::Print { .. } => {
                false
            }
        };
        is_body && mode == CallMode::Direct
    }

    /// What a call gave and nobody else owns: a generator in it ends when the call it is lent to has returned, also where
    /// that is inlined. Opens a frame that the caller closes.
    pub(super) fn lent(&mut self, expr: ExprId, value: Value) -> Value {
        let is_made_here =
            matches!(self.scope.body.exprs[expr].kind, ExprKind::Call { .. } | ExprKind::MethodCall { .. });
        let ty = self.adjusted_type(expr);
        if is_made_here { self.held(value, ty) } else { value }
    }

    /// What a callee is once types are concrete. `receiver` is the type of 自己 where the callee is found through it.
    pub(super) fn target(&self, callee: &Callee, receiver: Option<Ty>) -> Target {
        match callee {
            Callee::Function { function, generics } => {
                Target::Function { function: *function, generics: self.subst_all(generics) }
            }
            Callee::TraitMethod { method, generics } => self.cx.resolve_method(*method, &self.subst_all(generics)),
            Callee::DynamicMethod { trait_, method, generics, .. } => {
                let args = self.subst_all(generics);
                let ty = Ty::new(TyKind::Dynamic(*trait_, args.clone()));
                self.cx.resolve_method(*method, &self.cx.dynamic_generics(*trait_, &args, *method, ty))
            }
            Callee::Variant { adt, variant, generics } => {
                Target::Variant { adt: *adt, variant: *variant, generics: self.subst_all(generics) }
            }
            Callee::Builtin(it) => {
                let ty = receiver.unwrap_or_else(|| bug!("{it:?} without receiver"));
                Target::Structural { op: structural(it), ty }
            }
            Callee::Value => bug!("a 函数 value is no static target"),
        }
    }

    /// Operands for the parameters (without 自己), evaluated in the order in which they are written. `named` is the name of
    /// a local function.
    fn arguments(
        &mut self,
        written: &'a [Arg],
        call: &'a Call,
        signature: &TargetSignature,
        named: Option<ExprId>,
        lends: bool,
    ) -> Vec<Operand> {
        let mode_of = |expr: ExprId| {
            let index = call.args.iter().position(|it| *it == ArgSource::Expr(expr));
            index.and_then(|index| signature.params.get(index)).map_or(Mode::Value, |it| it.0)
        };
        let mut evaluated: FxHashMap<ExprId, Operand> = FxHashMap::default();
        for arg in written {
            let operand = match mode_of(arg.value) {
                Mode::InOut => Operand::Place(self.place(arg.value)),
                Mode::Value => match self.value_operand(arg.value) {
                    Operand::Value(value) if lends => Operand::Value(self.lent(arg.value, value)),
                    operand => operand,
                },
            };
            evaluated.insert(arg.value, operand);
        }
        let mut operands = Vec::with_capacity(call.args.len());
        for (index, source) in call.args.iter().enumerate() {
            operands.push(match source {
                ArgSource::Expr(it) => match evaluated.get(it) {
                    Some(operand) => operand.clone(),
                    None => Operand::Value(self.expr(*it)),
                },
                ArgSource::Default => {
                    let value = match named {
                        Some(name) => self.local_default(name, index, &operands, signature),
                        None => self.default_argument(&call.callee, index, &operands),
                    };
                    Operand::Value(if lends { self.held(value, signature.params[index].1) } else { value })
                }
                ArgSource::Variadic(items) => {
                    let ty = self.cx.ty(signature.params[index].1);
                    let items = items.iter().map(|it| match evaluated.get(it) {
                        Some(operand) => (self.is_spread(*it), self.materialize(operand.clone())),
                        None => bug!("variadic argument {it} is not written"),
                    });
                    let items = items.collect();
                    Operand::Value(self.packed(ty, items))
                }
            });
        }
        operands
    }

    fn is_spread(&self, argument: ExprId) -> bool {
        matches!(self.scope.body.exprs[argument].kind, ExprKind::Spread(_))
    }

    /// The array for a `...` parameter, of elements and (if true) whole arrays.
    fn packed(&mut self, ty: Type, items: Vec<(bool, Value)>) -> Value {
        let mut array = None;
        for group in items.chunk_by(|x, y| !x.0 && !y.0) {
            let next = match group {
                [(true, whole)] => *whole,
                elements => self.array_of(ty, elements.iter().map(|it| it.1).collect()),
            };
            array = Some(match array {
                Some(before) => self.operate(BinaryOp::Add, OperatorKind::ArrayConcat, before, next),
                None => next,
            });
        }
        array.unwrap_or_else(|| self.array_of(ty, Vec::new()))
    }

    fn call_value(&mut self, expr: ExprId, callee: ExprId, args: &'a [Arg], call: &'a Call) -> Value {
        let ty = self.adjusted_type(callee);
        let mode = self.value_mode(expr, call, ty);
        if mode == CallMode::Direct
            && let Some(result) = self.call_local_function(callee, args, call, ty)
        {
            return result;
        }
        let function = self.expr(callee);
        self.call_named(&Target::Value { ty }, Some(Operand::Value(function)), args, call, mode, Some(callee))
    }

    /// Local functions are called directly: effects are exact and nothing is counted.
    fn call_local_function(&mut self, callee: ExprId, args: &'a [Arg], call: &'a Call, ty: Ty) -> Option<Value> {
        let Some(Res::Local(local)) = self.scope.typed.names.get(&callee) else { return None };
        let Var::Function { code, environment, .. } = self.named_var(callee, *local) else { return None };
        let signature = self.cx.target_signature(&Target::Value { ty });
        Some(self.call_code(code, environment, callee, args, call, &signature))
    }

    /// Calls code of the local function that `name` names.
    pub(crate) fn call_code(
        &mut self,
        code: qi_mir::FunctionId,
        environment: Option<Value>,
        name: ExprId,
        args: &'a [Arg],
        call: &'a Call,
        signature: &TargetSignature,
    ) -> Value {
        let depth = self.stack.len();
        let operands = self.arguments(args, call, signature, Some(name), true);
        let mut values = vec![match environment {
            Some(it) => it,
            None => self.unit(),
        }];
        values.extend(self.pass(operands, &signature.params, false));
        let result = self.cx.ty(signature.result);
        let value = self.op(Opcode::Call(code), values, result);
        self.close(depth);
        value
    }

    /// Calls with evaluated operands, receiver included.
    pub fn invoke(&mut self, target: &Target, operands: Vec<Operand>, mode: CallMode) -> Value {
        if let CallMode::Task { detached } = mode {
            return self.start(target, operands, detached);
        }
        let signature = self.cx.target_signature(target);
        let depth = self.stack.len();
        let (special, operands) = self.specialize(target, operands);
        let values = self.pass(operands, &signature.operands(), self.cx.is_closed(target));
        let value = match special {
            Some(function) => {
                let result = self.cx.ty(signature.result);
                let opcode =
                    if signature.is_generator { Opcode::GeneratorNew(function) } else { Opcode::Call(function) };
                self.op(opcode, values, result)
            }
            None => self.call_values(target, values),
        };
        self.close(depth);
        value
    }

    /// Values and addresses as the callee takes them. May open a frame that the caller closes after the call.
    fn pass(&mut self, operands: Vec<Operand>, params: &[(Mode, Ty)], direct: bool) -> Vec<Value> {
        debug_assert_eq!(operands.len(), params.len(), "at {:?}", self.span);
        let mut places = Vec::new();
        for (operand, &(mode, ty)) in operands.iter().zip(params) {
            match (mode, operand) {
                (Mode::InOut, Operand::Place(place)) => places.push(place.clone()),
                (Mode::InOut, other) => {
                    let value = self.materialize(other.clone());
                    places.push(self.temp_place(value, ty));
                }
                (Mode::Value, _) => {}
            }
        }
        let mut addresses = self.lend(&places, direct).into_iter();
        operands
            .into_iter()
            .zip(params)
            .map(|(operand, &(mode, ty))| match (mode, operand) {
                (Mode::InOut, _) => addresses.next().expect("one address per place"),
                (Mode::Value, Operand::Environment(value)) => value,
                (Mode::Value, operand) => {
                    let value = self.materialize(operand);
                    let lowered = self.cx.ty(ty);
                    self.fit(value, lowered)
                }
            })
            .collect()
    }

    /// 启动: the operands are handed to the new task.
    pub(super) fn start(&mut self, target: &Target, operands: Vec<Operand>, detached: bool) -> Value {
        let signature = self.cx.target_signature(target);
        let values: Vec<Value> = operands
            .into_iter()
            .zip(signature.operands())
            .map(|(operand, (_, ty))| {
                let value = self.materialize(operand);
                let lowered = self.cx.ty(ty);
                self.fit(value, lowered)
            })
            .collect();
        let function = self.cx.thunk(Thunk::Root(target.clone()));
        let result = self.cx.ty(signature.result);
        let task = self.cx.module.types.intern(TypeKind::Task(result));
        self.op(Opcode::Spawn { function, detached }, values, task)
    }

    /// The operation of a call whose operands are as the callee takes them.
    pub fn call_values(&mut self, target: &Target, values: Vec<Value>) -> Value {
        let signature = self.cx.target_signature(target);
        let result = self.cx.ty(signature.result);
        match target {
            Target::Function { function, generics } => {
                let data = &self.cx.program.functions[*function];
                if data.intrinsic.is_some() {
                    return self.intrinsic(*function, generics, values, &signature);
                }
                if data.external.is_some() {
                    let it = self.cx.extern_function(*function);
                    return self.op(Opcode::CallExtern(it), values, result);
                }
                let id = self.cx.instance(Instance::Function(*function, generics.clone()));
                let opcode = if signature.is_generator { Opcode::GeneratorNew(id) } else { Opcode::Call(id) };
                self.op(opcode, values, result)
            }
            Target::Dynamic { trait_, method, .. } => {
                let methods = self.cx.dynamic_methods(*trait_);
                let index = methods.iter().position(|it| it == method);
                let index = index.unwrap_or_else(|| bug!("method {method} is not in the table of its trait"));
                let opcode = self.cx.dynamic_call(index, &signature);
                self.op(opcode, values, result)
            }
            Target::Variant { variant, .. } => self.variant(result, *variant, values),
            Target::Structural { op, .. } => self.structural(*op, values),
            Target::Value { .. } => self.op(Opcode::CallClosure, values, result),
            Target::Identity { .. } => values[0],
            Target::Print { entry, .. } => {
                let text = self.printed_values(values);
                self.runtime(*entry, Vec::new(), vec![text], None)
            }
        }
    }

    /// Derived 相等, 比较, 散列值, 文本; 消息 of 任意 错误.
    pub fn structural(&mut self, op: Structural, values: Vec<Value>) -> Value {
        let types = &mut self.cx.module.types;
        let (opcode, ty) = match op {
            Structural::Equal => return self.equal(values[0], values[1]),
            Structural::Order => return self.order(values[0], values[1]),
            Structural::Text => return self.text(values[0]),
            Structural::Hash => (Opcode::Hash, types.i64()),
            Structural::Message => (Opcode::ErrorMessage, types.str()),
        };
        self.op(opcode, values, ty)
    }

    fn builtin(&mut self, expr: ExprId, builtin: &'a Builtin, args: &'a [Arg], mode: CallMode) -> Value {
        if let Some(entry) = print_entry(builtin) {
            let values = args.iter().map(|it| self.expr(it.value)).collect();
            let text = self.printed_values(values);
            let target = Target::Print { entry, params: vec![Ty::str()] };
            return self.invoke(&target, vec![Operand::Value(text)], mode);
        }
        let first = args.first().map(|it| it.value).unwrap_or_else(|| bug!("{builtin:?} without operand"));
        let value = match builtin {
            Builtin::Convert(kind) => {
                let value = self.expr(first);
                let (from, to) = (self.adjusted_type(first), self.raw_type(expr));
                self.convert(*kind, value, from, to)
            }
            Builtin::Same => self.expr(first),
            Builtin::Length(callee) => {
                let ty = self.adjusted_type(first);
                let target = self.target(callee, Some(ty));
                let value = self.expr(first);
                self.invoke(&target, vec![Operand::Value(value)], CallMode::Direct)
            }
            it => {
                let values = args.iter().map(|arg| self.expr(arg.value)).collect();
                self.structural(structural(it), values)
            }
        };
        match mode {
            CallMode::Task { detached } => {
                let ty = self.raw_type(expr);
                let ty = if let TyKind::Task(of) = ty.kind() { *of } else { ty };
                self.start(&Target::Identity { ty }, vec![Operand::Value(value)], detached)
            }
            CallMode::Direct | CallMode::Generator => value,
        }
    }
}

pub(super) fn print_entry(builtin: &Builtin) -> Option<RuntimeFn> {
    match builtin {
        Builtin::PrintLine => Some(RuntimeFn::qi_print_line),
        Builtin::Print => Some(RuntimeFn::qi_print),
        Builtin::PrintError => Some(RuntimeFn::qi_print_error),
        _ => None,
    }
}

pub(super) fn structural(builtin: &Builtin) -> Structural {
    match builtin {
        Builtin::Equal => Structural::Equal,
        Builtin::Order => Structural::Order,
        Builtin::Hash => Structural::Hash,
        Builtin::Text => Structural::Text,
        Builtin::Message => Structural::Message,
        other => bug!("{other:?} is no method"),
    }
}

impl crate::context::Lower<'_> {
    /// Whether the callee can reach no variable of the program but what it is given: library code without callbacks.
    pub fn is_closed(&self, target: &Target) -> bool {
        let Target::Function { function, generics } = target else { return false };
        let data = &self.program.functions[*function];
        let opaque = |ty: Ty| matches!(ty.kind(), TyKind::Function { .. } | TyKind::Dynamic(..));
        let is_library = self.program.modules[data.module].is_std
            && !self.target_signature(target).params.iter().any(|it| opaque(it.1))
            && !generics.iter().any(|&it| opaque(it));
        is_library && !generics.iter().any(|&it| self.runs_hooks(it))
    }

    /// Comparing or hashing a value of the type, or dropping one, may run code of the program.
    pub fn runs_hooks(&self, ty: Ty) -> bool {
        self.has_hooks(ty, &mut Vec::new())
    }

    fn has_hooks(&self, ty: Ty, visiting: &mut Vec<Ty>) -> bool {
        match ty.kind() {
            TyKind::Generator(..) | TyKind::Dynamic(..) => true,
            TyKind::Array(it) => self.has_hooks(*it, visiting),
            TyKind::Tuple(parts) => parts.iter().any(|&it| self.has_hooks(it, visiting)),
            TyKind::Adt(id, args) => {
                if visiting.contains(&ty) {
                    return false;
                }
                visiting.push(ty);
                let known = self.analysis.signatures.known;
                let is_own = !self.program.modules[self.program.adts[*id].module].is_std;
                let traits = [known.equatable, known.comparable, known.hashable].into_iter().flatten();
                if is_own && traits.into_iter().any(|it| self.find_impl(it, &[], ty).is_some()) {
                    return true;
                }
                let variants = self.analysis.signatures.adts[*id].variants.len();
                (0..variants).any(|variant| {
                    let parts = self.field_types(*id, variant as u32, args);
                    parts.into_iter().any(|it| self.has_hooks(it, visiting))
                })
            }
            _ => false,
        }
    }

    pub fn dynamic_call(&mut self, index: usize, signature: &TargetSignature) -> Opcode {
        let result = self.ty(signature.result);
        let params: Vec<(Own, qi_mir::Type)> =
            signature.params.iter().map(|&(mode, ty)| self.param(mode, ty)).collect();
        let mutates = signature.receiver.is_some_and(|it| it.0 == Mode::InOut);
        let signature = self.module.types.signature(Signature { params, result });
        Opcode::CallDynamic { method: u32::try_from(index).expect("few methods"), signature, mutates }
    }

    pub fn extern_function(&mut self, function: FunctionId) -> qi_mir::ExternId {
        if let Some(&known) = self.externs.get(&function) {
            return known;
        }
        let data = &self.program.functions[function];
        let external = data.external.as_ref().unwrap_or_else(|| bug!("{} is no C function", data.name));
        let signature = self.target_signature(&Target::Function { function, generics: Vec::new() });
        let params = signature.params.iter().map(|&(_, ty)| self.ty(ty)).collect();
        let result = self.ty(signature.result);
        let id = self.module.externs.push(qi_mir::ExternFunction {
            symbol: data.name.as_str().to_owned(),
            params,
            result,
            library: external.library.clone(),
            blocking: external.blocking,
        });
        for library in external.library.iter().filter(|it| !it.is_empty()) {
            if !self.module.libraries.contains(library) {
                self.module.libraries.push(library.clone());
            }
        }
        self.externs.insert(function, id);
        id
    }
}
