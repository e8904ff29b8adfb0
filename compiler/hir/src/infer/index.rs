//! `a[i]` and slices of arrays, strings and dictionaries.

use super::body::{BodyChecker, Cause};
use crate::{ExprId, ExprKind, IndexKind, Ty, TyKind, diagnostics};

impl BodyChecker<'_, '_> {
    pub fn index(&mut self, expr: ExprId, base: ExprId, index: ExprId) -> Ty {
        let found = self.infer(base, None);
        let found = self.shallow(found);
        let body = self.body;
        if let ExprKind::Range { start, end, .. } = &body.exprs[index].kind {
            return self.slice(expr, base, found, index, [*start, *end]);
        }
        match found.kind() {
            TyKind::Array(item) => {
                self.check(index, Ty::int(), Cause::NONE);
                self.out.indexes.insert(expr, IndexKind::ArrayElement);
                *item
            }
            TyKind::Str => {
                self.check(index, Ty::int(), Cause::NONE);
                self.out.indexes.insert(expr, IndexKind::StrElement);
                Ty::char()
            }
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
                    self.not_indexable(base, found)
                }
            },
        }
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
            _ => return self.not_indexable(base, found),
        };
        self.out.indexes.insert(expr, kind);
        found
    }

    fn not_indexable(&mut self, base: ExprId, found: Ty) -> Ty {
        if found.is_error() || found.is_never() {
            return Ty::error();
        }
        if self.table.is_general_var(found) {
            self.report(diagnostics::cannot_infer(self.span(base)));
        } else {
            let text = self.text(found);
            let is_option = self.cx.known().option_content(found).is_some();
            self.report(diagnostics::not_indexable(self.span(base), &text, is_option));
        }
        Ty::error()
    }
}
