//! Why a type lacks a trait: which of its parts lacks it, or the bound that a type parameter should have.

use super::body::BodyChecker;
use super::{Checker, solver};
use crate::{AdtId, AdtKind, FieldDef, TraitId, Ty, TyKind, diagnostics};
use qi_base::{Diagnostic, Name, Span};

/// Types within types that are looked into for the part that is to blame.
const DEEPEST: usize = 8;

impl<'p> Checker<'p> {
    /// E0312 with its reason, as far as there is one to see. `traits`: more than one for a type parameter; `declared`: where
    /// the bound is written.
    pub fn lacks(&mut self, span: Span, ty: Ty, traits: &[TraitId], args: &[Ty], declared: Option<Span>) -> Diagnostic {
        let trait_ = traits[0];
        let (text, name) = (self.text(ty), self.program.traits[trait_].name);
        // What the library's string methods take, under a name of its own.
        if name.as_str() == "文字" && self.program.modules[self.program.traits[trait_].module].is_std {
            return diagnostics::needs_text(span, &text);
        }
        let written: Vec<String> = args.iter().map(|&it| self.text(it)).collect();
        let full_name = if args.is_empty() { name.to_string() } else { format!("{name}<{}>", written.join(", ")) };
        let report = diagnostics::bound_not_satisfied(span, &text, &full_name, declared);
        if let TyKind::Param(generic, _) = ty.kind() {
            let it = &self.program.generics[*generic];
            // Which arguments a trait needs there is not known.
            let names = traits.iter().map(|&it| &self.program.traits[it]).filter(|it| it.generics.is_empty());
            let names: Vec<&str> = names.map(|it| it.name.as_str()).collect();
            let is_written = !it.name.as_str().contains('#') && it.name.as_str() != "自己";
            let end = it.bounds.last().map_or(it.span, |it| it.span);
            return match is_written && !names.is_empty() {
                true => diagnostics::with_bound(report, end.after(), &names.join(" + "), it.bounds.is_empty()),
                false => report,
            };
        }
        if let Some((at, part, bound)) = self.lacking_bound(trait_, ty, args) {
            return diagnostics::with_lacking_bound(report, at, &part, &bound);
        }
        match self.lacking_part(trait_, ty) {
            Some((field, part)) => {
                let part = self.text(part);
                diagnostics::with_lacking_part(report, field.ty.span, &part, name.as_str())
            }
            None => report,
        }
    }

    /// The bound that keeps an implementation for such types from being one for `ty`: where it is, the type that does not
    /// meet it, and the name of the trait.
    pub fn lacking_bound(&mut self, trait_: TraitId, ty: Ty, args: &[Ty]) -> Option<(Span, String, String)> {
        let (program, signatures) = (self.program, &self.analysis.signatures);
        for &id in signatures.trait_impls.get(&trait_)? {
            let (generics, types) = (&program.impls[id].generics, &signatures.impls[id]);
            let own = types.trait_.as_ref()?;
            let mut bound = vec![None; generics.len()];
            let mut fits = |x: Ty, y: Ty| solver::match_type(x, y, generics, &mut bound);
            if program.modules[program.impls[id].module].is_std
                || !fits(types.target, ty)
                || !own.args.iter().zip(args).all(|(&x, &y)| fits(x, y))
            {
                continue;
            }
            for (&generic, part) in generics.iter().zip(&bound) {
                let bounds =
                    signatures.bounds.get(&generic).into_iter().flatten().zip(&program.generics[generic].bounds);
                for (it, written) in bounds {
                    if let Some(part) = part.filter(|_| it.args.is_empty())
                        && solver::find_impl(program, signatures, it.trait_, part, &[]).is_none()
                    {
                        let name = program.traits[it.trait_].name.to_string();
                        return Some((written.span, self.text(part), name));
                    }
                }
            }
        }
        None
    }

    /// A bound of the type parameter could not be told, which is reported: it may be what is missing.
    pub fn lacks_a_bound(&self, ty: Ty) -> bool {
        let TyKind::Param(id, _) = ty.kind() else { return false };
        let known = self.analysis.signatures.bounds.get(id).map_or(0, Vec::len);
        known < self.program.generics[*id].bounds.len()
    }

    /// The field of a type of this program, or of one it is made of, for which the trait cannot be derived.
    fn lacking_part(&mut self, trait_: TraitId, mut ty: Ty) -> Option<(&'p FieldDef, Ty)> {
        let known = self.known();
        if ![known.equatable, known.hashable, known.comparable].contains(&Some(trait_)) {
            return None;
        }
        let mut found = None;
        for _ in 0..DEEPEST {
            let TyKind::Adt(id, args) = ty.kind() else { break };
            let Some((field, part)) = self.first_lacking(trait_, *id, args) else { break };
            (found, ty) = (Some((field, part)), part);
        }
        found
    }

    fn first_lacking(&mut self, trait_: TraitId, id: AdtId, args: &[Ty]) -> Option<(&'p FieldDef, Ty)> {
        let adt = &self.program.adts[id];
        if self.program.modules[adt.module].is_std {
            return None;
        }
        let fields: Vec<&FieldDef> = match &adt.kind {
            AdtKind::Struct(fields) => fields.iter().collect(),
            AdtKind::Enum(variants) => variants.iter().flat_map(|it| &it.fields).collect(),
        };
        let types: Vec<Ty> = self.analysis.signatures.adts[id].variants.iter().flatten().copied().collect();
        let parts = fields.into_iter().zip(types);
        let mut parts = parts.map(|(field, ty)| (field, solver::substitute(ty, &adt.generics, args)));
        parts.find(|it| !it.1.has_error() && !it.1.has_infer() && !self.implements(trait_, it.1, &[]))
    }
}

impl BodyChecker<'_, '_> {
    /// The method of a trait that the type would have, were it not for a bound.
    pub fn lacking_bound_of_method(&mut self, ty: Ty, name: Name) -> Option<(Span, String, String)> {
        let methods = self.cx.analysis.signatures.trait_methods.get(&name)?.clone();
        let ty = self.table.resolve(ty);
        methods.into_iter().find_map(|it| self.cx.lacking_bound(super::trait_of(self.program, it)?, ty, &[]))
    }
}
