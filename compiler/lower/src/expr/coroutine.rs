//! 等待, 启动, 并发, 让出, channel operators.

use crate::body::Body;
use crate::frames::FrameKind;
use crate::target::Target;
use crate::thunks::Thunk;
use qi_base::bug;
use qi_hir::{AwaitKind, ExprId, ExprKind, TyKind};
use qi_mir::{FunctionKind, Opcode, RuntimeFn, TypeKind, Value};

impl<'a> Body<'_, 'a> {
    pub(super) fn await_(&mut self, expr: ExprId, operand: ExprId) -> Value {
        let kind = self.scope.typed.awaits.get(&expr).copied();
        if let Some(value) = self.await_local_function(operand) {
            return value;
        }
        let value = self.expr(operand);
        match (kind, self.kind_of(value)) {
            (Some(AwaitKind::Task) | None, TypeKind::Task(of)) => {
                let of = *of;
                self.runtime(RuntimeFn::qi_task_await, vec![of], vec![value], Some(of))
            }
            _ => value,
        }
    }

    pub(super) fn spawn(&mut self, operand: ExprId, detached: bool) -> Value {
        let plain = self.scope.typed.closures.get(&operand).is_some_and(|it| !it.is_async && it.yields.is_none());
        if plain && matches!(self.scope.body.exprs[operand].kind, ExprKind::Closure(_)) {
            return self.spawn_closure(operand, detached);
        }
        let ty = self.adjusted_type(operand);
        match ty.kind() {
            TyKind::Function { .. } => {
                let function = self.expr(operand);
                self.start(&Target::Value { ty }, vec![super::call::Operand::Value(function)], detached)
            }
            // The call under it is the start.
            TyKind::Task(_) => self.expr(operand),
            _ => bug!("启动 of a value of type {}", self.cx.type_name(ty)),
        }
    }

    /// 启动 {…}: the task runs the closure's code itself, so what it does is known.
    fn spawn_closure(&mut self, operand: ExprId, detached: bool) -> Value {
        let (code, environment) = self.make_closure(operand, None);
        let environment = match environment {
            Some(it) => it,
            None => self.unit(),
        };
        let function = self.cx.thunk(Thunk::BlockRoot(code));
        let result = self.cx.module.functions[code].result;
        let task = self.cx.module.types.intern(TypeKind::Task(result));
        self.op(Opcode::Spawn { function, detached }, vec![environment], task)
    }

    pub(super) fn task_scope(&mut self, body: ExprId) -> Value {
        let i64 = self.cx.module.types.i64();
        let scope = self.runtime(RuntimeFn::qi_scope_enter, Vec::new(), Vec::new(), Some(i64));
        let depth = self.stack.len();
        self.push_frame(FrameKind::Join { scope, leave: RuntimeFn::qi_scope_leave });
        self.expr(body);
        self.close(depth);
        self.unit()
    }

    pub(super) fn yield_(&mut self, value: Option<ExprId>) -> Value {
        let value = match value {
            Some(it) => self.expr(it),
            None => self.unit(),
        };
        self.yield_value(value)
    }

    fn yield_value(&mut self, value: Value) -> Value {
        let FunctionKind::Generator { item, sent } = self.build.func.kind else { bug!("让出 outside a 协程") };
        let value = self.fit(value, item);
        self.op(Opcode::Yield, vec![value], sent)
    }

    /// 让出 of what another one yielded: nobody takes what is sent.
    fn pass_on(&mut self, item: Value) {
        self.yield_value(item);
    }

    /// A generator of the body's own type answers in its place; what is in anything else is yielded one by one.
    pub(super) fn yield_all(&mut self, expr: ExprId, operand: ExprId) -> Value {
        let Some(generator) = self.generator_of(expr, operand) else {
            self.each(expr, None, operand, &mut |body, item| body.pass_on(item));
            return self.unit();
        };
        let FunctionKind::Generator { item, sent } = self.build.func.kind else { bug!("让出 outside a 协程") };
        if *self.kind_of(generator) == (TypeKind::Generator { item, sent }) {
            let unit = self.cx.module.types.unit();
            self.with_generator(generator, |body, handle| {
                let handle = body.load(handle);
                body.op(Opcode::Delegate, vec![handle], unit);
            });
        } else {
            self.each_generated(None, generator, &mut |body, item| body.pass_on(item));
        }
        self.unit()
    }

    pub(super) fn receive(&mut self, channel: ExprId) -> Value {
        let channel = self.expr(channel);
        let TypeKind::Channel(of) = *self.kind_of(channel) else { bug!("no channel to receive from") };
        let out = self.empty_temp(of);
        self.runtime(RuntimeFn::qi_channel_recv, Vec::new(), vec![channel, out], None);
        self.take(out)
    }

    pub(super) fn send(&mut self, channel: ExprId, value: ExprId) -> Value {
        let channel = self.expr(channel);
        let value = self.expr(value);
        let place = self.temp(value);
        self.runtime(RuntimeFn::qi_channel_send, Vec::new(), vec![channel, place], None)
    }
}
