//! Operators: which types they take, what comes out. Numbers of one expression have one type; literals follow.

use super::body::{BodyChecker, Cause};
use super::table::VarKind;
use crate::{BinaryOp, ExprId, ExprKind, Literal, OperatorKind, Res, Ty, TyKind, UnaryOp, diagnostics};
use qi_base::Span;

pub(super) fn symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Rem => "%",
        BinaryOp::WrappingAdd => "&+",
        BinaryOp::WrappingSub => "&-",
        BinaryOp::WrappingMul => "&*",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        BinaryOp::BitXor => "^",
        BinaryOp::Shl => "<<",
        BinaryOp::Shr => ">>",
        BinaryOp::And => "且",
        BinaryOp::Or => "或",
        BinaryOp::Coalesce => "??",
        BinaryOp::Eq => "==",
        BinaryOp::Ne => "!=",
        BinaryOp::Lt => "<",
        BinaryOp::Le => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::Ge => ">=",
    }
}

/// An operator both of whose operands were unknown when it was checked.
pub(super) struct OpenOperator {
    expr: ExprId,
    op: BinaryOp,
    span: Span,
    left: (ExprId, Ty),
    right: (ExprId, Ty),
    numbers: Numbers,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    Any,
    Integers,
}

impl BodyChecker<'_, '_> {
    /// A chain that leans left is walked in a loop: its length costs no stack.
    pub fn binary(&mut self, expr: ExprId, hint: Option<Ty>) -> Ty {
        let body = self.body;
        let mut chain = Vec::new();
        let mut leftmost = expr;
        while let ExprKind::Binary { op, op_span, left, right } = &body.exprs[leftmost].kind {
            chain.push((leftmost, *op, *op_span, *left, *right));
            leftmost = *left;
        }
        // Only where every operator gives the type of its left operand is that the type wanted of the whole.
        let keeps =
            |op: BinaryOp| !matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce) && !op.is_comparison();
        let hint = hint.filter(|_| chain.iter().all(|it| keeps(it.1)));
        let n_reports = self.cx.diagnostics.len();
        let mut ty = self.infer(leftmost, hint);
        let (op, right) = chain.last().map(|it| (it.1, it.4)).expect("the expression itself is one");
        if op.is_comparison() && self.cx.diagnostics.len() > n_reports {
            self.explain_not(leftmost, op, right);
        }
        for &(expr, op, span, left, right) in chain.iter().rev() {
            ty = self.operation(expr, op, span, (left, ty), right);
            self.out.expr_types[expr] = Some(ty);
        }
        ty
    }

    /// `非 a == b`, where the operand of 非 was just refused.
    fn explain_not(&mut self, left: ExprId, op: BinaryOp, right: ExprId) {
        let ExprKind::Unary { op: UnaryOp::Not, operand } = self.body.exprs[left].kind else { return };
        let span = self.span(operand);
        let compared = span.to(self.span(right));
        self.amend(span, |report| diagnostics::not_binds_tighter(report, compared, symbol(op)));
    }

    /// `left op right`, also inside `left op= right`; records the operator at `expr`.
    pub fn operation(&mut self, expr: ExprId, op: BinaryOp, span: Span, left: (ExprId, Ty), right: ExprId) -> Ty {
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let right = (right, self.infer(right, Some(Ty::bool())));
                self.booleans(op, span, left, right);
                self.record(expr, OperatorKind::Bool, Ty::bool());
                Ty::bool()
            }
            BinaryOp::Coalesce => self.coalesce(expr, left, right),
            BinaryOp::Add => self.add(expr, span, left, right),
            BinaryOp::Mul => self.multiply(expr, span, left, right),
            BinaryOp::Sub | BinaryOp::Div | BinaryOp::Rem => {
                let right_ty = self.infer(right, Some(left.1));
                self.numbers(expr, op, span, left, (right, right_ty), Numbers::Any)
            }
            BinaryOp::WrappingAdd
            | BinaryOp::WrappingSub
            | BinaryOp::WrappingMul
            | BinaryOp::BitAnd
            | BinaryOp::BitOr
            | BinaryOp::BitXor => {
                let right_ty = self.infer(right, Some(left.1));
                self.numbers(expr, op, span, left, (right, right_ty), Numbers::Integers)
            }
            BinaryOp::Shl | BinaryOp::Shr => self.shift(expr, op, span, left, right),
            BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
                let right_ty = self.infer(right, Some(left.1));
                self.comparison(expr, op, span, left, (right, right_ty));
                Ty::bool()
            }
        }
    }

    fn record(&mut self, expr: ExprId, kind: OperatorKind, operand: Ty) {
        self.out.operators.entry(expr).or_default().push(kind);
        let index = self.out.operators[&expr].len() - 1;
        // A literal's type may still become 浮点数.
        if self.table.var_kind(operand).is_some() {
            self.number_operators.push((expr, index, operand));
        }
    }

    pub(super) fn is_number(&self, ty: Ty, numbers: Numbers) -> bool {
        match self.table.var_kind(ty) {
            Some(VarKind::Int) => true,
            Some(VarKind::Float) => numbers == Numbers::Any,
            Some(VarKind::General) => false,
            None => match ty.kind() {
                TyKind::Int(_) => true,
                TyKind::Float(_) => numbers == Numbers::Any,
                _ => false,
            },
        }
    }
    pub fn number_kind(&self, ty: Ty) -> OperatorKind {
        match (self.table.var_kind(ty), self.shallow(ty).kind()) {
            (Some(VarKind::Float), _) | (_, TyKind::Float(_)) => OperatorKind::Float,
            _ => OperatorKind::Int,
        }
    }

    fn numbers(
        &mut self,
        expr: ExprId,
        op: BinaryOp,
        span: Span,
        left: (ExprId, Ty),
        right: (ExprId, Ty),
        numbers: Numbers,
    ) -> Ty {
        let (x, y) = (self.shallow(left.1), self.shallow(right.1));
        if x.is_error() || y.is_error() {
            return Ty::error();
        }
        if x.is_never() || y.is_never() {
            self.record(expr, OperatorKind::Int, Ty::int());
            return if x.is_never() { y } else { x };
        }
        if self.table.is_general_var(x) && self.table.is_general_var(y) {
            // `|x, y| x + y`: both sides are taken to be of one type, which the calls will tell.
            self.table.unify(x, y);
            self.record(expr, OperatorKind::Int, x);
            self.open_operators.push(OpenOperator { expr, op, span, left, right, numbers });
            return x;
        }
        let fits = (self.is_number(x, numbers) || self.is_number(y, numbers)) && self.table.try_unify(x, y);
        if !fits {
            return self.bad_operands(op, span, left, right);
        }
        let ty = self.shallow(x);
        if !self.is_number(ty, numbers) {
            return self.bad_operands(op, span, left, right);
        }
        let kind = self.number_kind(ty);
        self.record(expr, kind, ty);
        if numbers == Numbers::Integers && self.table.var_kind(ty).is_some() {
            self.integers.push((span, ty));
        }
        ty
    }

    fn booleans(&mut self, op: BinaryOp, span: Span, left: (ExprId, Ty), right: (ExprId, Ty)) {
        let mut fits = true;
        for (operand, ty) in [left, right] {
            let ty = self.shallow(ty);
            if ty.is_never() {
                self.coerce(operand, ty, Ty::bool(), Cause::NONE);
            } else {
                fits &= self.table.try_unify(ty, Ty::bool());
            }
        }
        if !fits {
            self.bad_operands(op, span, left, right);
        }
    }

    fn add(&mut self, expr: ExprId, span: Span, left: (ExprId, Ty), right: ExprId) -> Ty {
        let x = self.shallow(left.1);
        let takes_hint = self.is_number(x, Numbers::Any) || matches!(x.kind(), TyKind::Array(_));
        let right_ty = self.infer(right, takes_hint.then_some(x));
        let y = self.shallow(right_ty);
        if x.is_error() || y.is_error() {
            return Ty::error();
        }
        let is_text = |it: Ty| matches!(it.kind(), TyKind::Str);
        let chars = matches!((x.kind(), y.kind()), (TyKind::Char, TyKind::Char));
        if is_text(x) || is_text(y) || chars {
            self.record(expr, OperatorKind::Concat, Ty::str());
            return Ty::str();
        }
        if matches!((x.kind(), y.kind()), (TyKind::Array(_), TyKind::Array(_))) {
            if !self.table.try_unify(x, y) {
                return self.bad_operands(BinaryOp::Add, span, left, (right, right_ty));
            }
            self.record(expr, OperatorKind::ArrayConcat, x);
            return x;
        }
        self.numbers(expr, BinaryOp::Add, span, left, (right, right_ty), Numbers::Any)
    }

    /// Numbers, or 字符串 * 整数.
    fn multiply(&mut self, expr: ExprId, span: Span, left: (ExprId, Ty), right: ExprId) -> Ty {
        if matches!(self.shallow(left.1).kind(), TyKind::Str) {
            self.check(
                right,
                Ty::int(),
                Cause::new(span, "字符串只能乘以整数", "a string is repeated an integer number of times"),
            );
            self.record(expr, OperatorKind::Repeat, Ty::str());
            return Ty::str();
        }
        let right_ty = self.infer(right, Some(left.1));
        self.numbers(expr, BinaryOp::Mul, span, left, (right, right_ty), Numbers::Any)
    }

    /// The count of a shift has an integer type of its own.
    fn shift(&mut self, expr: ExprId, op: BinaryOp, span: Span, left: (ExprId, Ty), right: ExprId) -> Ty {
        let count = self.infer(right, Some(Ty::int()));
        let (value, count) = (self.shallow(left.1), self.shallow(count));
        if !self.is_number(value, Numbers::Integers) || !self.is_number(count, Numbers::Integers) {
            return self.numbers(expr, op, span, left, (right, count), Numbers::Integers);
        }
        self.record(expr, OperatorKind::Int, value);
        for ty in [value, count] {
            if self.table.var_kind(ty).is_some() {
                self.integers.push((span, ty));
            }
        }
        value
    }

    fn coalesce(&mut self, expr: ExprId, left: (ExprId, Ty), right: ExprId) -> Ty {
        let known = self.cx.known();
        let found = self.shallow(left.1);
        let Some(content) = known.option_content(found) else {
            self.infer(right, None);
            if self.table.is_general_var(found) {
                self.cannot_infer(self.span(left.0));
            } else if !found.is_error() {
                let text = self.text(found);
                let is_result = self.cx.known().result_content(found).is_some();
                let report = diagnostics::coalesce_needs_option(self.span(left.0), &text, is_result);
                self.report(match self.is_dictionary_index(left.0) {
                    true => diagnostics::indexed_dictionary_has_value(report),
                    false => report,
                });
            }
            return Ty::error();
        };
        self.record(expr, OperatorKind::Coalesce, found);
        let other = self.infer(right, Some(content));
        let other = self.shallow(other);
        if known.option_content(other).is_some() {
            if self.table.try_unify(other, content) {
                return content;
            }
            self.coerce(right, other, found, Cause::NONE);
            return found;
        }
        self.coerce(
            right,
            other,
            content,
            Cause::new(self.span(left.0), "默认值要与这里的内容同类型", "the default has the type of this content"),
        );
        content
    }

    // ---- comparison ------------------------------------------------------------------------------------------------

    fn comparison(&mut self, expr: ExprId, op: BinaryOp, span: Span, left: (ExprId, Ty), right: (ExprId, Ty)) {
        let Some(ty) = self.common_type(op, span, left, right) else {
            self.record(expr, OperatorKind::Structural, Ty::error());
            return;
        };
        let ty = self.shallow(ty);
        let is_equality = matches!(op, BinaryOp::Eq | BinaryOp::Ne);
        let kind = match ty.kind() {
            _ if self.is_number(ty, Numbers::Any) => self.number_kind(ty),
            TyKind::Bool => OperatorKind::Bool,
            TyKind::Char => OperatorKind::Char,
            _ if is_equality && (self.is_absent(left.0) || self.is_absent(right.0)) => OperatorKind::Absence,
            _ => OperatorKind::Structural,
        };
        self.record(expr, kind, ty);
        let known = self.cx.known();
        let trait_ = if is_equality { known.equatable } else { known.comparable };
        if kind == OperatorKind::Structural {
            self.require(trait_, ty, span);
        }
    }

    /// `无` itself.
    pub fn is_absent(&self, expr: ExprId) -> bool {
        let Some(Res::Variant { adt, variant, .. }) = self.out.names.get(&expr) else { return false };
        Some(*adt) == self.cx.known().option && self.variant_def(*adt, *variant).fields.is_empty()
    }

    /// `x == 无`, `可选 == 3`: an option may meet its content where they are equal or not; that a missing value were less or
    /// more than another is not meant.
    fn common_type(&mut self, op: BinaryOp, span: Span, left: (ExprId, Ty), right: (ExprId, Ty)) -> Option<Ty> {
        let (x, y) = (self.shallow(left.1), self.shallow(right.1));
        if x.is_error() || y.is_error() {
            return None;
        }
        if self.table.try_unify(x, y) {
            return Some(x);
        }
        let known = self.cx.known();
        let is_equality = matches!(op, BinaryOp::Eq | BinaryOp::Ne);
        if let Some(content) = known.option_content(x).filter(|_| is_equality)
            && known.option_content(y).is_none()
            && self.table.try_unify(content, y)
        {
            self.out.adjustments.entry(right.0).or_default().push(crate::Adjust::Some);
            self.warn_absence_as_number(op, left.0, right.0);
            return Some(x);
        }
        if let Some(content) = known.option_content(y).filter(|_| is_equality)
            && known.option_content(x).is_none()
            && self.table.try_unify(content, x)
        {
            self.out.adjustments.entry(left.0).or_default().push(crate::Adjust::Some);
            self.warn_absence_as_number(op, right.0, left.0);
            return Some(y);
        }
        if !x.is_never() && !y.is_never() {
            self.bad_operands(op, span, left, right);
        }
        None
    }

    pub fn compare_chain(&mut self, expr: ExprId, operands: &[ExprId], ops: &[BinaryOp]) -> Ty {
        let rises = ops.iter().any(|it| matches!(it, BinaryOp::Lt | BinaryOp::Le));
        let falls = ops.iter().any(|it| matches!(it, BinaryOp::Gt | BinaryOp::Ge));
        if ops.len() > 1 && ((rises && falls) || ops.contains(&BinaryOp::Ne)) {
            self.report(diagnostics::chain_direction(self.span(expr), ops.iter().all(|it| *it == BinaryOp::Ne)));
            for &operand in operands {
                self.infer(operand, None);
            }
            return Ty::bool();
        }
        let Some((&first, rest)) = operands.split_first() else { return Ty::bool() };
        let mut left = (first, self.infer(first, None));
        for (&operand, &op) in rest.iter().zip(ops) {
            let right = (operand, self.infer(operand, Some(left.1)));
            self.comparison(expr, op, self.span(expr), left, right);
            left = right;
        }
        Ty::bool()
    }

    // ---- prefix ----------------------------------------------------------------------------------------------------

    pub fn unary(&mut self, expr: ExprId, op: UnaryOp, operand: ExprId, hint: Option<Ty>) -> Ty {
        let body = self.body;
        if let (UnaryOp::Neg, ExprKind::Literal(it @ Literal::Int(_))) = (op, &body.exprs[operand].kind) {
            let ty = self.literal(expr, it, true, hint);
            self.out.expr_types[operand] = Some(ty);
            let kind = self.number_kind(ty);
            self.record(expr, kind, ty);
            return ty;
        }
        if op == UnaryOp::Not {
            let found = self.infer(operand, Some(Ty::bool()));
            let fits = self.coerce(operand, found, Ty::bool(), Cause::NONE);
            self.record(expr, OperatorKind::Bool, Ty::bool());
            return if fits { Ty::bool() } else { Ty::error() };
        }
        let ty = self.infer(operand, hint);
        let ty = self.shallow(ty);
        let (sign, numbers) = match op {
            UnaryOp::Neg => ("-", Numbers::Any),
            UnaryOp::Plus => ("+", Numbers::Any),
            UnaryOp::Not | UnaryOp::BitNot => ("~", Numbers::Integers),
        };
        let unsigned = op == UnaryOp::Neg && matches!(ty.kind(), TyKind::Int(it) if !it.is_signed());
        if ty.is_error() || ty.is_never() {
            return ty;
        }
        if self.table.is_general_var(ty) {
            self.cannot_infer(self.span(operand));
            return Ty::error();
        }
        if !self.is_number(ty, numbers) || unsigned {
            let text = self.text(ty);
            self.report(diagnostics::prefix_type(self.span(expr), sign, &text));
            return Ty::error();
        }
        let kind = self.number_kind(ty);
        self.record(expr, kind, ty);
        ty
    }

    /// Gives operators on literals their final kinds.
    pub fn close_operators(&mut self) {
        for (expr, index, ty) in std::mem::take(&mut self.number_operators) {
            let kind = match self.shallow(ty).kind() {
                TyKind::Int(_) | TyKind::Float(_) => self.number_kind(ty),
                TyKind::Bool => OperatorKind::Bool,
                TyKind::Char => OperatorKind::Char,
                _ => continue,
            };
            if let Some(kinds) = self.out.operators.get_mut(&expr)
                && matches!(kinds[index], OperatorKind::Int | OperatorKind::Float | OperatorKind::Structural)
            {
                kinds[index] = kind;
            }
        }
        for it in std::mem::take(&mut self.open_operators) {
            self.close_operator(&it);
        }
        for (span, ty) in std::mem::take(&mut self.integers) {
            let ty = self.table.resolve(ty);
            if matches!(ty.kind(), TyKind::Float(_)) {
                let text = self.text(ty);
                self.report(diagnostics::prefix_type(span, "整数", &text));
            }
        }
    }
}

impl BodyChecker<'_, '_> {
    fn close_operator(&mut self, it: &OpenOperator) {
        let ty = self.table.resolve(it.left.1);
        let kind = match ty.kind() {
            _ if self.is_number(ty, it.numbers) => self.number_kind(ty),
            TyKind::Str if it.op == BinaryOp::Add => OperatorKind::Concat,
            TyKind::Array(_) if it.op == BinaryOp::Add => OperatorKind::ArrayConcat,
            _ => {
                self.bad_operands(it.op, it.span, it.left, it.right);
                return;
            }
        };
        self.out.operators.insert(it.expr, vec![kind]);
    }
}

impl BinaryOp {
    pub fn is_comparison(self) -> bool {
        matches!(self, Self::Eq | Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge)
    }
}
