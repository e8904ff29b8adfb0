//! Method calls, fields that are method calls in disguise, optional chaining.

use super::call::Operand;
use crate::body::Body;
use crate::place::Cursor;
use crate::target::Target;
use qi_base::bug;
use qi_hir::{Arg, Call, Callee, ExprId, Mode, Res, Ty, TyKind};
use qi_mir::{Type, Value};

impl<'a> Body<'_, 'a> {
    pub(super) fn method_call(&mut self, expr: ExprId, receiver: ExprId, args: &'a [Arg], optional: bool) -> Value {
        let typed = self.scope.typed;
        let call = typed.calls.get(&expr).unwrap_or_else(|| bug!("call {expr} at {:?} has no callee", self.span));
        if let Some(&receiver) = typed.receivers.get(&expr) {
            return self.method_on(expr, Receiver::Expr(receiver), &args[1..], call);
        }
        if matches!(typed.names.get(&receiver), Some(Res::Type(_) | Res::Module(_))) {
            return self.static_call(expr, args, call);
        }
        if optional {
            return self.chain(expr, receiver, |body, content, ty| {
                body.method_on(expr, Receiver::Value(content, ty), args, call)
            });
        }
        self.method_on(expr, Receiver::Expr(receiver), args, call)
    }

    fn static_call(&mut self, expr: ExprId, args: &'a [Arg], call: &'a Call) -> Value {
        match &call.callee {
            Callee::Value => {
                let function = self.name_value(expr);
                let (value, ty) = function.unwrap_or_else(|| bug!("call through a qualified name that is no value"));
                let mode = self.value_mode(expr, call, ty);
                self.call_target(&Target::Value { ty }, Some(Operand::Value(value)), args, call, mode)
            }
            callee => {
                let target = self.target(callee, None);
                self.call_target(&target, None, args, call, call.mode)
            }
        }
    }

    /// `模块.变量(…)`: the global that the qualified name of a call means.
    fn name_value(&mut self, expr: ExprId) -> Option<(Value, Ty)> {
        let Some(Res::Global(global)) = self.scope.typed.names.get(&expr) else { return None };
        let ty = self.cx.analysis.signatures.globals[*global].ty;
        let cursor = self.cursor(expr);
        Some((self.read(cursor), ty))
    }

    fn method_on(&mut self, expr: ExprId, receiver: Receiver, args: &'a [Arg], call: &'a Call) -> Value {
        if call.callee == Callee::Value {
            let field = self.scope.typed.fields[&expr];
            let ty = self.receiver_type(&receiver);
            let ty = self.cx.part_types(ty, 0)[field as usize];
            let base = match receiver {
                Receiver::Expr(it) => self.receiver_cursor(it),
                Receiver::Value(value, _) => Cursor::Value(value),
            };
            let cursor = self.field_cursor(base, field);
            let function = self.read(cursor);
            let mode = self.value_mode(expr, call, ty);
            return self.call_target(&Target::Value { ty }, Some(Operand::Value(function)), args, call, mode);
        }
        let ty = self.receiver_type(&receiver);
        let target = self.target(&call.callee, Some(ty));
        let signature = self.cx.target_signature(&target);
        let mode = signature.receiver.map(|it| it.0).unwrap_or_else(|| bug!("a receiver for a function without 自己"));
        let depth = self.stack.len();
        let operand = match (receiver, mode) {
            (Receiver::Expr(it), Mode::InOut) => Operand::Place(self.place(it)),
            (Receiver::Expr(it), Mode::Value) => {
                let value = self.expr(it);
                Operand::Value(if self.lends(&target, call.mode) { self.lent(it, value) } else { value })
            }
            (Receiver::Value(value, _), _) => Operand::Value(value),
        };
        let result = self.call_target(&target, Some(operand), args, call, call.mode);
        self.close(depth);
        result
    }

    fn receiver_type(&self, receiver: &Receiver) -> Ty {
        match receiver {
            Receiver::Expr(it) => self.adjusted_type(*it),
            Receiver::Value(_, ty) => *ty,
        }
    }

    fn receiver_cursor(&mut self, receiver: ExprId) -> Cursor {
        if self.scope.typed.adjustments.contains_key(&receiver) {
            Cursor::Value(self.expr(receiver))
        } else {
            self.cursor(receiver)
        }
    }

    /// Fields that are not simply parts of a struct.
    pub(super) fn field(&mut self, expr: ExprId, base: ExprId, optional: bool) -> Value {
        let typed = self.scope.typed;
        if typed.names.contains_key(&expr) {
            return self.name(expr);
        }
        if optional {
            return self.chain(expr, base, |body, content, ty| {
                if let Some(call) = typed.calls.get(&expr) {
                    return body.method_on(expr, Receiver::Value(content, ty), &[], call);
                }
                let field = typed.fields.get(&expr).copied();
                body.struct_get(content, field.unwrap_or_else(|| bug!("field without index")))
            });
        }
        if let Some(call) = typed.calls.get(&expr) {
            return self.method_on(expr, Receiver::Expr(base), &[], call);
        }
        let callee = typed.bound_methods.get(&expr).unwrap_or_else(|| bug!("field {expr} has no meaning"));
        let target = self.target(callee, Some(self.adjusted_type(base)));
        let receiver = self.expr(base);
        self.bound_method(target, receiver)
    }

    /// `a?.…`: runs on the content of 有 and wraps the result, unless it is an 选项 already. On a 结果 it is `(a?).…`.
    fn chain(&mut self, expr: ExprId, base: ExprId, run: impl FnOnce(&mut Self, Value, Ty) -> Value) -> Value {
        let base_type = self.adjusted_type(base);
        let TyKind::Adt(_, args) = base_type.kind() else { bug!("`?.` on no 选项") };
        let content_type = args[0];
        if self.scope.typed.questions.contains_key(&expr) {
            let content = self.question(expr, base);
            return run(self, content, content_type);
        }
        let option = self.expr(base);
        let result = self.raw_type(expr);
        let result: Type = self.cx.ty(result);
        let some = self.is_variant(option, 0);
        self.select(
            some,
            result,
            |body| {
                let content = body.payload(option, 0, 0);
                let value = run(body, content, content_type);
                if body.type_of(value) == result || body.build.is_dead() { value } else { body.some(result, value) }
            },
            |body| body.none(result),
        )
    }
}

enum Receiver {
    Expr(ExprId),
    Value(Value, Ty),
}
