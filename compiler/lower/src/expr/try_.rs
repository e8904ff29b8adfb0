//! 尝试: 捕获 clauses are asked in order, 最终 runs once on every way out.

use crate::body::Body;
use crate::frames::FrameKind;
use qi_base::bug;
use qi_hir::{Catch, CatchKind, ExprId, TraitId, Ty, TyKind};
use qi_mir::{BlockId, Opcode, Type, Value};

impl<'a> Body<'_, 'a> {
    pub(super) fn try_(&mut self, expr: ExprId, body: ExprId, catches: &'a [Catch], finally: Option<ExprId>) -> Value {
        let ty = self.branch_type(expr);
        let (join, result) = self.build.new_block_with(ty);
        let depth = self.stack.len();
        if let Some(finally) = finally {
            self.push_frame(FrameKind::Finally(finally));
        }
        let inner = self.stack.len();
        let frame = (!catches.is_empty()).then(|| self.push_frame(FrameKind::Catch));
        let value = self.expr(body);
        self.stack.truncate(inner);
        let value =
            if *self.cx.module.types.kind(ty) == qi_mir::TypeKind::Unit { self.unit() } else { self.fit(value, ty) };
        self.build.jump(join, vec![value]);
        if let Some(block) = frame.and_then(|id| self.frames[id].error)
            && self.build.is_reached(block)
        {
            self.build.switch_to(block);
            let error = self.build.func.blocks[block].params[0];
            self.handlers(expr, error, catches, ty, join);
        }
        self.build.switch_to(join);
        self.close(depth);
        result
    }

    fn handlers(&mut self, expr: ExprId, error: Value, catches: &'a [Catch], ty: Type, join: BlockId) {
        let depth = self.stack.len();
        for (index, catch) in catches.iter().enumerate() {
            let kind = self.scope.typed.catches.get(&(expr, index)).unwrap_or_else(|| bug!("捕获 {index} has no kind"));
            let next = self.build.new_block();
            let caught = self.caught_value(kind, catch, error, next);
            if let Some(local) = catch.local {
                let local_type = self.local_type(local);
                self.bind_local(local, caught, local_type);
                self.scope.caught.insert(local, error);
            }
            self.branch_to(catch.body, ty, join, depth);
            self.build.switch_to(next);
        }
        self.throw(error);
    }

    /// Goes on with what the clause binds if it takes the error; jumps to `next` otherwise.
    fn caught_value(&mut self, kind: &'a CatchKind, catch: &Catch, error: Value, next: BlockId) -> Value {
        match kind {
            CatchKind::Any => self.catch_any(error, next),
            CatchKind::Type(ty) => {
                let ty = self.subst(*ty);
                match ty.kind() {
                    TyKind::Dynamic(trait_, _) => self.catch_trait(*trait_, catch, error, next),
                    _ => {
                        self.require_type(error, ty, next);
                        let ty = self.cx.ty(ty);
                        self.build.plain(Opcode::ErrorGet(ty), vec![error], ty, None)
                    }
                }
            }
            CatchKind::Trait(trait_) => self.catch_trait(*trait_, catch, error, next),
        }
    }

    /// 取消 passes, and so does 关闭, which ends a generator that is being dropped.
    fn catch_any(&mut self, error: Value, next: BlockId) -> Value {
        let mut passing = vec!["qi_type_fault_cancelled"];
        if self.is_generator() {
            passing.push("qi_type_fault_generator_closed");
        }
        for symbol in passing {
            let ty = self.cx.fault_type(symbol);
            let is = self.error_is(error, ty);
            let other = self.build.new_block();
            self.branch(is, next, other);
            self.build.switch_to(other);
        }
        error
    }

    fn error_is(&mut self, error: Value, ty: Type) -> Value {
        let bool = self.cx.module.types.bool();
        self.build.plain(Opcode::ErrorIs(ty), vec![error], bool, None)
    }

    /// Goes on if the error holds a value of the type; jumps to `next` otherwise.
    pub fn require_type(&mut self, error: Value, ty: Ty, next: BlockId) {
        let lowered = self.cx.ty(ty);
        let is = self.error_is(error, lowered);
        let then = self.build.new_block();
        self.branch(is, then, next);
        self.build.switch_to(then);
    }

    fn catch_trait(&mut self, trait_: TraitId, catch: &Catch, error: Value, next: BlockId) -> Value {
        let known = self.cx.analysis.signatures.known;
        if known.error == Some(trait_) {
            return self.catch_any(error, next);
        }
        if known.fault == Some(trait_) {
            return self.catch_fault(trait_, error, next);
        }
        let wanted = catch.local.map_or_else(|| Ty::new(TyKind::Dynamic(trait_, Vec::new())), |it| self.local_type(it));
        let catcher = self.cx.catcher(wanted);
        let option = self.cx.module.functions[catcher].result;
        let caught = self.op(Opcode::Call(catcher), vec![error], option);
        let is = self.is_variant(caught, 0);
        let then = self.build.new_block();
        self.branch(is, then, next);
        self.build.switch_to(then);
        self.payload(caught, 0, 0)
    }

    /// 运行时错误: the types that implement it are the library's.
    fn catch_fault(&mut self, fault: TraitId, error: Value, next: BlockId) -> Value {
        let then = self.build.new_block();
        for ty in self.cx.implementing_types(fault, &[]) {
            let lowered = self.cx.ty(ty);
            let is = self.error_is(error, lowered);
            let other = self.build.new_block();
            self.branch(is, then, other);
            self.build.switch_to(other);
        }
        self.build.jump(next, Vec::new());
        self.build.switch_to(then);
        error
    }
}
