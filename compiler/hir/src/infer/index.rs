//! `a[i]` and slices of arrays, strings and dictionaries.

use super::body::{BodyChecker, Cause};
use crate::{Call, CallMode, Callee, ExprId, ExprKind, IndexKind, Literal, Ty, TyKind, diagnostics};
use qi_base::Span;

impl BodyChecker<'_, '_> {
    pub fn index(&mut self, expr: ExprId, base: ExprId, index: ExprId) -> Ty {
        let found = self.infer(base, None);
        let found = self.shallow(found);
        let body = self.body;
        if let ExprKind::Range { start, end, .. } = &body.exprs[index].kind {
            return self.slice(expr, base, found, index, [*start, *end]);
        }
        match found.kind() {
            TyKind::Array(_) | TyKind::Str => self.element_or_slice(expr, found, index),
            _ => match self.cx.known().map_content(found) {
                Some((key, value)) => {
                    self.check(index, key, Cause::NONE);
                    if let Some(kind) = self.map_functions(key, value, self.span(index)) {
                        self.out.indexes.insert(expr, kind);
                    }
                    value
                }
                None => {
                    self.infer(index, None);
                    self.not_indexable(expr, base, index, found)
                }
            },
        }
    }

    /// The index is a number or a value of type 区间.
    fn element_or_slice(&mut self, expr: ExprId, base: Ty, index: ExprId) -> Ty {
        let found = self.infer(index, Some(Ty::int()));
        let is_range = self.shallow(found) == self.cx.known().range_type();
        if is_range {
            self.range_bounds(expr);
        } else {
            self.coerce(index, found, Ty::int(), Cause::NONE);
        }
        let (kind, ty) = match (base.kind(), is_range) {
            (TyKind::Array(_), true) => (IndexKind::ArraySlice, base),
            (_, true) => (IndexKind::StrSlice, base),
            (TyKind::Array(item), false) => (IndexKind::ArrayElement, *item),
            (_, false) => (IndexKind::StrElement, Ty::char()),
        };
        self.out.indexes.insert(expr, kind);
        ty
    }

    /// Records the function that says what a 区间 value means as a slice.
    fn range_bounds(&mut self, expr: ExprId) {
        let range = self.cx.known().range;
        let Some(function) = range.and_then(|it| self.std_method(it, "切片界", 0)) else { return };
        let callee = Callee::Function { function, generics: Vec::new() };
        self.out.calls.insert(expr, Call { callee, args: Vec::new(), mode: CallMode::Direct });
    }

    /// The bounds may be left open.
    fn slice(&mut self, expr: ExprId, base: ExprId, found: Ty, range: ExprId, bounds: [Option<ExprId>; 2]) -> Ty {
        for bound in bounds.into_iter().flatten() {
            self.check(bound, Ty::int(), Cause::NONE);
        }
        self.out.expr_types[range] = Some(self.cx.known().range_type());
        let kind = match found.kind() {
            TyKind::Array(_) => IndexKind::ArraySlice,
            TyKind::Str => IndexKind::StrSlice,
            _ => return self.not_indexable(expr, base, range, found),
        };
        self.out.indexes.insert(expr, kind);
        found
    }

    fn not_indexable(&mut self, expr: ExprId, base: ExprId, index: ExprId, found: Ty) -> Ty {
        if found.is_error() {
            return Ty::error();
        }
        if self.table.is_general_var(found) {
            self.cannot_infer(self.span(base));
        } else {
            let text = self.text(found);
            let report = diagnostics::not_indexable(self.span(base), &text).with_notes(self.member_hint(found));
            self.report(match self.tuple_part_in_brackets(expr, base, index, found) {
                Some((brackets, index)) => diagnostics::with_tuple_part(report, brackets, index),
                None => report,
            });
        }
        Ty::error()
    }

    /// `对[0]` of a tuple that has such a part: the brackets, unless blanks or parentheses stand around them.
    fn tuple_part_in_brackets(&self, expr: ExprId, base: ExprId, index: ExprId, found: Ty) -> Option<(Span, u128)> {
        let (TyKind::Tuple(parts), ExprKind::Literal(Literal::Int(part))) =
            (found.kind(), &self.body.exprs[index].kind)
        else {
            return None;
        };
        let (whole, base, index) = (self.span(expr), self.span(base), self.span(index));
        let is_plain = base.end + 1 == index.start && index.end + 1 == whole.end;
        (is_plain && *part < parts.len() as u128).then_some((Span { start: base.end, ..whole }, *part))
    }
}
