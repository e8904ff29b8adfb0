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
                        let ty = self.cx.ty(ty);
                        self.require_type(error, ty, next);
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

    fn require_type(&mut self, error: Value, ty: Type, next: BlockId) {
        let is = self.error_is(error, ty);
        let then = self.build.new_block();
        self.branch(is, then, next);
        self.build.switch_to(then);
    }

    /// The types that implement the trait are known: each is asked for.
    fn catch_trait(&mut self, trait_: TraitId, catch: &Catch, error: Value, next: BlockId) -> Value {
        let known = self.cx.analysis.signatures.known;
        if known.error == Some(trait_) {
            return self.catch_any(error, next);
        }
        let is_fault = known.fault == Some(trait_);
        let local = catch.local.filter(|_| !is_fault).map(|it| self.local_type(it));
        let ty = match local {
            Some(ty) => self.cx.ty(ty),
            None => self.cx.module.types.error(),
        };
        let (join, result) = self.build.new_block_with(ty);
        for from in self.implementing_types(trait_) {
            let lowered = self.cx.ty(from);
            let (then, other) = (self.build.new_block(), self.build.new_block());
            let is = self.error_is(error, lowered);
            self.branch(is, then, other);
            self.build.switch_to(then);
            let value = match local {
                None => error,
                Some(to) => {
                    let payload = self.build.plain(Opcode::ErrorGet(lowered), vec![error], lowered, None);
                    self.make_dynamic(payload, from, to)
                }
            };
            self.build.jump(join, vec![value]);
            self.build.switch_to(other);
        }
        self.build.jump(next, Vec::new());
        self.build.switch_to(join);
        result
    }

    fn implementing_types(&self, trait_: TraitId) -> Vec<Ty> {
        let signatures = &self.cx.analysis.signatures;
        let impls = signatures.trait_impls.get(&trait_).into_iter().flatten();
        impls.map(|&it| signatures.impls[it].target).filter(|it| !it.has_params()).collect()
    }
}
