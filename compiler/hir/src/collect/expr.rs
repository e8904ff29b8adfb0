//! Expressions without control flow. Chains that lean left (`a + b + c`, `x.f().g()`) are walked in a loop, so their
//! length costs no stack.

use super::body::BodyBuilder;
use super::{closure, types};
use crate::diagnostics;
use crate::{
    Arg, BinaryOp, Expr as HirExpr, ExprId, ExprKind, FieldInit, FormatSpec, Literal, Mode, Path, PathSegment,
    TemplatePart, UnaryOp,
};
use qi_base::Span;
use qi_syntax::ast::{self, Expr, LiteralKind};

/// None after a reported error.
pub(super) fn literal(literal: &ast::Literal) -> Option<Literal> {
    Some(match literal.kind() {
        LiteralKind::Int(it) => Literal::Int(it?),
        LiteralKind::Float(it) => Literal::Float(it),
        LiteralKind::Char(it) => Literal::Char(it),
        LiteralKind::String(it) => Literal::Str(it),
        LiteralKind::Bool(it) => Literal::Bool(it),
        LiteralKind::Unit => Literal::Unit,
    })
}

pub(super) fn binary_op(op: ast::BinaryOp) -> BinaryOp {
    match op {
        ast::BinaryOp::Coalesce => BinaryOp::Coalesce,
        ast::BinaryOp::Or => BinaryOp::Or,
        ast::BinaryOp::And => BinaryOp::And,
        ast::BinaryOp::Eq => BinaryOp::Eq,
        ast::BinaryOp::NotEq => BinaryOp::Ne,
        ast::BinaryOp::Less => BinaryOp::Lt,
        ast::BinaryOp::LessEq => BinaryOp::Le,
        ast::BinaryOp::Greater => BinaryOp::Gt,
        ast::BinaryOp::GreaterEq => BinaryOp::Ge,
        ast::BinaryOp::BitOr => BinaryOp::BitOr,
        ast::BinaryOp::BitXor => BinaryOp::BitXor,
        ast::BinaryOp::BitAnd => BinaryOp::BitAnd,
        ast::BinaryOp::Shl => BinaryOp::Shl,
        ast::BinaryOp::Shr => BinaryOp::Shr,
        ast::BinaryOp::Add => BinaryOp::Add,
        ast::BinaryOp::Sub => BinaryOp::Sub,
        ast::BinaryOp::Mul => BinaryOp::Mul,
        ast::BinaryOp::Div => BinaryOp::Div,
        ast::BinaryOp::Rem => BinaryOp::Rem,
        ast::BinaryOp::WrappingAdd => BinaryOp::WrappingAdd,
        ast::BinaryOp::WrappingSub => BinaryOp::WrappingSub,
        ast::BinaryOp::WrappingMul => BinaryOp::WrappingMul,
    }
}

/// The part of a left-leaning expression that comes first.
fn leftmost(expr: &Expr) -> Option<Expr> {
    match expr {
        Expr::Paren(it) => it.expr(),
        Expr::Binary(it) => it.left(),
        Expr::MethodCall(it) => it.receiver(),
        Expr::Field(it) => it.base(),
        Expr::Index(it) => it.base(),
        Expr::Call(it) => it.callee(),
        Expr::Try(it) => it.expr(),
        Expr::Unwrap(it) => it.expr(),
        Expr::Cast(it) => it.expr(),
        _ => None,
    }
}

impl BodyBuilder<'_, '_> {
    pub fn expr(&mut self, expr: Expr) -> ExprId {
        let mut outer = Vec::new();
        let mut current = expr;
        while let Some(left) = leftmost(&current) {
            outer.push(std::mem::replace(&mut current, left));
        }
        let mut id = self.leaf(current);
        while let Some(expr) = outer.pop() {
            id = self.with_left(expr, id);
        }
        id
    }

    /// `at` is blamed where the expression is missing after a syntax error.
    pub fn expr_or_error(&mut self, expr: Option<Expr>, at: Span) -> ExprId {
        match expr {
            Some(expr) => self.expr(expr),
            None => self.error(at),
        }
    }

    /// An expression whose leftmost part is lowered.
    fn with_left(&mut self, expr: Expr, left: ExprId) -> ExprId {
        let span = self.ctx.span(&expr);
        let kind = match expr {
            Expr::Paren(_) => return left,
            Expr::Binary(it) => self.binary(&it, left, span),
            Expr::MethodCall(it) => self.method_call(&it, left),
            Expr::Field(it) => self.field(&it, left, span),
            Expr::Index(it) => ExprKind::Index { base: left, index: self.expr_or_error(it.index(), span) },
            Expr::Call(it) => ExprKind::Call { callee: left, args: self.args(it.args()) },
            Expr::Try(_) => ExprKind::Question(left),
            Expr::Unwrap(_) => ExprKind::Unwrap(left),
            Expr::Cast(it) => ExprKind::Cast { operand: left, ty: types::type_or_error(self.ctx, it.ty(), span) },
            _ => return left,
        };
        self.alloc(kind, span)
    }

    fn leaf(&mut self, expr: Expr) -> ExprId {
        let span = self.ctx.span(&expr);
        match expr {
            Expr::Literal(it) => self.literal(&it, span),
            Expr::Template(it) => self.template(&it, span),
            Expr::Name(it) => self.name(&it, span),
            Expr::SelfValue(_) => self.alloc(ExprKind::SelfValue, span),
            Expr::Tuple(it) => self.tuple(&it, span),
            // Those of a tuple of targets are not asked for.
            Expr::Wildcard(_) => {
                self.ctx.report(diagnostics::not_assignable(span));
                self.error(span)
            }
            Expr::Array(it) => self.array(&it, span),
            Expr::Repeat(it) => self.repeat(&it, span),
            Expr::Map(it) => self.map(&it, span),
            Expr::Struct(it) => self.struct_literal(&it, span),
            Expr::New(it) => self.new_call(&it, span),
            Expr::Prefix(it) => self.prefix(&it, span),
            Expr::Await(it) => self.operand(it.expr(), span, ExprKind::Await),
            Expr::Receive(it) => self.operand(it.expr(), span, ExprKind::Receive),
            Expr::CompareChain(it) => self.compare_chain(&it, span),
            Expr::Range(it) => self.range(&it, span),
            Expr::Assign(it) => self.assign(&it, span),
            Expr::Send(it) => self.send(&it, span),
            Expr::If(it) => self.if_expr(it),
            Expr::Let(it) => self.misplaced_condition(&it, span),
            Expr::Match(it) => self.match_expr(&it, span),
            Expr::TryCatch(it) => self.try_catch(&it, span),
            Expr::Block(it) => self.block(&it),
            Expr::While(it) => self.while_loop(&it, span),
            Expr::Loop(it) => self.endless_loop(&it, span),
            Expr::For(it) => self.for_loop(&it, span),
            Expr::Concurrent(it) => self.concurrent(&it, span),
            Expr::Select(it) => self.select(&it, span),
            Expr::Closure(it) => closure::closure(self, &it, span),
            Expr::Spawn(it) => closure::spawn(self, &it, span),
            Expr::Yield(it) => self.yield_expr(&it, span),
            Expr::Return(it) => {
                let value = it.expr().map(|it| self.expr(it));
                self.alloc(ExprKind::Return(value), span)
            }
            Expr::Throw(it) => self.operand(it.expr(), span, ExprKind::Throw),
            Expr::Break(it) => {
                let label = self.label_use(it.label());
                self.alloc(ExprKind::Break { label }, span)
            }
            Expr::Continue(it) => {
                let label = self.label_use(it.label());
                self.alloc(ExprKind::Continue { label }, span)
            }
            // Their first part is missing after a syntax error.
            Expr::Paren(_)
            | Expr::Binary(_)
            | Expr::Cast(_)
            | Expr::Call(_)
            | Expr::MethodCall(_)
            | Expr::Field(_)
            | Expr::Index(_)
            | Expr::Try(_)
            | Expr::Unwrap(_) => self.error(span),
        }
    }

    fn operand(&mut self, operand: Option<Expr>, span: Span, kind: fn(ExprId) -> ExprKind) -> ExprId {
        let operand = self.expr_or_error(operand, span);
        self.alloc(kind(operand), span)
    }

    fn literal(&mut self, it: &ast::Literal, span: Span) -> ExprId {
        let kind = literal(it).map_or(ExprKind::Error, ExprKind::Literal);
        self.alloc(kind, span)
    }

    fn template(&mut self, it: &ast::Template, span: Span) -> ExprId {
        let parts = it.parts().into_iter().map(|part| match part {
            ast::TemplatePart::Text { value, .. } => TemplatePart::Text(value),
            ast::TemplatePart::Hole(hole) => {
                let hole_span = self.ctx.span(&hole);
                let spec_span = hole.spec_range().map_or(hole_span, |it| self.ctx.range(it));
                let spec = hole.spec().map(|text| FormatSpec { text, span: spec_span });
                TemplatePart::Hole(self.expr_or_error(hole.expr(), hole_span), spec)
            }
        });
        let parts = parts.collect();
        self.alloc(ExprKind::Template(parts), span)
    }

    fn name(&mut self, it: &ast::NameExpr, span: Span) -> ExprId {
        let Some(name) = it.name() else { return self.error(span) };
        let generics = types::generic_args(self.ctx, it.generic_args());
        let segments = vec![PathSegment { name: name.name(), generics, span: self.ctx.span(&name) }];
        self.alloc(ExprKind::Path(Path { segments, span }), span)
    }

    fn tuple(&mut self, it: &ast::TupleExpr, span: Span) -> ExprId {
        let items: Vec<_> = it.elements().map(|it| self.expr(it)).collect();
        let kind = if items.is_empty() { ExprKind::Literal(Literal::Unit) } else { ExprKind::Tuple(items) };
        self.alloc(kind, span)
    }

    fn array(&mut self, it: &ast::ArrayExpr, span: Span) -> ExprId {
        let items = it.elements().map(|it| self.expr(it)).collect();
        self.alloc(ExprKind::Array(items), span)
    }

    fn repeat(&mut self, it: &ast::RepeatExpr, span: Span) -> ExprId {
        let value = self.expr_or_error(it.value(), span);
        let count = self.expr_or_error(it.count(), span);
        self.alloc(ExprKind::ArrayRepeat { value, count }, span)
    }

    fn map(&mut self, it: &ast::MapExpr, span: Span) -> ExprId {
        let entries = it.entries().map(|entry| {
            let entry_span = self.ctx.span(&entry);
            (self.expr_or_error(entry.key(), entry_span), self.expr_or_error(entry.value(), entry_span))
        });
        let entries = entries.collect();
        self.alloc(ExprKind::Map(entries), span)
    }

    fn struct_literal(&mut self, it: &ast::StructExpr, span: Span) -> ExprId {
        let Some(path) = it.path() else { return self.error(span) };
        let path = types::path(self.ctx, &path);
        let mut fields = Vec::new();
        for field in it.fields() {
            let Some(name) = field.name() else { continue };
            let name_span = self.ctx.span(&name);
            let value = match field.value() {
                Some(value) => self.expr(value),
                None => self.name_expr(name.name(), name_span),
            };
            fields.push(FieldInit { name: name.name(), value, span: name_span });
        }
        if let Some(second) = it.spreads().nth(1) {
            let second = self.ctx.span(&second);
            self.ctx.report(diagnostics::second_spread(second));
        }
        let spread = it.spread().map(|it| self.expr(it));
        self.alloc(ExprKind::Struct { path, fields, spread }, span)
    }

    fn new_call(&mut self, it: &ast::NewExpr, span: Span) -> ExprId {
        let Some(path) = it.path() else { return self.error(span) };
        let path = types::path(self.ctx, &path);
        let path_span = path.span;
        let callee = self.alloc(ExprKind::Path(path), path_span);
        let args = self.args(it.arg_list().into_iter().flat_map(|it| it.args()));
        self.alloc(ExprKind::Call { callee, args }, span)
    }

    fn prefix(&mut self, it: &ast::PrefixExpr, span: Span) -> ExprId {
        let operand = self.expr_or_error(it.expr(), span);
        let op = match it.op() {
            Some(ast::PrefixOp::Neg) => UnaryOp::Neg,
            Some(ast::PrefixOp::Plus) => UnaryOp::Plus,
            Some(ast::PrefixOp::Not) => UnaryOp::Not,
            Some(ast::PrefixOp::BitNot) => UnaryOp::BitNot,
            None => return self.error(span),
        };
        self.alloc(ExprKind::Unary { op, operand }, span)
    }

    fn binary(&mut self, it: &ast::BinaryExpr, left: ExprId, span: Span) -> ExprKind {
        let right = self.expr_or_error(it.right(), span);
        match (it.op(), it.op_token()) {
            (Some(op), Some(token)) => {
                ExprKind::Binary { op: binary_op(op), op_span: self.ctx.range(token.text_range()), left, right }
            }
            _ => ExprKind::Error,
        }
    }

    fn compare_chain(&mut self, it: &ast::CompareChain, span: Span) -> ExprId {
        let operands: Vec<_> = it.operands().map(|it| self.expr(it)).collect();
        let ops: Vec<_> = it.ops().map(binary_op).collect();
        if operands.len() != ops.len() + 1 {
            return self.error(span);
        }
        self.alloc(ExprKind::Compare { operands, ops }, span)
    }

    fn range(&mut self, it: &ast::RangeExpr, span: Span) -> ExprId {
        let start = it.start().map(|it| self.expr(it));
        let end = it.end().map(|it| self.expr(it));
        self.alloc(ExprKind::Range { start, end, inclusive: it.is_inclusive() }, span)
    }

    fn send(&mut self, it: &ast::SendExpr, span: Span) -> ExprId {
        let channel = self.expr_or_error(it.channel(), span);
        let value = self.expr_or_error(it.value(), span);
        self.alloc(ExprKind::Send { channel, value }, span)
    }

    fn yield_expr(&mut self, it: &ast::YieldExpr, span: Span) -> ExprId {
        if it.is_delegating() {
            return self.operand(it.expr(), span, ExprKind::YieldAll);
        }
        let value = it.expr().map(|it| self.expr(it));
        self.alloc(ExprKind::Yield(value), span)
    }

    pub fn args(&mut self, args: impl Iterator<Item = ast::Arg>) -> Vec<Arg> {
        args.map(|arg| {
            let span = self.ctx.span(&arg);
            let name = arg.name().map(|it| (it.name(), self.ctx.span(&it)));
            let mode = if arg.is_mutable() { Mode::InOut } else { Mode::Value };
            let value = match arg.spread() {
                Some(it) => self.operand(it.expr(), span, ExprKind::Spread),
                None => self.expr_or_error(arg.expr(), span),
            };
            Arg { name, mode, value }
        })
        .collect()
    }

    fn method_call(&mut self, it: &ast::MethodCallExpr, receiver: ExprId) -> ExprKind {
        let Some(name) = it.name() else { return ExprKind::Error };
        ExprKind::MethodCall {
            receiver,
            name: name.name(),
            name_span: self.ctx.span(&name),
            generics: types::generic_args(self.ctx, it.generic_args()),
            args: self.args(it.args()),
            optional: it.is_optional(),
        }
    }

    fn field(&mut self, it: &ast::FieldExpr, base: ExprId, span: Span) -> ExprKind {
        if let Some(index) = it.tuple_index() {
            return self.tuple_field(it, base, index, span);
        }
        let Some(name) = it.name() else { return ExprKind::Error };
        let name_span = self.ctx.span(&name);
        let generics = types::generic_args(self.ctx, it.generic_args());
        if generics.is_empty() {
            return ExprKind::Field { base, name: name.name(), name_span, optional: it.is_optional() };
        }
        // `模块.挑::<整数>`: only a qualified name can take type arguments.
        let Some(mut path) = qualified_name(self, base) else {
            self.ctx.unsupported(span, "给字段写类型参数", "type arguments of a field");
            return ExprKind::Error;
        };
        path.segments.push(PathSegment { name: name.name(), generics, span: name_span });
        path.span = span;
        ExprKind::Path(path)
    }

    fn tuple_field(&mut self, it: &ast::FieldExpr, base: ExprId, index: usize, span: Span) -> ExprKind {
        match u32::try_from(index) {
            // What the chain leads to is a part like any other: its name is its number.
            Ok(_) if it.is_optional() => {
                let name_span = it.member_range().map_or(span, |it| self.ctx.range(it));
                ExprKind::Field { base, name: qi_base::Name::new(&index.to_string()), name_span, optional: true }
            }
            Ok(index) => ExprKind::TupleField { base, index },
            Err(_) => ExprKind::Error,
        }
    }
}

/// The names of `甲.乙.丙` as one path.
fn qualified_name(builder: &BodyBuilder, mut id: ExprId) -> Option<Path> {
    let mut tail = Vec::new();
    loop {
        match &builder.body.exprs[id] {
            HirExpr { kind: ExprKind::Path(path), span } => {
                let mut path = Path { segments: path.segments.clone(), span: *span };
                path.segments.extend(tail.into_iter().rev());
                return Some(path);
            }
            HirExpr { kind: ExprKind::Field { base, name, name_span, optional: false }, .. } => {
                tail.push(PathSegment { name: *name, generics: Vec::new(), span: *name_span });
                id = *base;
            }
            _ => return None,
        }
    }
}
