//! Where a value of one type meets an expected one: what converts by itself (T to T?, to 任意, from Never), and mismatches.
//! Also joins the types of branches.

use super::body::{BodyChecker, Cause};
use super::solver;
use super::table::VarKind;
use crate::{Adjust, ExprId, TraitId, Ty, TyKind, diagnostics};
use qi_base::{Span, Text};

fn is_dynamic(ty: Ty, trait_: TraitId) -> bool {
    matches!(ty.kind(), TyKind::Dynamic(own, _) if *own == trait_)
}

impl BodyChecker<'_, '_> {
    /// Infers `expr` and makes it an `expected`.
    pub fn check(&mut self, expr: ExprId, expected: Ty, cause: Cause) {
        let found = self.infer(expr, Some(expected));
        self.coerce(expr, found, expected, cause);
    }

    /// False after a reported mismatch.
    pub fn coerce(&mut self, expr: ExprId, found: Ty, expected: Ty, cause: Cause) -> bool {
        let fits = self.convert_expr(expr, found, expected);
        if !fits {
            self.mismatch(self.span(expr), found, expected, cause);
            self.offer_conversion(expr, found, expected);
        }
        fits
    }

    /// As [`Self::coerce`], without a report.
    fn convert_expr(&mut self, expr: ExprId, found: Ty, expected: Ty) -> bool {
        let mut adjusts = Vec::new();
        let fits = self.convert(found, expected, &mut adjusts);
        if fits && !adjusts.is_empty() {
            self.out.adjustments.entry(expr).or_default().extend(adjusts);
        }
        fits
    }

    /// Whether `found` becomes `expected`; the steps are appended to `adjusts`.
    fn convert(&mut self, found: Ty, expected: Ty, adjusts: &mut Vec<Adjust>) -> bool {
        let (found, expected) = (self.shallow(found), self.shallow(expected));
        if found == expected {
            return true;
        }
        if found.is_error() || expected.is_error() {
            return self.table.unify(found, expected);
        }
        let known = self.cx.known();
        let open = self.table.is_general_var(found);
        match expected.kind() {
            _ if found.is_never() => {
                adjusts.push(Adjust::Never(expected));
                true
            }
            TyKind::Adt(..)
                if !open && known.option_content(expected).is_some() && known.option_content(found).is_none() =>
            {
                let content = known.option_content(expected).expect("just asked");
                let fits = self.convert(found, content, adjusts);
                adjusts.push(Adjust::Some);
                fits
            }
            // Also from the 任意 of a trait that extends this one.
            TyKind::Dynamic(trait_, args) if !open && !is_dynamic(found, *trait_) => {
                self.box_value(found, *trait_, args, adjusts)
            }
            TyKind::CStr if found == Ty::str() => {
                adjusts.push(Adjust::ToCStr);
                true
            }
            _ => self.table.try_unify(found, expected),
        }
    }

    fn box_value(&mut self, found: Ty, trait_: TraitId, args: &[Ty], adjusts: &mut Vec<Adjust>) -> bool {
        self.table.default_numbers(found);
        let ty = self.table.resolve(found);
        let wanted: Vec<Ty> = args.iter().map(|&it| self.table.resolve(it)).collect();
        let (program, signatures) = (self.program, &self.cx.analysis.signatures);
        if wanted.iter().any(|it| it.has_infer()) {
            let Some((_, own)) = solver::find_impl_args(program, signatures, trait_, ty) else { return false };
            if own.len() == args.len() && !own.iter().zip(args).all(|(&x, &y)| self.table.try_unify(x, y)) {
                return false;
            }
        } else if solver::find_impl(program, signatures, trait_, ty, &wanted).is_none() {
            return false;
        }
        adjusts.push(match Some(trait_) == self.cx.known().error {
            true => Adjust::ToError,
            false => Adjust::ToDynamic { trait_, args: args.to_vec() },
        });
        true
    }

    pub fn mismatch(&mut self, span: Span, found: Ty, expected: Ty, cause: Cause) {
        let (found, expected) = (self.table.resolve(found), self.table.resolve(expected));
        if found.has_error() || expected.has_error() {
            self.failed = true;
            return;
        }
        if let TyKind::Dynamic(trait_, args) = expected.kind()
            && !matches!(found.kind(), TyKind::Dynamic(..))
        {
            let report = self.cx.lacks(span, found, &[*trait_], args, cause.0.map(|it| it.0));
            self.report(report);
            return;
        }
        let known = self.cx.known();
        let is_nothing = known.option_content(found).is_some_and(|it| self.table.is_general_var(it));
        let found_text = if is_nothing { "无".to_owned() } else { self.text(found) };
        let mut diagnostic = diagnostics::type_mismatch(span, &self.text(expected), &found_text);
        if let Some((at, zh, en)) = cause.0 {
            diagnostic = diagnostic.with_label(at, Text::new(zh, en));
        }
        if let Some(note) = self.mismatch_hint(found, expected) {
            diagnostic = diagnostic.with_note(note);
        }
        self.report(diagnostic);
    }

    /// The type with what is expected of it, if that is known; integer literals may still become any number.
    pub fn known_hint(&self, hint: Option<Ty>) -> Option<Ty> {
        let hint = self.shallow(hint?);
        (!hint.is_error() && self.table.var_kind(hint).is_none()).then_some(hint)
    }
}

/// Joins the types of branches, arms or elements.
pub(super) struct Merge {
    /// Known from outside.
    expected: bool,
    ty: Option<Ty>,
    first: Option<Span>,
    members: Vec<ExprId>,
    /// Members that do not become what the first is.
    odd: Vec<(ExprId, Ty)>,
    nevers: Vec<ExprId>,
    zh: &'static str,
    en: &'static str,
}

impl Merge {
    pub fn new(expected: Option<Ty>, zh: &'static str, en: &'static str) -> Self {
        Self {
            expected: expected.is_some(),
            ty: expected,
            first: None,
            members: Vec::new(),
            odd: Vec::new(),
            nevers: Vec::new(),
            zh,
            en,
        }
    }
    /// What members should be; the first member binds the others only when they are compared with it.
    pub fn hint(&self) -> Option<Ty> {
        self.ty.filter(|_| self.expected)
    }

    pub fn add(&mut self, checker: &mut BodyChecker, expr: ExprId, found: Ty) {
        let found = checker.shallow(found);
        if found.is_never() {
            self.nevers.push(expr);
            return;
        }
        let span = checker.span(expr);
        let Some(ty) = self.ty else {
            (self.ty, self.first) = (Some(found), Some(span));
            self.members.push(expr);
            return;
        };
        if !self.expected && self.widen(checker, found, ty) {
            self.members.push(expr);
            return;
        }
        if self.expected {
            checker.coerce(expr, found, ty, Cause::NONE);
        } else if !checker.convert_expr(expr, found, ty) {
            self.odd.push((expr, found));
        }
        self.members.push(expr);
    }

    /// Reports the members that differ from the others; gives the type of the others. Where all others agree against the
    /// first, it is the first that is odd.
    fn judge(&mut self, checker: &mut BodyChecker) {
        let (Some(ty), Some(first), Some(&(other, wanted))) = (self.ty, self.first, self.odd.first()) else { return };
        let others_agree = self.odd.len() > 1 && self.odd.len() + 1 == self.members.len();
        if others_agree && self.odd[1..].iter().all(|it| checker.table.try_unify(it.1, wanted)) {
            let cause = Cause::new(checker.span(other), "其他的都是这样", "all others are like this");
            checker.mismatch(first, ty, wanted, cause);
            self.ty = Some(wanted);
            return;
        }
        for &(expr, found) in &self.odd {
            checker.mismatch(checker.span(expr), found, ty, Cause::new(first, self.zh, self.en));
        }
    }

    /// After a `T` came a `T?`: the earlier members become options.
    fn widen(&mut self, checker: &mut BodyChecker, found: Ty, ty: Ty) -> bool {
        let known = checker.cx.known();
        let Some(content) = known.option_content(found) else { return false };
        let ty = checker.shallow(ty);
        if ty.is_error() || known.option_content(ty).is_some() || checker.table.var_kind(ty) == Some(VarKind::General) {
            return false;
        }
        if !checker.table.try_unify(content, ty) {
            return false;
        }
        for &member in &self.members {
            checker.out.adjustments.entry(member).or_default().push(Adjust::Some);
        }
        self.ty = Some(found);
        true
    }

    /// The common type; none if no member has a value.
    pub fn finish(mut self, checker: &mut BodyChecker) -> Option<Ty> {
        self.judge(checker);
        if let (Some(ty), false) = (self.ty, self.members.is_empty()) {
            for expr in self.nevers {
                checker.out.adjustments.entry(expr).or_default().push(Adjust::Never(ty));
            }
        }
        if self.members.is_empty() { None } else { self.ty }
    }
}
