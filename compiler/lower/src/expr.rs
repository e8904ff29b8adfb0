//! Expressions to values. A flat dispatch; each topic has its file. Operands are evaluated strictly from left to right.

mod assign;
mod call;
mod cast;
mod compare;
mod control;
mod coroutine;
mod each;
mod index;
mod literal;
mod method;
mod name;
mod operator;
mod option;
mod print;
mod select;
mod struct_;
mod try_;

pub(crate) use call::Operand;

use crate::body::Body;
use crate::locals::Var;
use crate::target::Target;
use crate::thunks::Thunk;
use qi_base::bug;
use qi_hir::{Adjust, ExprId, ExprKind, Res, TraitId, Ty, TyKind};
use qi_mir::{Opcode, RuntimeFn, TypeKind, Value};

impl<'a> Body<'_, 'a> {
    /// The expression's value, adjusted to where it stands.
    pub fn expr(&mut self, expr: ExprId) -> Value {
        let saved = self.span.replace(self.scope.body.exprs[expr].span);
        let cursor = self.cursor(expr);
        let mut value = self.read(cursor);
        if let Some(adjusts) = self.scope.typed.adjustments.get(&expr) {
            let mut ty = self.raw_type(expr);
            for adjust in adjusts {
                (value, ty) = self.adjust(expr, value, ty, adjust);
            }
        }
        self.span = saved;
        value
    }

    /// The value of an expression that is no variable or part of one; without adjustments.
    pub fn compute(&mut self, expr: ExprId) -> Value {
        let node = &self.scope.body.exprs[expr];
        match &node.kind {
            ExprKind::Error => bug!("an expression that was reported as wrong reached lowering"),
            ExprKind::Literal(literal) => self.literal(expr, literal),
            ExprKind::SelfValue | ExprKind::TupleField { .. } => bug!("{expr} is read by cursor"),
            ExprKind::Path(_) => self.name(expr),
            ExprKind::Template(parts) => self.template(parts),
            ExprKind::Tuple(parts) => self.tuple(expr, parts),
            ExprKind::Array(items) => self.array(expr, items),
            ExprKind::ArrayRepeat { value, count } => self.array_repeat(expr, *value, *count),
            ExprKind::Map(entries) => self.map_literal(expr, entries),
            ExprKind::Struct { fields, spread, .. } => self.struct_literal(expr, fields, *spread),
            ExprKind::Call { callee, args } => self.call(expr, *callee, args),
            ExprKind::MethodCall { receiver, args, optional, .. } => self.method_call(expr, *receiver, args, *optional),
            ExprKind::Field { base, optional, .. } => self.field(expr, *base, *optional),
            ExprKind::Index { base, index } => self.index(expr, *base, *index),
            ExprKind::Unary { op, operand } => self.unary(expr, *op, *operand),
            ExprKind::Binary { op, left, right, .. } => self.binary(expr, *op, *left, *right),
            ExprKind::Compare { operands, ops } => self.compare_chain(expr, operands, ops),
            ExprKind::Assign { place, op, value } => self.assign(expr, *place, *op, *value),
            ExprKind::Range { start, end, inclusive } => self.range(expr, *start, *end, *inclusive),
            ExprKind::Cast { operand, .. } => self.cast(expr, *operand),
            ExprKind::Question(operand) => self.question(expr, *operand),
            ExprKind::Spread(array) => self.expr(*array),
            ExprKind::Unwrap(operand) => self.question(expr, *operand),
            ExprKind::Block(block) => self.block(expr, block),
            ExprKind::If { conditions, then, otherwise } => self.if_(expr, conditions, *then, *otherwise),
            ExprKind::While { label, conditions, body } => self.while_(*label, conditions, *body),
            ExprKind::Loop { label, body } => self.loop_(*label, *body),
            ExprKind::For { label, pat, iterable, body } => self.for_(expr, *label, *pat, *iterable, *body),
            ExprKind::Match { scrutinee, arms } => self.match_(expr, *scrutinee, arms),
            ExprKind::Try { body, catches, finally } => self.try_(expr, *body, catches, *finally),
            ExprKind::Return(value) => self.return_(*value),
            ExprKind::Break { label } => self.break_(label.map(|it| it.0)),
            ExprKind::Continue { label } => self.continue_(label.map(|it| it.0)),
            ExprKind::Throw(value) => self.throw_value(*value),
            ExprKind::Closure(closure) => self.closure(expr, closure),
            ExprKind::Await(operand) => self.await_(expr, *operand),
            ExprKind::Spawn { operand, detached } => self.spawn(*operand, *detached),
            ExprKind::Scope(body) => self.task_scope(*body),
            ExprKind::Yield(value) => self.yield_(*value),
            ExprKind::YieldAll(operand) => self.yield_all(expr, *operand),
            ExprKind::Receive(channel) => self.receive(*channel),
            ExprKind::Send { channel, value } => self.send(*channel, *value),
            ExprKind::Select(arms) => self.select_arms(arms),
        }
    }

    fn adjust(&mut self, expr: ExprId, value: Value, ty: Ty, adjust: &Adjust) -> (Value, Ty) {
        match adjust {
            Adjust::Some => {
                let to = self.cx.option_of(ty);
                let option = self.cx.ty(to);
                (self.some(option, value), to)
            }
            Adjust::ToDynamic { trait_, args } => {
                let args = self.subst_all(args);
                let to = Ty::new(TyKind::Dynamic(*trait_, args.clone()));
                (self.make_dynamic(value, ty, to), to)
            }
            Adjust::ToError => (self.make_error(value, ty), self.error_type()),
            Adjust::Never(to) => {
                let to = self.subst(*to);
                let lowered = self.cx.ty(to);
                (self.empty(lowered), to)
            }
            Adjust::ToCPointer => (self.c_pointer(expr), Ty::new(TyKind::CStr)),
            Adjust::ToCStr => {
                let pointer = self.cx.module.types.intern(TypeKind::Pointer);
                let text = self.runtime(RuntimeFn::qi_c_text_new, Vec::new(), vec![value], Some(pointer));
                self.c_texts.push(text);
                (text, Ty::new(TyKind::CStr))
            }
            Adjust::Discard => (self.unit(), Ty::unit()),
        }
    }

    /// T to 任意 特性.
    pub fn make_dynamic(&mut self, value: Value, from: Ty, to: Ty) -> Value {
        let TyKind::Dynamic(trait_, args) = to.kind() else { bug!("no 任意 type") };
        let lowered = self.cx.ty(to);
        if self.type_of(value) == lowered {
            return value;
        }
        if self.cx.is_error_trait(*trait_) {
            return self.make_error(value, from);
        }
        if let TyKind::Dynamic(own, own_args) = from.kind()
            && let Some(index) = self.cx.super_dynamics(*own, own_args, from).iter().position(|it| *it == to)
        {
            return self.upcast(*own, value, index, to);
        }
        let vtable = self.cx.vtable(from, *trait_, args);
        self.build.plain(Opcode::DynamicNew(vtable), vec![value], lowered, None)
    }

    /// What a 任意 value holds as a 任意 of a supertrait: not a box around the box, so that a downcast finds it.
    fn upcast(&mut self, trait_: TraitId, value: Value, index: usize, to: Ty) -> Value {
        let first = self.cx.dynamic_methods(trait_).len() + 1 + usize::from(self.cx.extends_error(trait_));
        let opcode = self.cx.dynamic_call(first + index, &crate::vtables::hidden_signature(to));
        let lowered = self.cx.ty(to);
        self.op(opcode, vec![value], lowered)
    }

    /// T to 任意 错误.
    pub fn make_error(&mut self, value: Value, from: Ty) -> Value {
        let ty = self.cx.module.types.error();
        if self.type_of(value) == ty {
            return value;
        }
        match from.kind() {
            TyKind::Dynamic(trait_, _) => self.raise(*trait_, value),
            _ => self.op(Opcode::ErrorNew, vec![value], ty),
        }
    }

    /// What a 任意 value holds as an error, so that it is caught by its own type.
    fn raise(&mut self, trait_: TraitId, value: Value) -> Value {
        let index = self.cx.dynamic_methods(trait_).len() + 1;
        let signature = crate::vtables::hidden_signature(self.error_type());
        let opcode = self.cx.dynamic_call(index, &signature);
        let ty = self.cx.module.types.error();
        let error = self.op(opcode, vec![value], ty);
        self.runtime(RuntimeFn::qi_error_trace, Vec::new(), vec![error], None);
        error
    }

    fn c_pointer(&mut self, expr: ExprId) -> Value {
        let function = match self.scope.typed.names.get(&expr) {
            Some(Res::Function { function, generics }) => {
                let target = Target::Function { function: *function, generics: self.subst_all(generics) };
                self.cx.target_function(&target).expect("it is a function")
            }
            Some(Res::Local(local)) => match self.named_var(expr, *local) {
                Var::Function { code, environment: None, .. } => self.cx.thunk(Thunk::Callback(code)),
                other => bug!("{other:?} becomes no C function pointer"),
            },
            _ => {
                let (code, _) = self.make_closure(expr, None);
                self.cx.thunk(Thunk::Callback(code))
            }
        };
        let ty = self.cx.module.types.intern(TypeKind::Pointer);
        let site = self.here();
        self.build.plain(Opcode::FunctionPointer(function), Vec::new(), ty, site)
    }
}
