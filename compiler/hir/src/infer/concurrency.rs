//! Tasks and channels: 等待, 启动, 并发, `<-`, 选择.

use super::body::{BodyChecker, CallUse, Cause};
use crate::{AwaitKind, CallMode, ExprId, ExprKind, SelectArm, SelectOperation, Ty, TyKind, diagnostics};

impl BodyChecker<'_, '_> {
    fn is_call(&self, expr: ExprId) -> bool {
        matches!(self.body.exprs[expr].kind, ExprKind::Call { .. } | ExprKind::MethodCall { .. })
    }
    /// Infers a call that 等待 or 启动 stands before.
    fn infer_used(&mut self, operand: ExprId, usage: CallUse) -> Ty {
        // A use around this one, of a call whose callee holds this, is still to be taken.
        let own = self.is_call(operand).then_some((operand, usage));
        let outer = std::mem::replace(&mut self.call_use, own);
        let ty = self.infer(operand, None);
        self.call_use = outer;
        self.shallow(ty)
    }

    pub fn await_(&mut self, expr: ExprId, operand: ExprId) -> Ty {
        let ty = self.infer_used(operand, CallUse::Await);
        if self.direct_awaits.contains(&operand) {
            self.out.awaits.insert(expr, AwaitKind::Direct);
            return ty;
        }
        if let Some(result) = self.task_result(operand, ty) {
            self.out.awaits.insert(expr, AwaitKind::Task);
            return result;
        }
        let is_plain_call =
            self.is_call(operand) && self.out.calls.get(&operand).is_some_and(|it| it.mode == CallMode::Direct);
        if is_plain_call {
            self.out.awaits.insert(expr, AwaitKind::Direct);
            return ty;
        }
        if !ty.is_error() {
            let text = self.text(ty);
            let report = diagnostics::not_awaitable(self.span(operand), &text);
            let is_many = matches!(ty.kind(), TyKind::Array(of) if matches!(self.shallow(*of).kind(), TyKind::Task(_)));
            self.report(if is_many { diagnostics::awaits_many(report, self.span(operand)) } else { report });
        }
        Ty::error()
    }
    /// T of 未来<T>.
    fn task_result(&mut self, operand: ExprId, ty: Ty) -> Option<Ty> {
        match ty.kind() {
            TyKind::Task(result) => Some(*result),
            _ if self.table.is_general_var(ty) => {
                let result = self.table.fresh(self.span(operand));
                self.table.unify(ty, Ty::new(TyKind::Task(result)));
                Some(result)
            }
            _ => None,
        }
    }

    pub fn spawn(&mut self, _expr: ExprId, operand: ExprId, detached: bool) -> Ty {
        let ty = self.infer_used(operand, CallUse::Spawn { detached });
        if ty.is_error() {
            return Ty::error();
        }
        let mode = self.out.calls.get(&operand).map(|it| it.mode);
        match (mode, ty.kind()) {
            (Some(CallMode::Task { .. }), TyKind::Task(_)) if self.is_call(operand) => ty,
            // The rejection of a coroutine was reported with the call.
            (Some(CallMode::Generator), _) if self.is_call(operand) => Ty::error(),
            (_, TyKind::Function { params, result }) if !self.is_call(operand) && params.is_empty() => {
                Ty::new(TyKind::Task(*result))
            }
            _ => {
                let text = self.text(ty);
                self.report(diagnostics::not_spawnable(self.span(operand), &text));
                Ty::error()
            }
        }
    }

    pub fn concurrent(&mut self, block: ExprId) -> Ty {
        self.statement(block)
    }

    /// The element type of a channel; reports anything else.
    fn channel(&mut self, channel: ExprId) -> Ty {
        let ty = self.infer(channel, None);
        let ty = self.shallow(ty);
        match ty.kind() {
            TyKind::Channel(item) => *item,
            TyKind::Error => Ty::error(),
            _ if self.table.is_general_var(ty) => {
                let item = self.table.fresh(self.span(channel));
                self.table.unify(ty, Ty::new(TyKind::Channel(item)));
                item
            }
            _ => {
                let text = self.text(ty);
                self.report(diagnostics::not_a_channel(self.span(channel), &text));
                Ty::error()
            }
        }
    }

    pub fn receive(&mut self, channel: ExprId, _hint: Option<Ty>) -> Ty {
        self.channel(channel)
    }
    pub fn send(&mut self, channel: ExprId, value: ExprId) -> Ty {
        let item = self.channel(channel);
        self.check(
            value,
            item,
            Cause::new(self.span(channel), "通道的元素类型由这里决定", "the channel decides the type"),
        );
        Ty::unit()
    }

    pub fn select_statement(&mut self, arms: &[SelectArm]) -> Ty {
        let mut never = !arms.is_empty();
        for arm in arms {
            let end = self.scoped(|it| {
                it.select_operation(&arm.operation);
                it.statement(arm.body)
            });
            never &= self.shallow(end).is_never();
        }
        if never { Ty::never() } else { Ty::unit() }
    }

    fn select_operation(&mut self, operation: &SelectOperation) {
        match operation {
            SelectOperation::Receive { pat, channel } => {
                let item = self.channel(*channel);
                self.arm_pattern(*pat, item);
            }
            SelectOperation::ReceiveOption { pat, channel } => {
                let item = self.channel(*channel);
                let option = self.cx.known().option_of(item);
                self.arm_pattern(*pat, option);
            }
            SelectOperation::Send { channel, value } => {
                self.send(*channel, *value);
            }
            SelectOperation::Await { pat, task } => {
                let ty = self.infer(*task, None);
                let ty = self.shallow(ty);
                let result = self.task_result(*task, ty).unwrap_or_else(|| {
                    if !ty.is_error() {
                        let text = self.text(ty);
                        self.report(diagnostics::not_awaitable(self.span(*task), &text));
                    }
                    Ty::error()
                });
                self.arm_pattern(*pat, result);
            }
            SelectOperation::Timeout(time) => self.check(*time, Ty::int(), Cause::NONE),
            SelectOperation::Default => {}
        }
    }
    fn arm_pattern(&mut self, pat: Option<crate::PatId>, ty: Ty) {
        if let Some(pat) = pat {
            self.bind_pattern(pat, ty);
        }
    }
}
