//! `a[i]` as a value: elements, characters, slices, dictionary entries.

use crate::body::Body;
use crate::target::Target;
use qi_base::bug;
use qi_hir::{ExprId, ExprKind, IndexKind};
use qi_mir::{Arith, Cmp, Opcode, Overflow, RuntimeFn, TypeKind, Value};

impl Body<'_, '_> {
    pub(super) fn index(&mut self, expr: ExprId, base: ExprId, index: ExprId) -> Value {
        let kind = self.scope.typed.indexes.get(&expr).unwrap_or_else(|| bug!("index {expr} has no kind"));
        let value = self.expr(base);
        match kind {
            IndexKind::ArrayElement => {
                let index = self.expr(index);
                self.element(value, index)
            }
            IndexKind::StrElement => {
                let index = self.expr(index);
                let ty = self.cx.module.types.intern(TypeKind::Char);
                self.runtime(RuntimeFn::qi_str_char_at, Vec::new(), vec![value, index], Some(ty))
            }
            IndexKind::ArraySlice => {
                let (start, end) = self.slice_bounds(expr, value, index);
                let ty = self.type_of(value);
                self.runtime(RuntimeFn::qi_array_slice, vec![ty], vec![value, start, end], Some(ty))
            }
            IndexKind::StrSlice => {
                let (start, end) = self.slice_bounds(expr, value, index);
                let ty = self.type_of(value);
                self.runtime(RuntimeFn::qi_str_slice, Vec::new(), vec![value, start, end], Some(ty))
            }
            IndexKind::Map { functions, generics } => {
                let key = self.expr(index);
                let target = Target::Function { function: functions.get, generics: self.subst_all(generics) };
                self.call_values(&target, vec![value, key])
            }
        }
    }

    /// Start and exclusive end of a slice; open ends are those of the value.
    fn slice_bounds(&mut self, expr: ExprId, value: Value, index: ExprId) -> (Value, Value) {
        let ExprKind::Range { start, end, inclusive } = &self.scope.body.exprs[index].kind else {
            return self.range_bounds(expr, index);
        };
        let start = match start {
            Some(it) => self.expr(*it),
            None => self.int(0),
        };
        let end = match end {
            Some(it) => {
                let end = self.expr(*it);
                if *inclusive { self.after(end) } else { end }
            }
            None => self.length(value),
        };
        (start, end)
    }

    /// Those of a 区间 value.
    fn range_bounds(&mut self, expr: ExprId, index: ExprId) -> (Value, Value) {
        let call = self.scope.typed.calls.get(&expr).unwrap_or_else(|| bug!("slice {expr} has no bounds"));
        let range = self.expr(index);
        let target = self.target(&call.callee, None);
        let bounds = self.call_values(&target, vec![range]);
        (self.struct_get(bounds, 0), self.struct_get(bounds, 1))
    }

    /// The next integer, or the last one, which is beyond any length as well.
    fn after(&mut self, value: Value) -> Value {
        let ty = self.type_of(value);
        let last = self.int(i128::from(i64::MAX));
        let is_last = self.compare(Cmp::Eq, value, last);
        self.select(
            is_last,
            ty,
            |_| last,
            |body| {
                let one = body.int_of(1, ty);
                body.build.plain(Opcode::Int2(Arith::Add, Overflow::Wrapping), vec![value, one], ty, None)
            },
        )
    }

    /// Elements of an array, characters of a text.
    pub fn length(&mut self, value: Value) -> Value {
        let ty = self.cx.module.types.i64();
        match self.kind_of(value) {
            TypeKind::Str => self.runtime(RuntimeFn::qi_str_len, Vec::new(), vec![value], Some(ty)),
            _ => self.build.plain(Opcode::ArrayLen, vec![value], ty, None),
        }
    }
}
