//! The direct parts of an expression, in evaluation order. Every walk over bodies that does not care for a construct asks here.

use crate::{
    Block, Body, Condition, Expr, ExprId, ExprKind, Pat, PatId, PatKind, SelectOperation, Statement, TemplatePart,
};

/// Calls `visit` for each direct child expression of `expr`: bodies of closures and local functions included.
pub fn children(expr: &Expr, visit: &mut dyn FnMut(ExprId)) {
    use ExprKind::*;
    match &expr.kind {
        Error | Literal(_) | Path(_) | SelfValue | Break { .. } | Continue { .. } => {}
        Template(parts) => parts.iter().for_each(|part| {
            if let TemplatePart::Hole(it, _) = part {
                visit(*it);
            }
        }),
        Tuple(items) | Array(items) | Compare { operands: items, .. } => items.iter().copied().for_each(visit),
        ArrayRepeat { value: left, count: right }
        | Index { base: left, index: right }
        | Binary { left, right, .. }
        | Assign { place: left, value: right, .. }
        | Send { channel: left, value: right } => {
            visit(*left);
            visit(*right);
        }
        Map(entries) => entries.iter().for_each(|&(key, value)| {
            visit(key);
            visit(value);
        }),
        Struct { fields, spread, .. } => {
            fields.iter().for_each(|it| visit(it.value));
            spread.iter().copied().for_each(visit);
        }
        Call { callee: first, args } | MethodCall { receiver: first, args, .. } => {
            visit(*first);
            args.iter().for_each(|it| visit(it.value));
        }
        Field { base: it, .. }
        | TupleField { base: it, .. }
        | Unary { operand: it, .. }
        | Cast { operand: it, .. }
        | Question(it)
        | Unwrap(it)
        | Spread(it)
        | Loop { body: it, .. }
        | Throw(it)
        | Await(it)
        | Spawn { operand: it, .. }
        | Scope(it)
        | YieldAll(it)
        | Receive(it) => visit(*it),
        Closure(it) => {
            it.params.iter().filter_map(|it| it.default).for_each(&mut *visit);
            visit(it.body);
        }
        Range { start, end, .. } => {
            start.iter().copied().for_each(&mut *visit);
            end.iter().copied().for_each(visit);
        }
        Return(it) | Yield(it) => it.iter().copied().for_each(visit),
        Block(it) => block_children(it, visit),
        If { conditions: all, then, otherwise } => {
            condition_children(all, visit);
            visit(*then);
            otherwise.iter().copied().for_each(visit);
        }
        While { conditions: all, body, .. } => {
            condition_children(all, visit);
            visit(*body);
        }
        For { iterable, body, .. } => {
            visit(*iterable);
            visit(*body);
        }
        Match { scrutinee, arms } => {
            visit(*scrutinee);
            for arm in arms {
                condition_children(&arm.guard, visit);
                visit(arm.body);
            }
        }
        Try { body, catches, finally } => {
            visit(*body);
            catches.iter().for_each(|it| visit(it.body));
            finally.iter().copied().for_each(visit);
        }
        Select(arms) => {
            for arm in arms {
                operation_children(&arm.operation, visit);
            }
            arms.iter().for_each(|it| visit(it.body));
        }
    }
}

fn block_children(block: &Block, visit: &mut dyn FnMut(ExprId)) {
    for statement in &block.statements {
        match statement {
            Statement::Let { init, .. } => init.iter().copied().for_each(&mut *visit),
            Statement::Expr(it) | Statement::Function { closure: it, .. } => visit(*it),
        }
    }
}

fn condition_children(conditions: &[Condition], visit: &mut dyn FnMut(ExprId)) {
    for condition in conditions {
        match condition {
            Condition::Expr(it) | Condition::Let { value: it, .. } => visit(*it),
        }
    }
}

/// The operands of a 选择 arm.
pub fn operation_children(operation: &SelectOperation, visit: &mut dyn FnMut(ExprId)) {
    match operation {
        SelectOperation::Receive { channel: it, .. }
        | SelectOperation::ReceiveOption { channel: it, .. }
        | SelectOperation::Await { task: it, .. }
        | SelectOperation::Timeout(it) => visit(*it),
        SelectOperation::Send { channel, value } => {
            visit(*channel);
            visit(*value);
        }
        SelectOperation::Default => {}
    }
}

/// The pattern a 选择 arm binds.
pub fn operation_pattern(operation: &SelectOperation) -> Option<PatId> {
    match operation {
        SelectOperation::Receive { pat, .. }
        | SelectOperation::ReceiveOption { pat, .. }
        | SelectOperation::Await { pat, .. } => *pat,
        SelectOperation::Send { .. } | SelectOperation::Timeout(_) | SelectOperation::Default => None,
    }
}

/// Calls `visit` for `pat` and all patterns inside it.
pub fn patterns(body: &Body, pat: PatId, visit: &mut dyn FnMut(PatId, &Pat)) {
    let node = &body.pats[pat];
    visit(pat, node);
    match &node.kind {
        PatKind::Error
        | PatKind::Wildcard
        | PatKind::Rest
        | PatKind::Bind(_)
        | PatKind::Literal { .. }
        | PatKind::Range { .. }
        | PatKind::Path(_) => {}
        PatKind::Variant { args: parts, .. } | PatKind::Tuple(parts) | PatKind::Or(parts) => {
            parts.iter().for_each(|&it| patterns(body, it, visit));
        }
        PatKind::Struct { fields, .. } => fields.iter().for_each(|&(_, it)| patterns(body, it, visit)),
        PatKind::Array { before, after, .. } => {
            before.iter().chain(after).for_each(|&it| patterns(body, it, visit));
        }
    }
}
