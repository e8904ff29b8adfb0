//! Assignments. `(甲, 乙) = 值` becomes a block that takes the value apart and assigns part by part.

use super::body::BodyBuilder;
use super::expr::binary_op;
use crate::{Block, ExprId, ExprKind, LocalKind, PatKind, Statement};
use qi_base::Span;
use qi_syntax::ast::{self, Expr};

impl BodyBuilder<'_, '_> {
    pub(super) fn assign(&mut self, it: &ast::AssignExpr, span: Span) -> ExprId {
        if let (Some(Expr::Tuple(target)), Some(ast::AssignOp::Set)) = (it.target(), it.op()) {
            let value = self.expr_or_error(it.value(), span);
            let statements = self.assign_parts(&target, value);
            return self.alloc(ExprKind::Block(Block { statements }), span);
        }
        let place = self.expr_or_error(it.target(), span);
        let value = self.expr_or_error(it.value(), span);
        let op = match it.op() {
            Some(ast::AssignOp::Set) => None,
            Some(ast::AssignOp::Compound(op)) => Some(binary_op(op)),
            None => return self.error(span),
        };
        self.alloc(ExprKind::Assign { place, op, value }, span)
    }

    /// The value is evaluated before any place; the parts are assigned left to right.
    fn assign_parts(&mut self, target: &ast::TupleExpr, value: ExprId) -> Vec<Statement> {
        let span = self.ctx.span(target);
        let places: Vec<_> = target.elements().collect();
        let names: Vec<_> = places.iter().map(|_| self.hidden_name()).collect();
        let mut parts = Vec::new();
        for (place, &name) in places.iter().zip(&names) {
            let part = match place {
                Expr::Wildcard(_) => PatKind::Wildcard,
                _ => PatKind::Bind(self.local(name, LocalKind::Binding, span)),
            };
            parts.push(self.alloc_pat(part, span));
        }
        let pat = self.alloc_pat(PatKind::Tuple(parts), span);
        let mut statements = vec![Statement::Let { pat, ty: None, init: Some(value), span }];
        for (place, name) in places.into_iter().zip(names) {
            let span = self.ctx.span(&place);
            if matches!(place, Expr::Wildcard(_)) {
                continue;
            }
            let part = self.name_expr(name, span);
            if let Expr::Tuple(nested) = &place {
                statements.extend(self.assign_parts(nested, part));
                continue;
            }
            let place = self.expr(place);
            let assign = ExprKind::Assign { place, op: None, value: part };
            statements.push(Statement::Expr(self.alloc(assign, span)));
        }
        statements
    }
}
