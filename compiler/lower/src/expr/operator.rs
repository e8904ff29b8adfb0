//! Unary and binary operators. What an operator does follows from the concrete types, so generic code needs no other rule.

use crate::body::Body;
use qi_base::bug;
use qi_hir::{BinaryOp, ExprId, ExprKind, Literal, OperatorKind, UnaryOp};
use qi_mir::{Arith, Bits, Opcode, Overflow, RuntimeFn, TypeKind, Value};

impl Body<'_, '_> {
    pub(super) fn unary(&mut self, expr: ExprId, op: UnaryOp, operand: ExprId) -> Value {
        let ty = self.raw_type(expr);
        let ty = self.cx.ty(ty);
        if op == UnaryOp::Neg
            && let ExprKind::Literal(literal @ (Literal::Int(_) | Literal::Float(_))) =
                &self.scope.body.exprs[operand].kind
        {
            return self.literal_of(literal, true, ty);
        }
        let value = self.expr(operand);
        match (op, self.cx.module.types.kind(ty)) {
            (UnaryOp::Neg, TypeKind::Float { .. }) => self.op(Opcode::Float2(Arith::Neg), vec![value], ty),
            (UnaryOp::Neg, _) => self.op(Opcode::Int2(Arith::Neg, Overflow::Checked), vec![value], ty),
            (UnaryOp::Plus, _) => value,
            (UnaryOp::Not | UnaryOp::BitNot, _) => self.not(value),
        }
    }

    pub(super) fn binary(&mut self, expr: ExprId, op: BinaryOp, left: ExprId, right: ExprId) -> Value {
        match op {
            BinaryOp::And | BinaryOp::Or => self.short_circuit(op == BinaryOp::And, left, right),
            BinaryOp::Coalesce => self.coalesce(expr, left, right),
            BinaryOp::Add if self.operator(expr) == OperatorKind::Concat => {
                let mut pieces = Vec::new();
                self.concat_pieces(left, right, &mut pieces);
                self.join(&pieces)
            }
            _ => {
                let (a, b) = (self.expr(left), self.expr(right));
                let kind = self.operator(expr);
                self.operate(op, kind, a, b)
            }
        }
    }

    pub(super) fn operator(&self, expr: ExprId) -> OperatorKind {
        match self.scope.typed.operators.get(&expr).and_then(|it| it.first()) {
            Some(kind) => *kind,
            None => bug!("operator {expr} at {:?} has no kind", self.span),
        }
    }

    /// Texts of `a + b + c`, evaluated from left to right. A sum that is converted afterwards is one text.
    pub(super) fn concat_pieces(&mut self, left: ExprId, right: ExprId, pieces: &mut Vec<Value>) {
        match self.scope.body.exprs[left].kind {
            ExprKind::Binary { op: BinaryOp::Add, left: first, right: second, .. }
                if !self.scope.typed.adjustments.contains_key(&left) && self.operator(left) == OperatorKind::Concat =>
            {
                self.concat_pieces(first, second, pieces);
            }
            _ => {
                let value = self.expr(left);
                pieces.push(self.piece(value));
            }
        }
        let value = self.expr(right);
        pieces.push(self.piece(value));
    }

    fn short_circuit(&mut self, and: bool, left: ExprId, right: ExprId) -> Value {
        let ty = self.cx.module.types.bool();
        let left = self.expr(left);
        if and {
            self.select(left, ty, |body| body.expr(right), |body| body.bool(false))
        } else {
            self.select(left, ty, |body| body.bool(true), |body| body.expr(right))
        }
    }

    /// A binary operator on values.
    pub(super) fn operate(&mut self, op: BinaryOp, kind: OperatorKind, a: Value, b: Value) -> Value {
        use BinaryOp::*;
        match op {
            Eq | Ne | Lt | Le | Gt | Ge => self.comparison(op, kind, a, b),
            BitAnd => self.bits(Bits::And, a, b),
            BitOr => self.bits(Bits::Or, a, b),
            BitXor => self.bits(Bits::Xor, a, b),
            Add if kind == OperatorKind::ArrayConcat => {
                let ty = self.type_of(a);
                self.runtime(RuntimeFn::qi_array_concat, vec![ty], vec![a, b], Some(ty))
            }
            Add if kind == OperatorKind::Concat => {
                let pieces = [self.piece(a), self.piece(b)];
                self.join(&pieces)
            }
            Mul if kind == OperatorKind::Repeat => self.repeat_text(a, b),
            Add => self.arithmetic(Arith::Add, a, b),
            Sub => self.arithmetic(Arith::Sub, a, b),
            Mul => self.arithmetic(Arith::Mul, a, b),
            Div => self.arithmetic(Arith::Div, a, b),
            Rem => self.arithmetic(Arith::Rem, a, b),
            WrappingAdd => self.wrapping(Arith::Add, a, b),
            WrappingSub => self.wrapping(Arith::Sub, a, b),
            WrappingMul => self.wrapping(Arith::Mul, a, b),
            Shl => self.shift(Arith::Shl, a, b),
            Shr => self.shift(Arith::Shr, a, b),
            And | Or | Coalesce => bug!("{op:?} does not evaluate both operands"),
        }
    }

    fn bits(&mut self, op: Bits, a: Value, b: Value) -> Value {
        let ty = self.type_of(a);
        self.op(Opcode::Bits2(op), vec![a, b], ty)
    }

    fn arithmetic(&mut self, op: Arith, a: Value, b: Value) -> Value {
        let ty = self.type_of(a);
        match (self.cx.module.types.kind(ty), op) {
            (TypeKind::Float { bits: 64 }, Arith::Rem) => {
                self.runtime(RuntimeFn::qi_float_rem, Vec::new(), vec![a, b], Some(ty))
            }
            (TypeKind::Float { .. }, Arith::Rem) => {
                let wide = self.cx.module.types.intern(TypeKind::Float { bits: 64 });
                let (a, b) = (self.op(Opcode::FloatCast, vec![a], wide), self.op(Opcode::FloatCast, vec![b], wide));
                let rest = self.runtime(RuntimeFn::qi_float_rem, Vec::new(), vec![a, b], Some(wide));
                self.op(Opcode::FloatCast, vec![rest], ty)
            }
            (TypeKind::Float { .. }, _) => self.op(Opcode::Float2(op), vec![a, b], ty),
            _ => self.op(Opcode::Int2(op, Overflow::Checked), vec![a, b], ty),
        }
    }

    /// A count that the type of the value cannot hold is outside its width too: 溢出 either way.
    fn shift(&mut self, op: Arith, value: Value, count: Value) -> Value {
        let ty = self.type_of(value);
        let count = self.int_cast(count, ty);
        self.arithmetic(op, value, count)
    }

    fn repeat_text(&mut self, a: Value, b: Value) -> Value {
        let (text, count) = if *self.kind_of(a) == TypeKind::Str { (a, b) } else { (b, a) };
        let ty = self.type_of(text);
        self.runtime(RuntimeFn::qi_str_repeat, Vec::new(), vec![text, count], Some(ty))
    }
}
