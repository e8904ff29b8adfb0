//! Struct literals.

use crate::body::Body;
use qi_base::bug;
use qi_hir::{ExprId, FieldInit, FieldSource};
use qi_mir::{TypeKind, Value};
use rustc_hash::FxHashMap;

impl<'a> Body<'_, 'a> {
    pub(super) fn struct_literal(&mut self, expr: ExprId, fields: &[FieldInit], spread: Option<ExprId>) -> Value {
        let literal = &self.scope.typed.structs[&expr];
        // As written, then the spread, then defaults.
        let mut values: FxHashMap<ExprId, Value> = FxHashMap::default();
        for field in fields {
            let value = self.expr(field.value);
            values.insert(field.value, value);
        }
        let spread = spread.map(|it| self.expr(it));
        let generics = self.subst_all(&literal.generics);
        let mut parts = Vec::with_capacity(literal.fields.len());
        for (index, source) in literal.fields.iter().enumerate() {
            let index = index as u32;
            parts.push(match source {
                FieldSource::Expr(it) => {
                    values.get(it).copied().unwrap_or_else(|| bug!("field initialiser is not written"))
                }
                FieldSource::Default => self.field_default(literal.adt, literal.variant, index, &generics),
                FieldSource::Spread => {
                    let value = spread.unwrap_or_else(|| bug!("no spread to take a field from"));
                    match self.kind_of(value) {
                        TypeKind::Enum(_) => self.payload(value, literal.variant, index),
                        _ => self.struct_get(value, index),
                    }
                }
            });
        }
        let ty = self.raw_type(expr);
        let ty = self.cx.ty(ty);
        match self.cx.module.types.kind(ty) {
            TypeKind::Enum(_) => self.variant(ty, literal.variant, parts),
            _ => self.struct_new(ty, parts),
        }
    }
}
