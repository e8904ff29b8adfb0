//! 选择: all operands first, in order; then the arms are registered, and the one that commits runs its body.

use crate::body::Body;
use qi_base::bug;
use qi_hir::{PatId, SelectArm, SelectOperation, Ty, TyKind};
use qi_mir::{BlockCall, RuntimeFn, Terminator, TypeKind, Value};

/// An arm with its operands evaluated.
enum Arm {
    Receive { channel: Value, out: Value },
    ReceiveOption { channel: Value, out: Value, got: Value },
    Send { channel: Value, value: Value },
    Await { task: Value, out: Value },
    Timeout(Value),
    Default,
}

impl<'a> Body<'_, 'a> {
    pub(super) fn select_arms(&mut self, arms: &'a [SelectArm]) -> Value {
        let ready: Vec<Arm> = arms.iter().map(|it| self.arm_operands(&it.operation)).collect();
        let count = self.int(arms.len() as i128);
        let object = self.cx.module.types.i64();
        let select = self.runtime(RuntimeFn::qi_select_new, Vec::new(), vec![count], Some(object));
        for arm in &ready {
            self.register(select, arm);
        }
        let i64 = self.cx.module.types.i64();
        let chosen = self.runtime(RuntimeFn::qi_select_wait, Vec::new(), vec![select], Some(i64));
        let blocks: Vec<_> = arms.iter().map(|_| self.build.new_block()).collect();
        let (join, impossible) = (self.build.new_block(), self.build.new_block());
        let cases = blocks.iter().enumerate().map(|(index, &it)| (index as i128, BlockCall::new(it))).collect();
        self.build.terminate(Terminator::Switch { value: chosen, cases, default: BlockCall::new(impossible) });
        self.build.switch_to(impossible);
        self.build.terminate(Terminator::Unreachable);
        for ((arm, ready), block) in arms.iter().zip(&ready).zip(blocks) {
            self.build.switch_to(block);
            let depth = self.stack.len();
            self.bind_result(arm, ready);
            self.expr(arm.body);
            self.close(depth);
            self.build.jump(join, Vec::new());
        }
        self.build.switch_to(join);
        self.unit()
    }

    fn arm_operands(&mut self, operation: &'a SelectOperation) -> Arm {
        match operation {
            SelectOperation::Receive { channel, .. } => {
                let channel = self.expr(*channel);
                let out = self.channel_out(channel);
                Arm::Receive { channel, out }
            }
            SelectOperation::ReceiveOption { channel, .. } => {
                let channel = self.expr(*channel);
                let out = self.channel_out(channel);
                let bool = self.cx.module.types.bool();
                let got = self.empty_temp(bool);
                Arm::ReceiveOption { channel, out, got }
            }
            SelectOperation::Send { channel, value } => {
                let channel = self.expr(*channel);
                let value = self.expr(*value);
                Arm::Send { channel, value: self.temp(value) }
            }
            SelectOperation::Await { task, .. } => {
                let task = self.expr(*task);
                let TypeKind::Task(of) = *self.kind_of(task) else { bug!("no task to await") };
                Arm::Await { task, out: self.empty_temp(of) }
            }
            SelectOperation::Timeout(milliseconds) => Arm::Timeout(self.expr(*milliseconds)),
            SelectOperation::Default => Arm::Default,
        }
    }

    fn channel_out(&mut self, channel: Value) -> Value {
        let TypeKind::Channel(of) = *self.kind_of(channel) else { bug!("no channel to receive from") };
        self.empty_temp(of)
    }

    fn register(&mut self, select: Value, arm: &Arm) {
        let (entry, infos, args) = match *arm {
            Arm::Receive { channel, out } => (RuntimeFn::qi_select_recv, Vec::new(), vec![select, channel, out]),
            Arm::ReceiveOption { channel, out, got } => {
                (RuntimeFn::qi_select_recv_or_none, Vec::new(), vec![select, channel, out, got])
            }
            Arm::Send { channel, value } => (RuntimeFn::qi_select_send, Vec::new(), vec![select, channel, value]),
            Arm::Await { task, out } => {
                let of = self.pointee(out);
                (RuntimeFn::qi_select_await, vec![of], vec![select, task, out])
            }
            Arm::Timeout(milliseconds) => (RuntimeFn::qi_select_timeout, Vec::new(), vec![select, milliseconds]),
            Arm::Default => (RuntimeFn::qi_select_default, Vec::new(), vec![select]),
        };
        self.runtime(entry, infos, args, None);
    }

    fn bind_result(&mut self, arm: &'a SelectArm, ready: &Arm) {
        match *ready {
            Arm::Receive { out, .. } | Arm::Await { out, .. } => {
                let value = self.take(out);
                if let Some(pat) = qi_hir::walk::operation_pattern(&arm.operation) {
                    let ty = self.pattern_type(pat);
                    self.bind_pattern(pat, value, ty);
                }
            }
            Arm::ReceiveOption { out, got, .. } => {
                let Some(pat) = qi_hir::walk::operation_pattern(&arm.operation) else { return };
                let ty = self.pattern_type(pat);
                if !matches!(ty.kind(), TyKind::Adt(..)) {
                    bug!("接收 gives an 选项");
                }
                let option = self.cx.ty(ty);
                let found = self.load(got);
                let value = self.taken(found, out, option);
                self.bind_pattern(pat, value, ty);
            }
            Arm::Send { .. } | Arm::Timeout(_) | Arm::Default => {}
        }
    }

    fn pattern_type(&self, pat: PatId) -> Ty {
        match self.scope.typed.pat_types.get(pat) {
            Some(Some(ty)) => self.subst(*ty),
            _ => bug!("pattern {pat} has no type"),
        }
    }
}
