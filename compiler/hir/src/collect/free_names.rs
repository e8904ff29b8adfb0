//! The names a body uses and does not bind itself, by the scoping rules of bodies. Decides which top-level variables
//! functions use, before any name is resolved.

use crate::walk;
use crate::{Block, Body, Closure, Condition, ExprId, ExprKind, LocalId, PatId, PatKind, Statement};
use qi_base::Name;
use rustc_hash::FxHashSet;

/// `defaults`: of each parameter. A default value sees the parameters before it.
pub(super) fn free_names(body: &Body, defaults: impl Iterator<Item = Option<ExprId>>, names: &mut FxHashSet<Name>) {
    let mut finder = Finder { body, names, bound: Vec::new() };
    for (&param, default) in body.params.iter().zip(defaults) {
        default.iter().for_each(|&it| finder.expr(it));
        finder.bind(param);
    }
    body.self_local.iter().for_each(|&it| finder.bind(it));
    if let Some(root) = body.root {
        finder.expr(root);
    }
}

struct Finder<'a> {
    body: &'a Body,
    names: &'a mut FxHashSet<Name>,
    /// A stack: blocks cut it back to where they began.
    bound: Vec<Name>,
}

impl Finder<'_> {
    fn scoped(&mut self, work: impl FnOnce(&mut Self)) {
        let depth = self.bound.len();
        work(self);
        self.bound.truncate(depth);
    }

    fn bind(&mut self, local: LocalId) {
        self.bound.push(self.body.locals[local].name);
    }

    fn bind_pattern(&mut self, pat: PatId) {
        let body = self.body;
        walk::patterns(body, pat, &mut |_, node| match node.kind {
            PatKind::Bind(local) => self.bind(local),
            PatKind::Array { rest: Some(Some(local)), .. } => self.bind(local),
            _ => {}
        });
    }

    fn expr(&mut self, id: ExprId) {
        let body = self.body;
        let expr = &body.exprs[id];
        match &expr.kind {
            ExprKind::Path(path) => {
                let name = path.segments[0].name;
                if !self.bound.contains(&name) {
                    self.names.insert(name);
                }
            }
            ExprKind::Block(block) => self.scoped(|it| it.block(block)),
            ExprKind::If { conditions, then, otherwise } => {
                self.scoped(|it| {
                    it.conditions(conditions);
                    it.expr(*then);
                });
                otherwise.iter().for_each(|&it| self.expr(it));
            }
            ExprKind::While { conditions, body, .. } => self.scoped(|it| {
                it.conditions(conditions);
                it.expr(*body);
            }),
            ExprKind::For { pat, iterable, body, .. } => {
                self.expr(*iterable);
                self.scoped(|it| {
                    it.bind_pattern(*pat);
                    it.expr(*body);
                });
            }
            ExprKind::Match { scrutinee, arms } => {
                self.expr(*scrutinee);
                for arm in arms {
                    self.scoped(|it| {
                        it.bind_pattern(arm.pat);
                        it.conditions(&arm.guard);
                        it.expr(arm.body);
                    });
                }
            }
            ExprKind::Try { body, catches, finally } => {
                self.expr(*body);
                for catch in catches {
                    self.scoped(|it| {
                        catch.local.iter().for_each(|&local| it.bind(local));
                        it.expr(catch.body);
                    });
                }
                finally.iter().for_each(|&it| self.expr(it));
            }
            ExprKind::Select(arms) => {
                for arm in arms {
                    self.scoped(|it| {
                        walk::operation_children(&arm.operation, &mut |child| it.expr(child));
                        walk::operation_pattern(&arm.operation).iter().for_each(|&pat| it.bind_pattern(pat));
                        it.expr(arm.body);
                    });
                }
            }
            ExprKind::Closure(closure) => self.closure(closure),
            _ => walk::children(expr, &mut |child| self.expr(child)),
        }
    }

    fn closure(&mut self, closure: &Closure) {
        self.scoped(|it| {
            for param in &closure.params {
                param.default.iter().for_each(|&default| it.expr(default));
                it.bind(param.local);
            }
            it.expr(closure.body);
        });
    }

    fn conditions(&mut self, conditions: &[Condition]) {
        for condition in conditions {
            match condition {
                Condition::Expr(it) => self.expr(*it),
                Condition::Let { pat, value, .. } => {
                    self.expr(*value);
                    self.bind_pattern(*pat);
                }
            }
        }
    }

    fn block(&mut self, block: &Block) {
        for statement in &block.statements {
            if let Statement::Function { local, .. } = statement {
                self.bind(*local);
            }
        }
        for statement in &block.statements {
            match statement {
                Statement::Let { pat, init, .. } => {
                    init.iter().for_each(|&it| self.expr(it));
                    self.bind_pattern(*pat);
                }
                Statement::Expr(it) | Statement::Function { closure: it, .. } => self.expr(*it),
            }
        }
    }
}
