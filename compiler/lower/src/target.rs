//! What a call runs once types are concrete, with its signature. One vocabulary for direct calls, function values,
//! vtables, bound methods and task roots.

use crate::context::Lower;
use qi_base::bug;
use qi_hir::{AdtId, FunctionId, FunctionKind, GenericId, Mode, Owner, TraitId, Ty, TyKind};
use qi_mir::RuntimeFn;

/// Derived behaviour of standard traits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Structural {
    Equal,
    Order,
    Hash,
    Text,
    /// 消息() of 任意 错误.
    Message,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Target {
    /// Also intrinsics and C functions. For methods the receiver is the first operand.
    Function { function: FunctionId, generics: Vec<Ty> },
    /// Method of a 任意 value of this trait; the receiver is the first operand.
    Dynamic { trait_: TraitId, args: Vec<Ty>, method: FunctionId },
    /// Constructor.
    Variant { adt: AdtId, variant: u32, generics: Vec<Ty> },
    /// On values of `ty`; the receiver is the first operand.
    Structural { op: Structural, ty: Ty },
    /// A 函数 value of the type; it is the first operand.
    Value { ty: Ty },
    /// Gives its only operand back: 启动 of what is already computed.
    Identity { ty: Ty },
    /// Prints its operands, of these types.
    Print { entry: RuntimeFn, params: Vec<Ty> },
}

#[derive(Clone, Debug)]
pub(crate) struct TargetSignature {
    /// The first operand, if it is a receiver (or 函数 value); by place if the method changes it.
    pub receiver: Option<(Mode, Ty)>,
    pub params: Vec<(Mode, Ty)>,
    /// Of the call that runs to completion; of a 协程: the generator.
    pub result: Ty,
    /// As a value, the function starts a task and gives 未来<result>.
    pub is_async: bool,
    pub is_generator: bool,
}

impl TargetSignature {
    /// Receiver and parameters.
    pub fn operands(&self) -> Vec<(Mode, Ty)> {
        self.receiver.iter().chain(&self.params).copied().collect()
    }
    /// Result of calling the function as a value.
    pub fn value_result(&self) -> Ty {
        if self.is_async { Ty::new(TyKind::Task(self.result)) } else { self.result }
    }
}

impl Lower<'_> {
    /// The function that gives parameter `index` its default value: an implementation may leave that to its trait.
    pub fn with_default(&self, function: FunctionId, generics: Vec<Ty>, index: usize) -> (FunctionId, Vec<Ty>) {
        let data = &self.program.functions[function];
        let Owner::Impl(id) = data.owner else { return (function, generics) };
        let types = &self.analysis.signatures.impls[id];
        let (Some(trait_), None) = (&types.trait_, &data.params[index].default) else { return (function, generics) };
        let Some(declared) = self.program.declared_method(trait_.trait_, function) else { return (function, generics) };
        let own = &self.program.impls[id].generics;
        let lookup = |id| own.iter().position(|&it| it == id).map(|index| generics[index]);
        let fill = |ty: Ty| ty.substitute(&lookup);
        let of_trait = std::iter::once(types.target).chain(trait_.args.iter().copied()).map(fill);
        (declared, of_trait.chain(generics[own.len()..].iter().copied()).collect())
    }

    /// Replaces the function's generic parameters.
    pub fn substitution(&self, function: FunctionId, generics: &[Ty]) -> impl Fn(GenericId) -> Option<Ty> + use<'_> {
        let params = &self.analysis.signatures.functions[function].generics;
        let generics = generics.to_vec();
        move |id| params.iter().position(|&it| it == id).and_then(|index| generics.get(index).copied())
    }

    /// Whether the method takes 自己 by place.
    pub fn is_mutating(&self, function: FunctionId) -> bool {
        let data = &self.program.functions[function];
        if !data.has_self || matches!(data.kind, FunctionKind::Coroutine | FunctionKind::AsyncCoroutine) {
            return false;
        }
        self.analysis.mutating.contains(&function) || crate::intrinsics::changes_self(self.program, function)
    }

    pub fn target_signature(&self, target: &Target) -> TargetSignature {
        match target {
            Target::Function { function, generics } => self.function_signature(*function, generics),
            Target::Dynamic { trait_, args, method } => {
                let self_type = Ty::new(TyKind::Dynamic(*trait_, args.clone()));
                let generics = self.dynamic_generics(*trait_, args, *method, self_type);
                self.function_signature(*method, &generics)
            }
            Target::Variant { adt, variant, generics } => {
                let fields = self.field_types(*adt, *variant, generics);
                plain(None, fields, Ty::new(TyKind::Adt(*adt, generics.clone())))
            }
            Target::Structural { op, ty } => {
                let (params, result) = match op {
                    Structural::Equal => (vec![*ty], Ty::bool()),
                    Structural::Order => (vec![*ty], Ty::int()),
                    Structural::Hash => (Vec::new(), Ty::int()),
                    Structural::Text | Structural::Message => (Vec::new(), Ty::str()),
                };
                plain(Some(*ty), params, result)
            }
            Target::Value { ty } => {
                let TyKind::Function { params, result } = ty.kind() else { bug!("{ty:?} is called but no function") };
                TargetSignature { params: params.clone(), ..plain(Some(*ty), Vec::new(), *result) }
            }
            Target::Identity { ty } => plain(None, vec![*ty], *ty),
            Target::Print { params, .. } => plain(None, params.clone(), Ty::unit()),
        }
    }

    fn function_signature(&self, function: FunctionId, generics: &[Ty]) -> TargetSignature {
        let data = &self.program.functions[function];
        let signature = &self.analysis.signatures.functions[function];
        let lookup = self.substitution(function, generics);
        let receiver = signature.self_type.map(|ty| {
            let mode = if self.is_mutating(function) { Mode::InOut } else { Mode::Value };
            (mode, ty.substitute(&lookup))
        });
        let modes = data.params.iter().map(|it| it.mode);
        // What C takes for a 函数 is a pointer, which the argument has become.
        let passed = |ty: Ty| match ty.kind() {
            TyKind::Function { .. } if data.external.is_some() => Ty::new(TyKind::CStr),
            _ => ty,
        };
        let params = modes.zip(&signature.params).map(|(mode, ty)| (mode, passed(ty.substitute(&lookup)))).collect();
        let result = match signature.yields {
            Some((item, sent)) => Ty::new(TyKind::Generator(item, sent)),
            None => signature.result,
        };
        TargetSignature {
            receiver,
            params,
            result: result.substitute(&lookup),
            is_async: signature.is_async && signature.yields.is_none(),
            is_generator: signature.yields.is_some(),
        }
    }
}

fn plain(receiver: Option<Ty>, params: Vec<Ty>, result: Ty) -> TargetSignature {
    TargetSignature {
        receiver: receiver.map(|ty| (Mode::Value, ty)),
        params: params.into_iter().map(|ty| (Mode::Value, ty)).collect(),
        result,
        is_async: false,
        is_generator: false,
    }
}
