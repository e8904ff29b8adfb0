//! Which code a trait method is, once every type is concrete: matches implementations against types, finds defaults and
//! derived behaviour. The checker has proved that an answer exists.

use crate::context::Lower;
use crate::target::{Structural, Target};
use qi_hir::{FunctionId, GenericId, ImplId, Owner, TraitId, TraitRef, Ty, TyKind};
use rustc_hash::FxHashMap;

type Bindings = FxHashMap<GenericId, Ty>;

impl<'a> Lower<'a> {
    /// The implementation of the trait for the type, with the values of its generic parameters.
    pub fn find_impl(&self, trait_: TraitId, args: &[Ty], ty: Ty) -> Option<(ImplId, Vec<Ty>)> {
        let candidates = self.analysis.signatures.trait_impls.get(&trait_)?;
        candidates.iter().find_map(|&id| self.match_impl(id, args, ty).map(|generics| (id, generics)))
    }

    fn match_impl(&self, id: ImplId, args: &[Ty], ty: Ty) -> Option<Vec<Ty>> {
        let types = &self.analysis.signatures.impls[id];
        let mut bindings = Bindings::default();
        if !matches(types.target, ty, &mut bindings) {
            return None;
        }
        let trait_args = types.trait_.as_ref().map_or(&[][..], |it| &it.args);
        let fits = trait_args.iter().zip(args).all(|(&pattern, &arg)| matches(pattern, arg, &mut bindings));
        if !fits {
            return None;
        }
        let generics = &self.program.impls[id].generics;
        let values: Vec<Ty> = generics.iter().map(|it| bindings.get(it).copied().unwrap_or_else(Ty::unit)).collect();
        let bounded = generics.iter().zip(&values).all(|(generic, &value)| {
            let bounds = self.analysis.signatures.bounds.get(generic).map_or(&[][..], Vec::as_slice);
            bounds.iter().all(|bound| self.satisfies(value, bound, &bindings))
        });
        bounded.then_some(values)
    }

    fn satisfies(&self, ty: Ty, bound: &TraitRef, bindings: &Bindings) -> bool {
        let args: Vec<Ty> = bound.args.iter().map(|it| it.substitute(&|id| bindings.get(&id).copied())).collect();
        self.implements(ty, bound.trait_, &args)
    }

    /// Whether values of the type have the trait's methods, written or derived.
    pub fn implements(&self, ty: Ty, trait_: TraitId, args: &[Ty]) -> bool {
        if let TyKind::Dynamic(id, _) = ty.kind()
            && (*id == trait_ || self.supertraits(*id).iter().any(|it| it.trait_ == trait_))
        {
            return true;
        }
        self.find_impl(trait_, args, ty).is_some() || self.derived(trait_, ty)
    }

    /// Standard traits that every type with fitting parts has without an implementation.
    fn derived(&self, trait_: TraitId, ty: Ty) -> bool {
        let known = &self.analysis.signatures.known;
        let is = |it: Option<TraitId>| it == Some(trait_);
        if is(known.printable) {
            return true;
        }
        let no_function = !matches!(ty.kind(), TyKind::Function { .. } | TyKind::Dynamic(..));
        let float = matches!(ty.kind(), TyKind::Float(_));
        ((is(known.equatable) || is(known.comparable)) && no_function) || (is(known.hashable) && no_function && !float)
    }

    pub fn extends_error(&self, trait_: TraitId) -> bool {
        self.supertraits(trait_).iter().any(|it| self.is_error_trait(it.trait_))
    }

    /// The 任意 types that a 任意 of the trait converts to, apart from 任意 错误; in the order of their hidden methods.
    pub fn super_dynamics(&self, trait_: TraitId, args: &[Ty], self_type: Ty) -> Vec<Ty> {
        let supertraits = self.supertraits(trait_).into_iter().filter(|it| !self.is_error_trait(it.trait_));
        let fill = |it: &TraitRef| it.args.iter().map(|it| self.fill_trait(*it, trait_, args, self_type)).collect();
        supertraits.map(|it| Ty::new(TyKind::Dynamic(it.trait_, fill(&it)))).collect()
    }

    /// A type written in a trait, with the trait's arguments.
    fn fill_trait(&self, ty: Ty, trait_: TraitId, args: &[Ty], self_type: Ty) -> Ty {
        let data = &self.program.traits[trait_];
        ty.substitute(&|id| {
            let index = data.generics.iter().position(|&generic| generic == id);
            index.map(|index| args[index]).or((id == data.self_generic).then_some(self_type))
        })
    }

    fn supertraits(&self, trait_: TraitId) -> Vec<TraitRef> {
        let mut all: Vec<TraitRef> = Vec::new();
        let mut open = vec![trait_];
        while let Some(id) = open.pop() {
            for it in self.analysis.signatures.supertraits.get(&id).into_iter().flatten() {
                if !all.contains(it) {
                    all.push(it.clone());
                    open.push(it.trait_);
                }
            }
        }
        all
    }

    /// The code of a trait's method for concrete `generics`: 自己's type, the trait's arguments, the method's own.
    pub fn resolve_method(&self, method: FunctionId, generics: &[Ty]) -> Target {
        let Owner::Trait(trait_) = self.program.functions[method].owner else {
            return Target::Function { function: method, generics: generics.to_vec() };
        };
        let ty = generics[0];
        let n_trait = self.program.traits[trait_].generics.len();
        let (args, own) = generics[1..].split_at(n_trait);
        if let TyKind::Dynamic(id, dynamic_args) = ty.kind() {
            let offered = !self.is_error_trait(*id) && self.dynamic_methods(*id).contains(&method);
            if let Some(op) = self.structural_method(method).filter(|_| !offered) {
                return Target::Structural { op, ty };
            }
            return Target::Dynamic { trait_: *id, args: dynamic_args.clone(), method };
        }
        if let Some((id, values)) = self.find_impl(trait_, args, ty) {
            let wanted = &self.program.functions[method];
            let found = self.program.impls[id].methods.iter().copied().find(|&it| {
                let it = &self.program.functions[it];
                it.name == wanted.name && it.params.len() == wanted.params.len()
            });
            if let Some(function) = found {
                let generics = values.into_iter().chain(own.iter().copied()).collect();
                return Target::Function { function, generics };
            }
            return Target::Function { function: method, generics: generics.to_vec() };
        }
        match self.structural_method(method) {
            Some(op) => Target::Structural { op, ty },
            None => Target::Function { function: method, generics: generics.to_vec() },
        }
    }

    /// The derived behaviour behind a method of a standard trait.
    pub fn structural_method(&self, method: FunctionId) -> Option<Structural> {
        let Owner::Trait(trait_) = self.program.functions[method].owner else { return None };
        let known = &self.analysis.signatures.known;
        let of = |it: Option<TraitId>, op| (it == Some(trait_)).then_some(op);
        of(known.equatable, Structural::Equal)
            .or_else(|| of(known.comparable, Structural::Order))
            .or_else(|| of(known.hashable, Structural::Hash))
            .or_else(|| of(known.printable, Structural::Text))
            .or_else(|| of(known.error, Structural::Message))
            .or_else(|| of(known.fault, Structural::Message))
    }

    /// Methods that a 任意 value of the trait offers, in vtable order: own ones first, then those of its supertraits.
    pub fn dynamic_methods(&self, trait_: TraitId) -> Vec<FunctionId> {
        let supertraits = self.supertraits(trait_);
        let traits = std::iter::once(trait_).chain(supertraits.into_iter().map(|it| it.trait_));
        let mut methods: Vec<FunctionId> = Vec::new();
        for id in traits {
            for &method in &self.program.traits[id].methods {
                let function = &self.program.functions[method];
                if function.has_self && function.generics.is_empty() && !methods.contains(&method) {
                    methods.push(method);
                }
            }
        }
        methods
    }

    /// `all_generics` of a method of a 任意 value (or of a concrete type seen as one): 自己's type and the arguments of
    /// the trait that declares the method.
    pub fn dynamic_generics(&self, trait_: TraitId, args: &[Ty], method: FunctionId, self_type: Ty) -> Vec<Ty> {
        let Owner::Trait(declaring) = self.program.functions[method].owner else {
            qi_base::bug!("method {method} of 任意 belongs to no trait")
        };
        let own = if declaring == trait_ {
            args.to_vec()
        } else {
            let super_ref = self.supertraits(trait_).into_iter().find(|it| it.trait_ == declaring);
            let super_args = super_ref.map(|it| it.args).unwrap_or_default();
            super_args.into_iter().map(|it| self.fill_trait(it, trait_, args, self_type)).collect()
        };
        std::iter::once(self_type).chain(own).collect()
    }
}

/// One-way unification: binds the generic parameters of `pattern` so that it equals `ty`.
fn matches(pattern: Ty, ty: Ty, bindings: &mut Bindings) -> bool {
    if !pattern.has_params() {
        return pattern == ty;
    }
    if let TyKind::Param(id, _) = pattern.kind() {
        return *bindings.entry(*id).or_insert(ty) == ty;
    }
    if !same_head(pattern, ty) {
        return false;
    }
    let (patterns, parts) = (parts(pattern), parts(ty));
    patterns.len() == parts.len() && patterns.into_iter().zip(parts).all(|(it, part)| matches(it, part, bindings))
}

fn parts(ty: Ty) -> Vec<Ty> {
    let mut parts = Vec::new();
    ty.kind().for_each_part(&mut |it| parts.push(it));
    parts
}

fn same_head(a: Ty, b: Ty) -> bool {
    match (a.kind(), b.kind()) {
        (TyKind::Adt(a, _), TyKind::Adt(b, _)) => a == b,
        (TyKind::Dynamic(a, _), TyKind::Dynamic(b, _)) => a == b,
        (TyKind::Function { params: a, .. }, TyKind::Function { params: b, .. }) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0)
        }
        (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}
