//! Bounds that calls and operators leave behind: solved when types are known, reported at the end.

use super::body::BodyChecker;
use super::{Checker, solver};
use crate::{FunctionId, GenericId, TraitId, Ty, TyKind};
use qi_base::Span;
use rustc_hash::FxHashSet;

/// `ty: trait_<args>` must hold.
pub(super) struct Obligation {
    pub trait_: TraitId,
    pub args: Vec<Ty>,
    pub ty: Ty,
    pub span: Span,
    /// Where the bound is written.
    pub declared: Option<Span>,
    /// Of a method whose implementation has the bound: what made the receiver needed it too.
    pub by_owner: bool,
}

/// `字典<浮点数, 整数>` somewhere in the text.
pub(super) struct WrittenArgs {
    pub generics: Vec<GenericId>,
    pub args: Vec<Ty>,
    pub spans: Vec<Span>,
}

impl Checker<'_> {
    /// Reports written type arguments that do not meet the bounds of their type. Arguments with type parameters are judged
    /// where they are used.
    pub fn check_written(&mut self) {
        for it in std::mem::take(&mut self.written) {
            for ((&generic, &ty), &span) in it.generics.iter().zip(&it.args).zip(&it.spans) {
                for bound in self.analysis.signatures.bounds.get(&generic).cloned().unwrap_or_default() {
                    let is_open = ty.has_infer() || ty.has_params() || ty.has_error() || !bound.args.is_empty();
                    if is_open || self.implements(bound.trait_, ty, &[]) {
                        continue;
                    }
                    self.reported_bounds.insert(ty);
                    let declared = Some(self.program.generics[generic].span);
                    let report = self.lacks(span, ty, &[bound.trait_], &[], declared);
                    self.report(report);
                    // A function as a key lacks 等同 and 散列: one finding says enough.
                    break;
                }
            }
        }
    }

    /// For types without inference variables.
    pub fn implements(&mut self, trait_: TraitId, ty: Ty, args: &[Ty]) -> bool {
        if !args.is_empty() {
            return solver::find_impl(self.program, &self.analysis.signatures, trait_, ty, args).is_some();
        }
        if let Some(&known) = self.impl_cache.get(&(trait_, ty)) {
            return known;
        }
        let answer = solver::find_impl(self.program, &self.analysis.signatures, trait_, ty, &[]).is_some();
        self.impl_cache.insert((trait_, ty), answer);
        answer
    }
}

impl BodyChecker<'_, '_> {
    pub fn require(&mut self, trait_: Option<TraitId>, ty: Ty, span: Span) {
        if let Some(trait_) = trait_ {
            self.obligations.push(Obligation { trait_, args: Vec::new(), ty, span, declared: None, by_owner: false });
        }
    }

    /// The bounds of `generics`, with `args` filled in.
    pub fn require_bounds(&mut self, generics: &[GenericId], args: &[Ty], span: Span, function: Option<FunctionId>) {
        let n_own = function.map_or(generics.len(), |it| self.program.functions[it].generics.len());
        for (index, (&generic, &ty)) in generics.iter().zip(args).enumerate() {
            let by_owner = index + n_own < generics.len();
            let Some(bounds) = self.cx.analysis.signatures.bounds.get(&generic) else { continue };
            for bound in bounds {
                let args = bound.args.iter().map(|&it| solver::substitute(it, generics, args)).collect();
                let declared = function.map(|_| self.program.generics[generic].span);
                self.obligations.push(Obligation { trait_: bound.trait_, args, ty, span, declared, by_owner });
            }
        }
    }

    /// Lets bounds such as `T: 可迭代<X>` tell X.
    pub fn select(&mut self) {
        for index in 0..self.obligations.len() {
            let it = &self.obligations[index];
            if it.args.iter().all(|it| !it.has_infer()) {
                continue;
            }
            let (trait_, ty, args) = (it.trait_, self.table.resolve(it.ty), it.args.clone());
            if self.table.var_kind(ty).is_some() {
                continue;
            }
            let choices = solver::choices(self.program, &self.cx.analysis.signatures, trait_, ty);
            if !choices.is_empty() {
                self.select_choice(&choices, &args);
                continue;
            }
            if let Some((_, found)) = solver::find_impl_args(self.program, &self.cx.analysis.signatures, trait_, ty) {
                for (x, y) in found.into_iter().zip(args) {
                    self.table.unify(x, y);
                }
            }
        }
    }

    /// Takes the only one of `choices` that `args` may still become.
    fn select_choice(&mut self, choices: &[Vec<Ty>], args: &[Ty]) {
        let mut fitting = choices.iter().filter(|choice| {
            let snapshot = self.table.snapshot();
            let fits = choice.iter().zip(args).all(|(&x, &y)| self.table.try_unify(x, y));
            self.table.rollback(snapshot);
            fits
        });
        let (Some(only), None) = (fitting.next(), fitting.next()) else { return };
        for (&x, &y) in only.iter().zip(args) {
            self.table.unify(x, y);
        }
    }

    /// Reports what does not hold. Types are final now.
    pub fn check_obligations(&mut self) {
        self.cx.check_written();
        let mut reported: Option<(Span, Ty)> = None;
        let mut told: FxHashSet<(Ty, TraitId)> = FxHashSet::default();
        let mut lacking: Vec<(Obligation, Ty)> = Vec::new();
        for it in std::mem::take(&mut self.obligations) {
            let ty = self.table.resolve(it.ty);
            let args: Vec<Ty> = it.args.iter().map(|&it| self.table.resolve(it)).collect();
            if self.cx.reported_bounds.contains(&ty) {
                self.failed = true;
                continue;
            }
            if ty.has_error() || args.iter().any(|it| it.has_error()) || self.cx.implements(it.trait_, ty, &args) {
                continue;
            }
            if self.cx.lacks_a_bound(ty) {
                self.failed = true;
                continue;
            }
            if matches!(ty.kind(), TyKind::Param(..)) {
                self.failed = true;
                lacking.push((it, ty));
                continue;
            }
            // A method call asks once for the method and once for the call.
            let is_told =
                reported.is_some_and(|told| told.1 == ty && (told.0.covers(it.span) || it.span.covers(told.0)));
            let is_of_receiver = it.by_owner && told.contains(&(ty, it.trait_));
            if !is_told && !is_of_receiver {
                told.insert((ty, it.trait_));
                let report = self.cx.lacks(it.span, ty, &[it.trait_], &args, it.declared);
                self.report(report);
            }
            reported = Some((it.span, ty));
        }
        self.report_lacking_params(&lacking);
    }

    /// A type parameter is reported once, with all the traits that it lacks.
    fn report_lacking_params(&mut self, lacking: &[(Obligation, Ty)]) {
        for (first, ty) in lacking {
            let mut traits: Vec<TraitId> = Vec::new();
            for (it, _) in lacking.iter().filter(|it| it.1 == *ty) {
                if self.cx.reported_params.insert((*ty, it.trait_)) {
                    traits.push(it.trait_);
                }
            }
            if !traits.is_empty() {
                let report = self.cx.lacks(first.span, *ty, &traits, &[], first.declared);
                self.report(report);
            }
        }
    }
}
