//! Blocks, conditions, loops, 匹配, and the ways out of them.

use crate::body::Body;
use crate::frames::FrameKind;
use qi_base::{Name, bug};
use qi_hir::{Block, Condition, ExprId, GlobalId, MatchArm, ModuleId, PatKind, Res, Statement, Ty};
use qi_mir::{BlockId, Opcode, Terminator, Type, Value};

impl<'a> Body<'_, 'a> {
    pub(super) fn block(&mut self, expr: ExprId, block: &'a Block) -> Value {
        if self.scope.typed.indexes.contains_key(&expr) {
            return self.map_literal(expr, &[]);
        }
        let depth = self.stack.len();
        let is_value = self.scope.typed.value_blocks.contains(&expr);
        self.declare_local_functions(block);
        let mut result = None;
        for (index, statement) in block.statements.iter().enumerate() {
            self.run_pending_globals(Some(statement));
            let value = self.statement(statement);
            if is_value && index + 1 == block.statements.len() {
                result = value;
            }
        }
        self.close(depth);
        match result {
            Some(value) => value,
            None => self.unit(),
        }
    }

    fn statement(&mut self, statement: &'a Statement) -> Option<Value> {
        match statement {
            Statement::Let { pat, init: Some(init), .. } if self.bind_known_closure(*pat, *init) => None,
            Statement::Let { pat, init: Some(init), span, .. } => {
                let value = self.expr(*init);
                let ty = self.adjusted_type(*init);
                let saved = self.span.replace(*span);
                self.bind_pattern(*pat, value, ty);
                self.span = saved;
                None
            }
            Statement::Let { pat, init: None, .. } => {
                match &self.scope.body.pats[*pat].kind {
                    PatKind::Bind(local) => {
                        let ty = self.local_type(*local);
                        self.declare_local(*local, ty);
                    }
                    other => bug!("{other:?} is declared without a value"),
                }
                None
            }
            Statement::Expr(expr) => Some(self.expr(*expr)),
            Statement::Function { local, closure } => {
                self.local_function(*local, *closure);
                None
            }
        }
    }

    /// Initialisers of top-level variables run where they stand among the top-level statements.
    pub fn run_pending_globals(&mut self, before: Option<&Statement>) {
        if self.pending_globals.is_empty() {
            return;
        }
        let start = before.map(|statement| match statement {
            Statement::Let { span, .. } => span.start,
            Statement::Expr(expr) | Statement::Function { closure: expr, .. } => {
                self.scope.body.exprs[*expr].span.start
            }
        });
        while let Some(&global) = self.pending_globals.first() {
            if start.is_some_and(|start| self.cx.program.globals[global].name_span.start > start) {
                return;
            }
            self.pending_globals.remove(0);
            self.call_initialiser(global);
        }
    }

    pub fn call_initialiser(&mut self, global: GlobalId) {
        let function = self.cx.instance(crate::instances::Instance::GlobalInit(global));
        let unit = self.cx.module.types.unit();
        self.op(Opcode::Call(function), Vec::new(), unit);
    }

    // ---- conditions ----

    /// Goes on where all conditions hold; jumps to `fail` otherwise, leaving what they opened above `depth`.
    fn conditions(&mut self, conditions: &'a [Condition], fail: BlockId, depth: usize) {
        for condition in conditions {
            match condition {
                Condition::Expr(expr) => {
                    let value = self.expr(*expr);
                    let (then, failed) = (self.build.new_block(), self.build.new_block());
                    self.branch(value, then, failed);
                    self.give_up(failed, fail, depth);
                    self.build.switch_to(then);
                }
                Condition::Let { pat, value, .. } => {
                    let scrutinee = self.expr(*value);
                    let ty = self.adjusted_type(*value);
                    let failed = self.build.new_block();
                    let (scrutinee, ty) = if self.scope.typed.option_conditions.contains(pat) {
                        self.unwrap_or(scrutinee, ty, failed)
                    } else {
                        (scrutinee, ty)
                    };
                    let mut bindings = Vec::new();
                    self.test_pattern(*pat, scrutinee, ty, failed, &mut bindings);
                    let resume = self.build.block;
                    self.give_up(failed, fail, depth);
                    self.build.switch_to(resume);
                    self.bind_all(bindings);
                }
            }
        }
    }

    fn give_up(&mut self, failed: BlockId, fail: BlockId, depth: usize) {
        self.build.switch_to(failed);
        self.leave(depth);
        self.build.jump(fail, Vec::new());
    }

    /// The content of an 选项; 无 goes to `failed`.
    fn unwrap_or(&mut self, option: Value, ty: Ty, failed: BlockId) -> (Value, Ty) {
        let qi_hir::TyKind::Adt(_, args) = ty.kind() else { bug!("a condition unwraps no 选项") };
        let some = self.is_variant(option, 0);
        let then = self.build.new_block();
        self.branch(some, then, failed);
        self.build.switch_to(then);
        (self.payload(option, 0, 0), args[0])
    }

    /// Type of the value that a branching expression gives: unit in statement position.
    pub(super) fn branch_type(&mut self, expr: ExprId) -> Type {
        if self.scope.typed.value_blocks.contains(&expr) {
            let ty = self.raw_type(expr);
            self.cx.ty(ty)
        } else {
            self.cx.module.types.unit()
        }
    }

    /// Evaluates a branch and gives its value to the join.
    pub(super) fn branch_to(&mut self, body: ExprId, ty: Type, join: BlockId, depth: usize) {
        let value = self.expr(body);
        let value = self.as_branch_value(value, ty);
        self.close(depth);
        self.build.jump(join, vec![value]);
    }

    fn as_branch_value(&mut self, value: Value, ty: Type) -> Value {
        if *self.cx.module.types.kind(ty) == qi_mir::TypeKind::Unit { self.unit() } else { self.fit(value, ty) }
    }

    pub(super) fn if_(
        &mut self,
        expr: ExprId,
        conditions: &'a [Condition],
        then: ExprId,
        otherwise: Option<ExprId>,
    ) -> Value {
        let ty = self.branch_type(expr);
        let (join, result) = self.build.new_block_with(ty);
        let fail = self.build.new_block();
        let depth = self.stack.len();
        self.conditions(conditions, fail, depth);
        self.branch_to(then, ty, join, depth);
        self.build.switch_to(fail);
        match otherwise {
            Some(it) => self.branch_to(it, ty, join, depth),
            None => {
                let unit = self.unit();
                let value = self.fit(unit, ty);
                self.build.jump(join, vec![value]);
            }
        }
        self.build.switch_to(join);
        result
    }

    // ---- loops ----

    pub(super) fn while_(&mut self, label: Option<Name>, conditions: &'a [Condition], body: ExprId) -> Value {
        let (header, exit) = (self.build.new_block(), self.build.new_block());
        self.build.jump(header, Vec::new());
        self.build.switch_to(header);
        let depth = self.stack.len();
        self.push_frame(FrameKind::Loop { label, break_: exit, continue_: header, is_open: false });
        self.conditions(conditions, exit, depth + 1);
        self.open_loop(depth);
        self.expr(body);
        self.close(depth);
        self.build.jump(header, Vec::new());
        self.build.switch_to(exit);
        self.unit()
    }

    pub(super) fn loop_(&mut self, label: Option<Name>, body: ExprId) -> Value {
        let (header, exit) = (self.build.new_block(), self.build.new_block());
        self.build.jump(header, Vec::new());
        self.build.switch_to(header);
        let depth = self.stack.len();
        self.push_frame(FrameKind::Loop { label, break_: exit, continue_: header, is_open: true });
        self.expr(body);
        self.close(depth);
        self.build.jump(header, Vec::new());
        self.build.switch_to(exit);
        self.unit()
    }

    pub(super) fn break_(&mut self, label: Option<Name>) -> Value {
        let Some((depth, FrameKind::Loop { break_, .. })) = self.find_loop(label) else {
            bug!("跳出 outside a loop")
        };
        self.leave(depth + 1);
        self.build.jump(break_, Vec::new());
        self.unit()
    }

    pub(super) fn continue_(&mut self, label: Option<Name>) -> Value {
        let Some((depth, FrameKind::Loop { continue_, .. })) = self.find_loop(label) else {
            bug!("继续 outside a loop")
        };
        self.leave(depth + 1);
        self.build.jump(continue_, Vec::new());
        self.unit()
    }

    pub(super) fn return_(&mut self, value: Option<ExprId>) -> Value {
        let value = match value {
            Some(it) => self.expr(it),
            None => self.unit(),
        };
        self.return_value(value);
        self.unit()
    }

    pub(super) fn throw_value(&mut self, value: ExprId) -> Value {
        let error = match self.rethrown(value) {
            Some(error) => error,
            None => {
                let ty = self.adjusted_type(value);
                let value = self.expr(value);
                self.make_error(value, ty)
            }
        };
        self.throw(error);
        self.unit()
    }

    /// The error itself where the variable that caught it is thrown again: it keeps its origin.
    fn rethrown(&self, value: ExprId) -> Option<Value> {
        match self.scope.typed.names.get(&value) {
            Some(Res::Local(local)) if !self.scope.mutated.contains(local) => self.scope.caught.get(local).copied(),
            _ => None,
        }
    }

    // ---- 匹配 ----

    pub(super) fn match_(&mut self, expr: ExprId, scrutinee: ExprId, arms: &'a [MatchArm]) -> Value {
        let value = self.expr(scrutinee);
        let scrutinee_type = self.adjusted_type(scrutinee);
        let ty = self.branch_type(expr);
        let (join, result) = self.build.new_block_with(ty);
        let depth = self.stack.len();
        for arm in arms {
            let next = self.build.new_block();
            let mut bindings = Vec::new();
            self.test_pattern(arm.pat, value, scrutinee_type, next, &mut bindings);
            self.bind_all(bindings);
            self.conditions(&arm.guard, next, depth);
            self.branch_to(arm.body, ty, join, depth);
            self.build.switch_to(next);
        }
        // The checker proved the arms exhaustive.
        self.build.terminate(Terminator::Unreachable);
        self.build.switch_to(join);
        result
    }
}

impl crate::context::Lower<'_> {
    /// Top-level variables of a module, in textual order.
    pub fn module_globals(&self, module: ModuleId) -> Vec<GlobalId> {
        let own = self.program.globals.iter().filter(|(_, it)| it.module == module && it.init.is_some());
        let mut own: Vec<GlobalId> = own.map(|it| it.0).collect();
        own.sort_by_key(|&it| self.program.globals[it].name_span.start);
        own
    }
}
