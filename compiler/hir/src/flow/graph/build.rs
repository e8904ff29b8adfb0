//! Builds the graph in evaluation order.

use super::{Event, Graph, Node, NodeId};
use crate::flow::closures::pattern_locals;
use crate::flow::view::{Cause, View};
use crate::{
    BinaryOp, Block, Catch, Condition, ExprId, ExprKind, Literal, LocalId, MatchArm, PatId, SelectArm, Statement, walk,
};
use qi_base::Name;

/// 最终 in 最终 deeper than this is joined instead of doubled.
const MAX_FINALLY_COPIES: usize = 3;

/// The graph of what runs when `roots` are evaluated in order with `params` as given variables.
pub(in crate::flow) fn build(view: &View, params: &[LocalId], roots: &[ExprId]) -> Graph {
    let mut builder =
        Builder { view, nodes: Vec::new(), cursor: 0, frames: Vec::new(), unreachable: Vec::new(), copies: 0 };
    let entry = builder.label();
    builder.nodes[entry].reachable = true;
    builder.cursor = entry;
    for &param in params {
        builder.push(Event::Declare(param, true), None);
    }
    for &root in roots {
        builder.expr(root);
    }
    let falls_through = builder.reachable();
    let mut unreachable = builder.unreachable;
    unreachable.sort();
    unreachable.dedup();
    Graph { nodes: builder.nodes, falls_through, unreachable }
}

/// Where a jump goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Jump {
    Break(Option<Name>),
    Continue(Option<Name>),
    Return,
}

enum Frame {
    Loop {
        label: Option<Name>,
        head: NodeId,
        after: NodeId,
    },
    /// Inside 尝试 with 最终: jumps out of it wait for their copy of the block.
    Finally {
        jumps: Vec<Jump>,
    },
}

pub(super) struct Builder<'v, 'a> {
    pub view: &'v View<'a>,
    nodes: Vec<Node>,
    cursor: NodeId,
    frames: Vec<Frame>,
    unreachable: Vec<qi_base::Span>,
    /// Copies of 最终 blocks being built.
    copies: usize,
}

impl Builder<'_, '_> {
    /// A node nothing leads to yet.
    fn label(&mut self) -> NodeId {
        self.nodes.push(Node { event: Event::None, expr: None, successors: Vec::new(), reachable: false });
        self.nodes.len() - 1
    }
    fn link(&mut self, from: NodeId, to: NodeId) {
        self.nodes[from].successors.push(to);
        self.nodes[to].reachable |= self.nodes[from].reachable;
    }
    fn push(&mut self, event: Event, expr: Option<ExprId>) {
        let node = self.label();
        self.nodes[node].event = event;
        self.nodes[node].expr = expr;
        self.link(self.cursor, node);
        self.cursor = node;
    }
    pub fn event(&mut self, event: Event, expr: ExprId) {
        self.push(event, Some(expr));
    }
    fn reachable(&self) -> bool {
        self.nodes[self.cursor].reachable
    }
    /// What follows is reached by no path.
    fn dead_end(&mut self) {
        self.cursor = self.label();
    }
    fn go_to(&mut self, target: NodeId) {
        self.link(self.cursor, target);
    }
    /// Continues at `target`, which all jumps to are built.
    fn continue_at(&mut self, target: NodeId) {
        self.link(self.cursor, target);
        self.cursor = target;
    }

    pub fn expr(&mut self, id: ExprId) {
        let view = self.view;
        match view.kind(id) {
            ExprKind::Assign { place, op, value } => self.assign(id, *place, *op, *value),
            ExprKind::Binary { op: BinaryOp::And | BinaryOp::Or | BinaryOp::Coalesce, left, right, .. } => {
                self.expr(*left);
                self.optional_part(&[*right]);
            }
            ExprKind::Compare { operands, .. } => self.compare(operands),
            ExprKind::MethodCall { receiver, optional: true, args, .. } => {
                self.expr(*receiver);
                let args: Vec<_> = args.iter().map(|it| it.value).collect();
                self.optional_part(&args);
                self.own_changes(id);
            }
            ExprKind::Block(block) => self.block(block),
            ExprKind::If { conditions, then, otherwise } => self.if_expr(conditions, *then, *otherwise),
            ExprKind::While { label, conditions, body } => self.while_loop(*label, conditions, *body),
            ExprKind::Loop { label, body } => self.endless_loop(*label, *body),
            ExprKind::For { label, pat, iterable, body } => self.for_loop(id, *label, *pat, *iterable, *body),
            ExprKind::Match { scrutinee, arms } => self.match_expr(*scrutinee, arms),
            ExprKind::Try { body, catches, finally } => self.try_expr(*body, catches, *finally),
            ExprKind::Select(arms) => self.select(arms),
            ExprKind::Return(value) => {
                value.iter().for_each(|&it| self.expr(it));
                self.jump(Jump::Return);
            }
            ExprKind::Throw(value) => {
                self.expr(*value);
                self.dead_end();
            }
            ExprKind::Break { label } => self.jump(Jump::Break(label.map(|it| it.0))),
            ExprKind::Continue { label } => self.jump(Jump::Continue(label.map(|it| it.0))),
            ExprKind::Closure(_) => self.event(Event::Closure(id), id),
            _ => self.plain(id),
        }
    }

    fn plain(&mut self, id: ExprId) {
        if let Some(local) = self.view.local(id) {
            self.event(Event::Use(local), id);
            return;
        }
        let body = self.view.body;
        walk::children(&body.exprs[id], &mut |child| self.expr(child));
        self.own_changes(id);
        let never_returns = matches!(self.view.kind(id), ExprKind::Call { .. } | ExprKind::MethodCall { .. })
            && self.view.ty(id).is_some_and(|it| it.is_never());
        if never_returns {
            self.dead_end();
        }
    }

    fn own_changes(&mut self, id: ExprId) {
        let mut changed = Vec::new();
        self.view.mutations(id, &mut |it| {
            if it.cause != Cause::Assign {
                changed.push(it.place);
            }
        });
        for place in changed {
            self.change(place, id);
        }
    }

    /// Parts that may be left out.
    fn optional_part(&mut self, parts: &[ExprId]) {
        let join = self.label();
        self.go_to(join);
        parts.iter().for_each(|&it| self.expr(it));
        self.continue_at(join);
    }

    fn compare(&mut self, operands: &[ExprId]) {
        let join = self.label();
        for (index, &operand) in operands.iter().enumerate() {
            if index >= 2 {
                self.go_to(join);
            }
            self.expr(operand);
        }
        self.continue_at(join);
    }

    fn declare_pattern(&mut self, pat: PatId, has_value: bool) {
        for local in pattern_locals(self.view, pat) {
            self.push(Event::Declare(local, has_value), None);
        }
    }

    fn block(&mut self, block: &Block) {
        let started = self.reachable();
        let mut reported = !started;
        for statement in &block.statements {
            if let Statement::Function { local, .. } = statement {
                self.push(Event::Declare(*local, false), None);
            }
        }
        for statement in &block.statements {
            if !reported && !self.reachable() {
                reported = true;
                self.unreachable.push(match statement {
                    Statement::Let { span, .. } => *span,
                    Statement::Expr(it) | Statement::Function { closure: it, .. } => self.view.span(*it),
                });
            }
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Let { pat, init, .. } => {
                init.iter().for_each(|&it| self.expr(it));
                self.declare_pattern(*pat, init.is_some());
            }
            Statement::Expr(it) => self.expr(*it),
            Statement::Function { local, closure } => {
                self.event(Event::Closure(*closure), *closure);
                self.push(Event::Assign(*local), None);
            }
        }
    }

    /// Falls through where all conditions hold; leads to `otherwise` where one does not.
    fn conditions(&mut self, conditions: &[Condition], otherwise: NodeId) {
        for condition in conditions {
            match condition {
                Condition::Expr(it) => {
                    self.expr(*it);
                    self.go_to(otherwise);
                }
                Condition::Let { pat, value, .. } => {
                    self.expr(*value);
                    self.go_to(otherwise);
                    self.declare_pattern(*pat, true);
                }
            }
        }
    }

    fn if_expr(&mut self, conditions: &[Condition], then: ExprId, otherwise: Option<ExprId>) {
        let (else_label, join) = (self.label(), self.label());
        self.conditions(conditions, else_label);
        self.expr(then);
        self.go_to(join);
        self.cursor = else_label;
        otherwise.iter().for_each(|&it| self.expr(it));
        self.continue_at(join);
    }

    fn open_loop(&mut self, label: Option<Name>) -> (NodeId, NodeId) {
        let (head, after) = (self.label(), self.label());
        self.continue_at(head);
        self.frames.push(Frame::Loop { label, head, after });
        (head, after)
    }
    fn close_loop(&mut self, head: NodeId, after: NodeId) {
        self.go_to(head);
        self.frames.pop();
        self.cursor = after;
    }

    fn while_loop(&mut self, label: Option<Name>, conditions: &[Condition], body: ExprId) {
        let (head, after) = self.open_loop(label);
        let is_endless = conditions.iter().all(|it| match it {
            Condition::Expr(it) => matches!(self.view.kind(*it), ExprKind::Literal(Literal::Bool(true))),
            Condition::Let { .. } => false,
        });
        if !is_endless {
            // A jump in them is one of the loop around.
            let own = self.frames.pop();
            self.conditions(conditions, after);
            self.frames.extend(own);
        }
        self.expr(body);
        self.close_loop(head, after);
    }

    fn endless_loop(&mut self, label: Option<Name>, body: ExprId) {
        let (head, after) = self.open_loop(label);
        self.expr(body);
        self.close_loop(head, after);
    }

    fn for_loop(&mut self, id: ExprId, label: Option<Name>, pat: PatId, iterable: ExprId, body: ExprId) {
        self.expr(iterable);
        self.own_changes(id);
        let (head, after) = self.open_loop(label);
        self.go_to(after);
        self.declare_pattern(pat, true);
        self.expr(body);
        self.close_loop(head, after);
    }

    fn match_expr(&mut self, scrutinee: ExprId, arms: &[MatchArm]) {
        self.expr(scrutinee);
        let join = self.label();
        for (index, arm) in arms.iter().enumerate() {
            let next = self.label();
            let is_last = index + 1 == arms.len();
            if !is_last {
                self.go_to(next);
            }
            self.declare_pattern(arm.pat, true);
            self.conditions(&arm.guard, next);
            self.expr(arm.body);
            self.go_to(join);
            self.cursor = next;
        }
        self.cursor = join;
    }

    fn select(&mut self, arms: &[SelectArm]) {
        for arm in arms {
            walk::operation_children(&arm.operation, &mut |it| self.expr(it));
        }
        let (start, join) = (self.cursor, self.label());
        for arm in arms {
            let arm_label = self.label();
            self.link(start, arm_label);
            self.cursor = arm_label;
            if let Some(pat) = walk::operation_pattern(&arm.operation) {
                self.declare_pattern(pat, true);
            }
            self.expr(arm.body);
            self.go_to(join);
        }
        self.cursor = join;
    }

    fn try_expr(&mut self, body: ExprId, catches: &[Catch], finally: Option<ExprId>) {
        let first = self.label();
        self.continue_at(first);
        if finally.is_some() {
            self.frames.push(Frame::Finally { jumps: Vec::new() });
        }
        self.expr(body);
        let (join, handler) = (self.label(), self.label());
        self.go_to(join);
        if !catches.is_empty() {
            self.link_all(first, join, handler);
        }
        for catch in catches {
            let catch_label = self.label();
            self.link(handler, catch_label);
            self.cursor = catch_label;
            if let Some(local) = catch.local {
                self.push(Event::Declare(local, true), None);
            }
            self.expr(catch.body);
            self.go_to(join);
        }
        self.cursor = join;
        if let Some(finally) = finally {
            self.finally(first, finally);
        }
    }

    /// Every node from `first` up to `end` may fail and lead to `target`.
    fn link_all(&mut self, first: NodeId, end: NodeId, target: NodeId) {
        for node in first..end {
            self.link(node, target);
        }
    }

    /// The cursor is at the normal end of 尝试 and its 捕获 blocks.
    fn finally(&mut self, first: NodeId, block: ExprId) {
        let Some(Frame::Finally { jumps }) = self.frames.pop() else { qi_base::bug!("尝试 opened a frame") };
        let normal_end = self.cursor;
        let end = self.nodes.len();
        let other = self.label();
        self.link_all(first, end, other);
        let is_joined = self.copies >= MAX_FINALLY_COPIES;
        self.copies += 1;
        if is_joined {
            self.cursor = other;
            self.expr(block);
            let after = self.cursor;
            self.leave(&jumps);
            self.cursor = after;
            if !self.nodes[normal_end].reachable {
                self.dead_end();
            }
        } else {
            self.cursor = other;
            let found = self.unreachable.len();
            self.expr(block);
            self.leave(&jumps);
            self.unreachable.truncate(found);
            self.cursor = normal_end;
            self.expr(block);
        }
        self.copies -= 1;
    }

    /// Goes on to where the jumps through a 最终 block were bound.
    fn leave(&mut self, jumps: &[Jump]) {
        let end = self.cursor;
        for &jump in jumps {
            self.cursor = end;
            self.jump(jump);
        }
    }

    fn jump(&mut self, jump: Jump) {
        for frame in self.frames.iter_mut().rev() {
            match frame {
                Frame::Finally { jumps } => {
                    if !jumps.contains(&jump) {
                        jumps.push(jump);
                    }
                    break;
                }
                Frame::Loop { label, head, after } => {
                    let target = match jump {
                        Jump::Break(wanted) if wanted.is_none() || wanted == *label => *after,
                        Jump::Continue(wanted) if wanted.is_none() || wanted == *label => *head,
                        _ => continue,
                    };
                    let cursor = self.cursor;
                    self.link(cursor, target);
                    break;
                }
            }
        }
        self.dead_end();
    }
}
