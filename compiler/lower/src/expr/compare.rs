//! Comparison of values: scalars by one operation, texts by the runtime, everything else by structure.

use crate::body::Body;
use qi_base::bug;
use qi_hir::{BinaryOp, ExprId, OperatorKind};
use qi_mir::{Cmp, Opcode, RuntimeFn, Type, TypeKind, Value};

impl Body<'_, '_> {
    /// `a <= b < c`: each operand once, stops at the first that does not hold.
    pub(super) fn compare_chain(&mut self, expr: ExprId, operands: &[ExprId], ops: &[BinaryOp]) -> Value {
        let kinds = self.scope.typed.operators[&expr].clone();
        let first = self.expr(operands[0]);
        self.compare_rest(first, &operands[1..], ops, &kinds)
    }

    fn compare_rest(&mut self, left: Value, operands: &[ExprId], ops: &[BinaryOp], kinds: &[OperatorKind]) -> Value {
        let right = self.expr(operands[0]);
        let holds = self.comparison(ops[0], kinds[0], left, right);
        if ops.len() == 1 {
            return holds;
        }
        let ty = self.cx.module.types.bool();
        self.select(
            holds,
            ty,
            |body| body.compare_rest(right, &operands[1..], &ops[1..], &kinds[1..]),
            |body| body.bool(false),
        )
    }

    pub(super) fn comparison(&mut self, op: BinaryOp, kind: OperatorKind, a: Value, b: Value) -> Value {
        let cmp = match op {
            BinaryOp::Eq => Cmp::Eq,
            BinaryOp::Ne => Cmp::Ne,
            BinaryOp::Lt => Cmp::Lt,
            BinaryOp::Le => Cmp::Le,
            BinaryOp::Gt => Cmp::Gt,
            BinaryOp::Ge => Cmp::Ge,
            other => bug!("{other:?} is no comparison"),
        };
        if self.is_scalar(self.type_of(a)) {
            return self.compare(cmp, a, b);
        }
        if kind == OperatorKind::Absence {
            let (a, b) = (self.is_variant(a, 0), self.is_variant(b, 0));
            return self.compare(cmp, a, b);
        }
        match cmp {
            Cmp::Eq => self.equal(a, b),
            Cmp::Ne => {
                let equal = self.equal(a, b);
                self.not(equal)
            }
            Cmp::Lt | Cmp::Le | Cmp::Gt | Cmp::Ge => {
                let order = self.order(a, b);
                let zero = self.int(0);
                self.compare(cmp, order, zero)
            }
        }
    }

    /// Numbers, characters, yes or no; enums keep their user-written comparison.
    fn is_scalar(&self, ty: Type) -> bool {
        matches!(
            self.cx.module.types.kind(ty),
            TypeKind::Int { .. } | TypeKind::Float { .. } | TypeKind::Char | TypeKind::Bool | TypeKind::Pointer
        )
    }

    pub fn equal(&mut self, a: Value, b: Value) -> Value {
        let ty = self.cx.module.types.bool();
        match self.kind_of(a) {
            TypeKind::Str => self.runtime(RuntimeFn::qi_str_equal, Vec::new(), vec![a, b], Some(ty)),
            _ if self.is_scalar(self.type_of(a)) => self.compare(Cmp::Eq, a, b),
            _ => self.op(Opcode::Equal, vec![a, b], ty),
        }
    }

    /// -1, 0, 1.
    pub fn order(&mut self, a: Value, b: Value) -> Value {
        let ty = self.cx.module.types.i64();
        match self.kind_of(a) {
            TypeKind::Str => self.runtime(RuntimeFn::qi_str_compare, Vec::new(), vec![a, b], Some(ty)),
            _ => self.op(Opcode::Order, vec![a, b], ty),
        }
    }
}
