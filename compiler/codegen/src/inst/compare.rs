//! Comparison: of scalars inline, of texts and structures by the runtime, which honours user implementations.

use super::runtime::Arg;
use crate::enum_layout::EnumLayout;
use crate::function::Body;
use inkwell::values::{BasicValueEnum, IntValue};
use inkwell::{FloatPredicate, IntPredicate};
use qi_mir::{Cmp, Inst, RuntimeFn, Type, TypeKind};

pub fn compare<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, op: Cmp) -> BasicValueEnum<'c> {
    let ty = body.type_of(inst.args[0]);
    scalars(body, ty, op, body.value(inst.args[0]), body.value(inst.args[1])).into()
}

fn scalars<'c>(
    body: &Body<'_, 'c, '_>,
    ty: Type,
    op: Cmp,
    a: BasicValueEnum<'c>,
    b: BasicValueEnum<'c>,
) -> IntValue<'c> {
    if a.is_float_value() {
        return body.ir.float_compare(float_predicate(op), a.into_float_value(), b.into_float_value());
    }
    let predicate = int_predicate(op, body.cg.is_signed(ty));
    match (a, b) {
        (BasicValueEnum::PointerValue(a), BasicValueEnum::PointerValue(b)) => body.ir.ptr_compare(predicate, a, b),
        _ => body.ir.int_compare(predicate, a.into_int_value(), b.into_int_value()),
    }
}

fn float_predicate(op: Cmp) -> FloatPredicate {
    match op {
        Cmp::Eq => FloatPredicate::OEQ,
        // NaN differs from everything.
        Cmp::Ne => FloatPredicate::UNE,
        Cmp::Lt => FloatPredicate::OLT,
        Cmp::Le => FloatPredicate::OLE,
        Cmp::Gt => FloatPredicate::OGT,
        Cmp::Ge => FloatPredicate::OGE,
    }
}

fn int_predicate(op: Cmp, signed: bool) -> IntPredicate {
    match (op, signed) {
        (Cmp::Eq, _) => IntPredicate::EQ,
        (Cmp::Ne, _) => IntPredicate::NE,
        (Cmp::Lt, true) => IntPredicate::SLT,
        (Cmp::Le, true) => IntPredicate::SLE,
        (Cmp::Gt, true) => IntPredicate::SGT,
        (Cmp::Ge, true) => IntPredicate::SGE,
        (Cmp::Lt, false) => IntPredicate::ULT,
        (Cmp::Le, false) => IntPredicate::ULE,
        (Cmp::Gt, false) => IntPredicate::UGT,
        (Cmp::Ge, false) => IntPredicate::UGE,
    }
}

/// Compared by their bits in a register.
pub fn is_scalar(body: &Body<'_, '_, '_>, ty: Type) -> bool {
    match body.cg.mir.types.kind(ty) {
        TypeKind::Bool | TypeKind::Char | TypeKind::Int { .. } | TypeKind::Float { .. } => true,
        TypeKind::Enum(id) => {
            let overrides = &body.cg.mir.types.enums[*id].overrides;
            body.cg.enum_layout(*id) == EnumLayout::Tag
                && overrides.equal.is_none()
                && overrides.compare.is_none()
                && overrides.hash.is_none()
        }
        _ => false,
    }
}

/// Handles of runtime objects, equal when they are the same object.
fn is_identity(body: &Body<'_, '_, '_>, ty: Type) -> bool {
    matches!(
        body.cg.mir.types.kind(ty),
        TypeKind::Pointer
            | TypeKind::Cell(_)
            | TypeKind::Task(_)
            | TypeKind::Generator { .. }
            | TypeKind::Channel(_)
            | TypeKind::Lock(_)
            | TypeKind::Shared(_)
            | TypeKind::Weak(_)
            | TypeKind::Atomic
            | TypeKind::Handle
    )
}

pub fn equal<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let ty = body.type_of(inst.args[0]);
    let (a, b) = (body.value(inst.args[0]), body.value(inst.args[1]));
    if body.cg.is_unit(ty) {
        return body.ir.i1(true).into();
    }
    if is_scalar(body, ty) {
        return scalars(body, ty, Cmp::Eq, a, b).into();
    }
    if is_identity(body, ty) {
        return body.ir.ptr_compare(IntPredicate::EQ, a.into_pointer_value(), b.into_pointer_value()).into();
    }
    if matches!(body.cg.mir.types.kind(ty), TypeKind::Str) {
        return equal_strs(body, ty, a, b).into();
    }
    values(body, inst, RuntimeFn::qi_value_equal).expect("a truth value")
}

/// The same words are the same text, and different words are different texts if both are inline; otherwise the bytes decide.
pub fn equal_strs<'c>(
    body: &mut Body<'_, 'c, '_>,
    ty: Type,
    a: BasicValueEnum<'c>,
    b: BasicValueEnum<'c>,
) -> IntValue<'c> {
    let words = |body: &Body<'_, 'c, '_>, value: BasicValueEnum<'c>| {
        let pair = value.into_struct_value();
        (body.ir.extract(pair, 0).into_int_value(), body.ir.extract(pair, 1).into_int_value())
    };
    let ((low_a, high_a), (low_b, high_b)) = (words(body, a), words(body, b));
    let low = body.ir.int_compare(IntPredicate::EQ, low_a, low_b);
    let high = body.ir.int_compare(IntPredicate::EQ, high_a, high_b);
    let same = body.ir.and(low, high);
    let inline = body.ir.int_compare(IntPredicate::SLT, body.ir.and(high_a, high_b), body.ir.i64(0));
    let known = body.ir.or(same, inline);
    let from = body.ir.block();
    let (differ, done) = (body.ir.new_block("compare"), body.ir.new_block("compared"));
    body.ir.branch(known, done, differ);
    body.ir.position(differ);
    let args = [Arg::Value(ty, a), Arg::Value(ty, b)];
    let slow = body.call_table(RuntimeFn::qi_str_equal, &args, &[], body.cg.c_bool()).expect("a truth value");
    let slow_end = body.ir.block();
    body.ir.jump(done);
    body.ir.position(done);
    let result = body.ir.phi(body.cg.ctx.bool_type().into());
    result.add_incoming(&[(&same, from), (&slow, slow_end)]);
    result.as_basic_value().into_int_value()
}

pub fn order<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let ty = body.type_of(inst.args[0]);
    let (a, b) = (body.value(inst.args[0]), body.value(inst.args[1]));
    if is_scalar(body, ty) {
        let word = body.cg.ctx.i64_type();
        let greater = body.ir.resize(scalars(body, ty, Cmp::Gt, a, b), word, false);
        let less = body.ir.resize(scalars(body, ty, Cmp::Lt, a, b), word, false);
        return body.ir.sub(greater, less).into();
    }
    if matches!(body.cg.mir.types.kind(ty), TypeKind::Str) {
        let args = [Arg::Value(ty, a), Arg::Value(ty, b)];
        return body.call_table(RuntimeFn::qi_str_compare, &args, &[], body.cg.c_i64()).expect("a sign");
    }
    values(body, inst, RuntimeFn::qi_value_compare).expect("a sign")
}

/// By description: the operands in memory.
pub fn values<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, function: RuntimeFn) -> Option<BasicValueEnum<'c>> {
    let ty = body.type_of(inst.args[0]);
    let mut args = Vec::new();
    for &arg in &inst.args {
        let value = body.value(arg);
        args.push(Arg::Place(body.spill(ty, value)));
    }
    let result = if function == RuntimeFn::qi_value_equal { body.cg.c_bool() } else { body.cg.c_i64() };
    body.call_table(function, &args, &[ty], result)
}
