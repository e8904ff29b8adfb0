//! Types too large to work with. Each step of a program may double a type (`变量 乙 = (甲, 甲)`), and whoever walks it takes that
//! long; so what an expression or an alias gives is measured.

use super::Checker;
use super::body::BodyChecker;
use crate::{Ty, diagnostics};
use qi_base::Span;

const MAX_SIZE: u32 = 5_000;
const MAX_DEPTH: u32 = 500;

impl Checker<'_> {
    /// The type, if it is of a sensible size.
    pub(super) fn measured(&mut self, ty: Ty, span: Span) -> Ty {
        if ty.fits(MAX_SIZE, MAX_DEPTH) {
            return ty;
        }
        self.report(diagnostics::type_too_large(span));
        Ty::error()
    }
}

impl BodyChecker<'_, '_> {
    /// The same for a type that may have variables; once per body.
    pub(super) fn measured(&mut self, ty: Ty, span: Span) -> Ty {
        if self.table.fits(ty, MAX_DEPTH, &mut { MAX_SIZE }) {
            return ty;
        }
        if !std::mem::replace(&mut self.has_large_type, true) {
            self.report(diagnostics::type_too_large(span));
        }
        self.failed = true;
        Ty::error()
    }
}
