//! Which implementation of a trait a type has: written ones, those derived from the parts, bounds of parameters, 任意.
//! Works on types without inference variables (a variable equals only itself); used by checking and, after substitution, by lowering.

use super::derive;
use crate::{
    Builtin, Callee, FunctionId, GenericId, Head, ImplId, Owner, Program, Signatures, TraitId, TraitRef, Ty, TyKind,
};
use qi_base::Name;
use rustc_hash::FxHashMap;

#[derive(Clone, PartialEq, Debug)]
pub enum ImplSource {
    /// A written implementation with its generic arguments.
    Impl(ImplId, Vec<Ty>),
    /// From the parts: 等同 散列 可比较 可打印.
    Derived,
    /// A bound of the type parameter.
    Bound,
    /// The value is 任意 of this trait or of one that extends it.
    Dynamic,
}

/// What methods and implementations are indexed by; none for parameters and unknown types.
pub fn head(ty: Ty) -> Option<Head> {
    Some(match ty.kind() {
        TyKind::Error | TyKind::Never | TyKind::Param(..) | TyKind::Infer(_) => return None,
        TyKind::Unit => Head::Unit,
        TyKind::Bool => Head::Bool,
        TyKind::Char => Head::Char,
        TyKind::Int(it) => Head::Int(*it),
        TyKind::Float(it) => Head::Float(*it),
        TyKind::Str => Head::Str,
        TyKind::Tuple(parts) => Head::Tuple(parts.len()),
        TyKind::Array(_) => Head::Array,
        TyKind::Adt(id, _) => Head::Adt(*id),
        TyKind::Function { .. } => Head::Function,
        TyKind::Dynamic(id, _) => Head::Dynamic(*id),
        TyKind::Task(_) => Head::Task,
        TyKind::Generator(..) => Head::Generator,
        TyKind::Channel(_) => Head::Channel,
        TyKind::Lock(_) => Head::Lock,
        TyKind::Shared(_) => Head::Shared,
        TyKind::Weak(_) => Head::Weak,
        TyKind::Atomic => Head::Atomic,
        TyKind::Pointer(_) => Head::Pointer,
        TyKind::CStr => Head::CStr,
        TyKind::Handle => Head::Handle,
    })
}

/// `args[i]` for `generics[i]`.
pub fn substitute(ty: Ty, generics: &[GenericId], args: &[Ty]) -> Ty {
    ty.substitute(&|id| generics.iter().position(|&it| it == id).and_then(|index| args.get(index).copied()))
}

pub fn find_impl(
    program: &Program,
    signatures: &Signatures,
    trait_: TraitId,
    self_ty: Ty,
    args: &[Ty],
) -> Option<ImplSource> {
    Solver::new(program, signatures).find(trait_, self_ty, Some(args)).map(|(source, _)| source)
}

/// Whether the implementation is for this type, with these arguments of its trait.
pub fn applies(program: &Program, signatures: &Signatures, id: ImplId, ty: Ty, args: &[Ty]) -> bool {
    Solver::new(program, signatures).matches(id, ty, Some(args)).is_some()
}

/// With whatever arguments the type implements the trait; the arguments come along.
pub fn find_impl_args(
    program: &Program,
    signatures: &Signatures,
    trait_: TraitId,
    self_ty: Ty,
) -> Option<(ImplSource, Vec<Ty>)> {
    Solver::new(program, signatures).find(trait_, self_ty, None)
}

/// The method of the type that gives a changed copy where `method` changes it in place: 已反转 for 反转.
pub fn changed_copy(signatures: &Signatures, ty: Ty, method: Name) -> Option<Name> {
    let done = Name::new(&format!("已{method}"));
    signatures.inherent.contains_key(&(head(ty)?, done)).then_some(done)
}

/// The arguments with which the type implements a trait that has parameters, where there is a choice: by several
/// implementations or bounds. Empty: there is none.
pub fn choices(program: &Program, signatures: &Signatures, trait_: TraitId, self_ty: Ty) -> Vec<Vec<Ty>> {
    if program.traits[trait_].generics.is_empty() {
        return Vec::new();
    }
    let mut found = match self_ty.kind() {
        TyKind::Param(id, _) => bound_args(program, signatures, *id, self_ty, trait_),
        _ => Vec::new(),
    };
    let mut solver = Solver::new(program, signatures);
    for &id in signatures.trait_impls.get(&trait_).into_iter().flatten() {
        found.extend(solver.matches(id, self_ty, None).map(|it| it.1));
    }
    if found.len() > 1 { found } else { Vec::new() }
}
fn bound_args(
    program: &Program,
    signatures: &Signatures,
    generic: GenericId,
    self_ty: Ty,
    trait_: TraitId,
) -> Vec<Vec<Ty>> {
    let bounds = signatures.bounds.get(&generic).into_iter().flatten();
    let all = bounds.flat_map(|it| elaborate(program, signatures, it, self_ty));
    let mut found: Vec<Vec<Ty>> = all.filter(|it| it.trait_ == trait_).map(|it| it.args).collect();
    found.dedup();
    found
}

/// What a call of a trait method runs, once the self type (`generics[0]`) is concrete. `generics` as in [`Callee::TraitMethod`].
pub fn resolve_trait_method(
    program: &Program,
    signatures: &Signatures,
    method: FunctionId,
    generics: &[Ty],
) -> Option<Callee> {
    let Owner::Trait(trait_) = program.functions[method].owner else { return None };
    let n_args = program.traits[trait_].generics.len();
    let (self_ty, args, own) = (*generics.first()?, generics.get(1..=n_args)?, &generics[n_args + 1..]);
    let default = || Callee::Function { function: method, generics: generics.to_vec() };
    Some(match find_impl(program, signatures, trait_, self_ty, args)? {
        ImplSource::Impl(id, substs) => match impl_method(program, id, method) {
            Some(function) => Callee::Function { function, generics: [&substs, own].concat() },
            None => default(),
        },
        ImplSource::Derived => Callee::Builtin(derived_method(signatures, trait_)?),
        ImplSource::Bound => Callee::TraitMethod { method, generics: generics.to_vec() },
        ImplSource::Dynamic => dynamic_callee(program, signatures, self_ty, method)?,
    })
}

/// The function that implements a trait method in an implementation; none if the default is used.
pub fn impl_method(program: &Program, id: ImplId, method: FunctionId) -> Option<FunctionId> {
    let wanted = &program.functions[method];
    program.impls[id].methods.iter().copied().find(|&it| {
        let it = &program.functions[it];
        it.name == wanted.name && it.params.len() == wanted.params.len()
    })
}

/// The structural operation behind the method of a derived trait.
pub fn derived_method(signatures: &Signatures, trait_: TraitId) -> Option<Builtin> {
    let known = &signatures.known;
    let pairs = [
        (known.equatable, Builtin::Equal),
        (known.comparable, Builtin::Order),
        (known.hashable, Builtin::Hash),
        (known.printable, Builtin::Text),
        (known.error, Builtin::Message),
    ];
    pairs.into_iter().find(|(it, _)| *it == Some(trait_)).map(|(_, builtin)| builtin)
}

/// Methods of 任意 `trait_` in the order of its table: those of the supertraits first, each trait once.
pub fn dynamic_methods(program: &Program, signatures: &Signatures, trait_: TraitId) -> Vec<FunctionId> {
    let mut order = Vec::new();
    collect_traits(signatures, trait_, &mut order);
    order.into_iter().flat_map(|it| program.traits[it].methods.iter().copied()).collect()
}
fn collect_traits(signatures: &Signatures, trait_: TraitId, order: &mut Vec<TraitId>) {
    if order.contains(&trait_) {
        return;
    }
    for it in signatures.supertraits.get(&trait_).into_iter().flatten() {
        collect_traits(signatures, it.trait_, order);
    }
    if !order.contains(&trait_) {
        order.push(trait_);
    }
}

/// A call of `method` on a value of type 任意 ….
pub fn dynamic_callee(program: &Program, signatures: &Signatures, self_ty: Ty, method: FunctionId) -> Option<Callee> {
    let TyKind::Dynamic(trait_, generics) = self_ty.kind() else { return None };
    if Some(*trait_) == signatures.known.error {
        return Some(Callee::Builtin(Builtin::Message));
    }
    let index = dynamic_methods(program, signatures, *trait_).iter().position(|&it| it == method)?;
    Some(Callee::DynamicMethod { trait_: *trait_, method, index: index as u32, generics: generics.clone() })
}

/// `bound` and everything it extends, for the given self type.
pub fn elaborate(program: &Program, signatures: &Signatures, bound: &TraitRef, self_ty: Ty) -> Vec<TraitRef> {
    let mut all = vec![bound.clone()];
    let mut next = 0;
    while next < all.len() {
        let it = all[next].clone();
        next += 1;
        let trait_ = &program.traits[it.trait_];
        let (generics, args) = trait_substitution(trait_.self_generic, &trait_.generics, self_ty, &it.args);
        for super_ in signatures.supertraits.get(&it.trait_).into_iter().flatten() {
            let super_ = TraitRef {
                trait_: super_.trait_,
                args: super_.args.iter().map(|&it| substitute(it, &generics, &args)).collect(),
            };
            if !all.contains(&super_) {
                all.push(super_);
            }
        }
    }
    all
}
fn trait_substitution(
    self_generic: GenericId,
    own: &[GenericId],
    self_ty: Ty,
    args: &[Ty],
) -> (Vec<GenericId>, Vec<Ty>) {
    let generics = std::iter::once(self_generic).chain(own.iter().copied()).collect();
    (generics, std::iter::once(self_ty).chain(args.iter().copied()).collect())
}

/// Binds the parameters of `pattern` so that it becomes `ty`.
pub fn match_type(pattern: Ty, ty: Ty, generics: &[GenericId], bound: &mut [Option<Ty>]) -> bool {
    if !pattern.has_params() {
        return pattern == ty;
    }
    if let TyKind::Param(id, _) = pattern.kind()
        && let Some(index) = generics.iter().position(|it| it == id)
    {
        return *bound[index].get_or_insert(ty) == ty;
    }
    let mut all = |xs: &[Ty], ys: &[Ty]| {
        xs.len() == ys.len() && xs.iter().zip(ys).all(|(&x, &y)| match_type(x, y, generics, bound))
    };
    match (pattern.kind(), ty.kind()) {
        (TyKind::Tuple(xs), TyKind::Tuple(ys)) => all(xs, ys),
        (TyKind::Adt(x, xs), TyKind::Adt(y, ys)) => x == y && all(xs, ys),
        (TyKind::Dynamic(x, xs), TyKind::Dynamic(y, ys)) => x == y && all(xs, ys),
        (TyKind::Array(x), TyKind::Array(y))
        | (TyKind::Task(x), TyKind::Task(y))
        | (TyKind::Channel(x), TyKind::Channel(y))
        | (TyKind::Lock(x), TyKind::Lock(y))
        | (TyKind::Shared(x), TyKind::Shared(y))
        | (TyKind::Weak(x), TyKind::Weak(y))
        | (TyKind::Pointer(x), TyKind::Pointer(y)) => all(&[*x], &[*y]),
        (TyKind::Generator(x, s), TyKind::Generator(y, t)) => all(&[*x, *s], &[*y, *t]),
        (TyKind::Function { params: xs, result: x }, TyKind::Function { params: ys, result: y }) => {
            let modes_fit = xs.len() == ys.len() && xs.iter().zip(ys).all(|(x, y)| x.0 == y.0);
            let (xs, ys): (Vec<_>, Vec<_>) = (xs.iter().map(|it| it.1).collect(), ys.iter().map(|it| it.1).collect());
            modes_fit && all(&xs, &ys) && all(&[*x], &[*y])
        }
        _ => pattern == ty,
    }
}

struct Question {
    trait_: TraitId,
    ty: Ty,
    /// Its parts are being asked.
    derives: bool,
}

/// One question; remembers what is being asked so that recursive types answer themselves.
pub(super) struct Solver<'p> {
    pub program: &'p Program,
    pub signatures: &'p Signatures,
    asked: Vec<Question>,
    /// Answers found meanwhile, some on the strength of what is being asked: forgotten when an answer is no.
    known: FxHashMap<(TraitId, Ty), ImplSource>,
}

/// Types nested deeper than this while solving are taken to grow without end.
const DEPTH_LIMIT: usize = 200;

impl<'p> Solver<'p> {
    pub fn new(program: &'p Program, signatures: &'p Signatures) -> Self {
        Self { program, signatures, asked: Vec::new(), known: FxHashMap::default() }
    }

    pub fn implements(&mut self, trait_: TraitId, ty: Ty) -> bool {
        self.find(trait_, ty, Some(&[])).is_some()
    }

    pub fn find(&mut self, trait_: TraitId, ty: Ty, args: Option<&[Ty]>) -> Option<(ImplSource, Vec<Ty>)> {
        let assumed = || Some((ImplSource::Derived, args.unwrap_or(&[]).to_vec()));
        if ty.is_error() || ty.is_never() {
            return assumed();
        }
        if let Some(index) = self.asked.iter().position(|it| it.trait_ == trait_ && it.ty == ty) {
            // A value has finitely many parts; `实现<T: 甲> 甲 对于 T` alone is no reason to have 甲.
            return if self.asked[index..].iter().any(|it| it.derives) { assumed() } else { None };
        }
        if self.asked.len() > DEPTH_LIMIT {
            return None;
        }
        let is_simple = args.is_some_and(|it| it.is_empty());
        if let Some(source) = self.known.get(&(trait_, ty)).filter(|_| is_simple) {
            return Some((source.clone(), Vec::new()));
        }
        self.asked.push(Question { trait_, ty, derives: false });
        let found = self.find_fresh(trait_, ty, args);
        self.asked.pop();
        match &found {
            Some((source, _)) if is_simple => {
                self.known.insert((trait_, ty), source.clone());
            }
            Some(_) => {}
            None => self.known.clear(),
        }
        found
    }

    fn find_fresh(&mut self, trait_: TraitId, ty: Ty, args: Option<&[Ty]>) -> Option<(ImplSource, Vec<Ty>)> {
        if let TyKind::Param(id, _) = ty.kind()
            && let Some(args) = self.bound(*id, ty, trait_, args)
        {
            return Some((ImplSource::Bound, args));
        }
        if let Some(found) = self.written(trait_, ty, args) {
            return Some(found);
        }
        if let TyKind::Dynamic(id, dynamic_args) = ty.kind() {
            let own = TraitRef { trait_: *id, args: dynamic_args.clone() };
            let all = elaborate(self.program, self.signatures, &own, ty);
            if let Some(it) = all.into_iter().find(|it| it.trait_ == trait_ && args.is_none_or(|args| args == it.args))
            {
                return Some((ImplSource::Dynamic, it.args));
            }
        }
        if let Some(question) = self.asked.last_mut() {
            question.derives = true;
        }
        derive::derives(self, trait_, ty).then(|| (ImplSource::Derived, Vec::new()))
    }

    fn bound(&self, id: GenericId, ty: Ty, trait_: TraitId, args: Option<&[Ty]>) -> Option<Vec<Ty>> {
        for bound in self.signatures.bounds.get(&id).into_iter().flatten() {
            for it in elaborate(self.program, self.signatures, bound, ty) {
                if it.trait_ == trait_ && args.is_none_or(|args| args == it.args) {
                    return Some(it.args);
                }
                // What can be ordered can be told apart.
                let known = &self.signatures.known;
                if Some(it.trait_) == known.comparable && Some(trait_) == known.equatable {
                    return Some(Vec::new());
                }
            }
        }
        None
    }

    fn written(&mut self, trait_: TraitId, ty: Ty, args: Option<&[Ty]>) -> Option<(ImplSource, Vec<Ty>)> {
        let signatures = self.signatures;
        for &id in signatures.trait_impls.get(&trait_)? {
            let types = &signatures.impls[id];
            if let (Some(x), Some(y)) = (head(types.target), head(ty))
                && x != y
            {
                continue;
            }
            if let Some((substs, found)) = self.matches(id, ty, args) {
                return Some((ImplSource::Impl(id, substs), found));
            }
        }
        None
    }

    fn matches(&mut self, id: ImplId, ty: Ty, args: Option<&[Ty]>) -> Option<(Vec<Ty>, Vec<Ty>)> {
        let signatures = self.signatures;
        let (types, generics) = (&signatures.impls[id], &self.program.impls[id].generics);
        let own = types.trait_.as_ref()?;
        let mut bound = vec![None; generics.len()];
        if !match_type(types.target, ty, generics, &mut bound) {
            return None;
        }
        if let Some(args) = args
            && !(own.args.len() == args.len()
                && own.args.iter().zip(args).all(|(&x, &y)| match_type(x, y, generics, &mut bound)))
        {
            return None;
        }
        let substs: Vec<Ty> = bound.into_iter().map(|it| it.unwrap_or(Ty::error())).collect();
        for (&generic, &arg) in generics.iter().zip(&substs) {
            for bound in signatures.bounds.get(&generic).into_iter().flatten() {
                let args: Vec<_> = bound.args.iter().map(|&it| substitute(it, generics, &substs)).collect();
                self.find(bound.trait_, arg, Some(&args))?;
            }
        }
        let args = own.args.iter().map(|&it| substitute(it, generics, &substs)).collect();
        Some((substs, args))
    }
}
