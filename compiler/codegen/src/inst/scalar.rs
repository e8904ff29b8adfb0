//! Constants, arithmetic and conversions. Checked forms branch to a cold fault; a form that a pass took out of its
//! `try` is emitted without the check.

use crate::function::Body;
use inkwell::IntPredicate;
use inkwell::builder::Builder;
use inkwell::values::{BasicValueEnum, IntValue};
use qi_mir::{Arith, Bits, Inst, Overflow, RuntimeFn};

pub fn int<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, value: i128) -> BasicValueEnum<'c> {
    // Two's complement; the type cuts off what it does not hold.
    result_type(body, inst).into_int_type().const_int(value as u64, false).into()
}

pub fn float<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, bits: u64) -> BasicValueEnum<'c> {
    result_type(body, inst).into_float_type().const_float(f64::from_bits(bits)).into()
}

pub fn empty<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> Option<BasicValueEnum<'c>> {
    Some(result_type(body, inst).const_zero())
}

fn result_type<'c>(body: &Body<'_, 'c, '_>, inst: &Inst) -> inkwell::types::BasicTypeEnum<'c> {
    body.cg.value_type(body.type_of(inst.result.expect("the operation has a result")))
}

/// The type an operation of a `try` gives is that of its operands.
pub fn int2<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, op: Arith, mode: Overflow) -> BasicValueEnum<'c> {
    let signed = body.cg.is_signed(body.type_of(inst.args[0]));
    let a = body.int(inst.args[0]);
    let checked = mode == Overflow::Checked;
    let value = match op {
        Arith::Neg => overflowing(body, "sub", signed, checked, a.get_type().const_zero(), a),
        Arith::Add => overflowing(body, "add", signed, checked, a, body.int(inst.args[1])),
        Arith::Sub => overflowing(body, "sub", signed, checked, a, body.int(inst.args[1])),
        Arith::Mul => overflowing(body, "mul", signed, checked, a, body.int(inst.args[1])),
        Arith::Div => div(body, signed, checked, a, body.int(inst.args[1])),
        Arith::Rem => rem(body, signed, a, body.int(inst.args[1])),
        Arith::Shl => shl(body, signed && checked, a, body.int(inst.args[1])),
        Arith::Shr => {
            let count = shift_count(body, a, body.int(inst.args[1]));
            body.ir.shr(signed, a, count)
        }
    };
    value.into()
}

fn overflowing<'c>(
    body: &mut Body<'_, 'c, '_>,
    name: &str,
    signed: bool,
    checked: bool,
    a: IntValue<'c>,
    b: IntValue<'c>,
) -> IntValue<'c> {
    if !checked || !body.may_fail() {
        return match name {
            "add" => body.ir.add(a, b),
            "sub" => body.ir.sub(a, b),
            _ => body.ir.mul(a, b),
        };
    }
    let name = format!("llvm.{}{name}.with.overflow", if signed { "s" } else { "u" });
    let intrinsic = body.cg.intrinsic(&name, &[a.get_type().into()]);
    let pair = body.ir.call(intrinsic, &[a.into(), b.into()]).expect("a pair").into_struct_value();
    let value = body.ir.extract(pair, 0).into_int_value();
    let overflow = body.ir.extract(pair, 1).into_int_value();
    body.fault_if(overflow, RuntimeFn::qi_fault_overflow, &[]);
    value
}

fn check_divisor<'c>(body: &mut Body<'_, 'c, '_>, b: IntValue<'c>) {
    let zero = body.ir.int_compare(IntPredicate::EQ, b, b.get_type().const_zero());
    body.fault_if(zero, RuntimeFn::qi_fault_divide_by_zero, &[]);
}

/// Whether a division is MIN / -1, which the machine refuses.
fn divides_min<'c>(body: &Body<'_, 'c, '_>, a: IntValue<'c>, b: IntValue<'c>) -> IntValue<'c> {
    let ty = a.get_type();
    let min = ty.const_int(1_u64 << (ty.get_bit_width() - 1), false);
    let is_min = body.ir.int_compare(IntPredicate::EQ, a, min);
    let is_minus_one = body.ir.int_compare(IntPredicate::EQ, b, ty.const_all_ones());
    body.ir.and(is_min, is_minus_one)
}

fn div<'c>(body: &mut Body<'_, 'c, '_>, signed: bool, checked: bool, a: IntValue<'c>, b: IntValue<'c>) -> IntValue<'c> {
    check_divisor(body, b);
    if !signed {
        return body.ir.div(false, a, b);
    }
    let overflow = divides_min(body, a, b);
    if checked && body.may_fail() {
        body.fault_if(overflow, RuntimeFn::qi_fault_overflow, &[]);
        return body.ir.div(true, a, b);
    }
    // Wraps to MIN, which dividing by one gives too.
    let one = b.get_type().const_int(1, false);
    let b = body.ir.select(overflow, one.into(), b.into()).into_int_value();
    body.ir.div(true, a, b)
}

/// `MIN % -1` is 0, as `MIN % 1`.
fn rem<'c>(body: &mut Body<'_, 'c, '_>, signed: bool, a: IntValue<'c>, b: IntValue<'c>) -> IntValue<'c> {
    check_divisor(body, b);
    if !signed {
        return body.ir.rem(false, a, b);
    }
    let ty = b.get_type();
    let minus_one = body.ir.int_compare(IntPredicate::EQ, b, ty.const_all_ones());
    let b = body.ir.select(minus_one, ty.const_int(1, false).into(), b.into()).into_int_value();
    body.ir.rem(true, a, b)
}

fn shift_count<'c>(body: &mut Body<'_, 'c, '_>, a: IntValue<'c>, count: IntValue<'c>) -> IntValue<'c> {
    let width = count.get_type().const_int(a.get_type().get_bit_width().into(), false);
    let outside = body.ir.int_compare(IntPredicate::UGE, count, width);
    body.fault_if(outside, RuntimeFn::qi_fault_overflow, &[]);
    body.ir.resize(count, a.get_type(), false)
}

fn shl<'c>(body: &mut Body<'_, 'c, '_>, keep_bits: bool, a: IntValue<'c>, count: IntValue<'c>) -> IntValue<'c> {
    let count = shift_count(body, a, count);
    let value = body.ir.shl(a, count);
    if keep_bits && body.may_fail() {
        let back = body.ir.shr(true, value, count);
        let lost = body.ir.int_compare(IntPredicate::NE, back, a);
        body.fault_if(lost, RuntimeFn::qi_fault_overflow, &[]);
    }
    value
}

pub fn float2<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, op: Arith) -> BasicValueEnum<'c> {
    let a = body.value(inst.args[0]).into_float_value();
    if op == Arith::Neg {
        return body.ir.float_neg(a).into();
    }
    let b = body.value(inst.args[1]).into_float_value();
    let value = match op {
        Arith::Add => body.ir.float2(|it: &Builder<'c>, a, b| it.build_float_add(a, b, ""), a, b),
        Arith::Sub => body.ir.float2(|it: &Builder<'c>, a, b| it.build_float_sub(a, b, ""), a, b),
        Arith::Mul => body.ir.float2(|it: &Builder<'c>, a, b| it.build_float_mul(a, b, ""), a, b),
        Arith::Div => body.ir.float2(|it: &Builder<'c>, a, b| it.build_float_div(a, b, ""), a, b),
        Arith::Rem | Arith::Shl | Arith::Shr | Arith::Neg => qi_base::bug!("{op:?} on floats"),
    };
    value.into()
}

pub fn bits2<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, op: Bits) -> BasicValueEnum<'c> {
    let a = body.int(inst.args[0]);
    let value = match op {
        Bits::Not => body.ir.not(a),
        Bits::And => body.ir.and(a, body.int(inst.args[1])),
        Bits::Or => body.ir.or(a, body.int(inst.args[1])),
        Bits::Xor => body.ir.xor(a, body.int(inst.args[1])),
    };
    value.into()
}

/// The type that the operation gives: its own result's, or what the `try` hands on.
fn target_type(body: &Body<'_, '_, '_>, inst: &Inst) -> qi_mir::Type {
    match inst.result {
        Some(result) => body.type_of(result),
        None => body.try_result().expect("an operation without result stands in a try"),
    }
}

pub fn int_cast<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, mode: Overflow) -> BasicValueEnum<'c> {
    let target = target_type(body, inst);
    let (from_signed, to_signed) = (body.cg.is_signed(body.type_of(inst.args[0])), body.cg.is_signed(target));
    let value = body.int(inst.args[0]);
    let ty = body.cg.value_type(target).into_int_type();
    let cast = body.ir.resize(value, ty, from_signed);
    if mode == Overflow::Wrapping || !body.may_fail() {
        return cast.into();
    }
    let (from, to) = (value.get_type().get_bit_width(), ty.get_bit_width());
    if to < from {
        let back = body.ir.resize(cast, value.get_type(), to_signed);
        let changed = body.ir.int_compare(IntPredicate::NE, back, value);
        body.fault_if(changed, RuntimeFn::qi_fault_overflow, &[]);
    }
    // The same bits mean something else on the other side of zero.
    if from_signed != to_signed && (to == from || (to > from && from_signed)) {
        let negative = body.ir.int_compare(IntPredicate::SLT, value, value.get_type().const_zero());
        body.fault_if(negative, RuntimeFn::qi_fault_overflow, &[]);
    }
    cast.into()
}

pub fn int_to_float<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let signed = body.cg.is_signed(body.type_of(inst.args[0]));
    let ty = result_type(body, inst).into_float_type();
    body.ir.int_to_float(body.int(inst.args[0]), ty, signed).into()
}

pub fn float_cast<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let ty = result_type(body, inst).into_float_type();
    body.ir.float_cast(body.value(inst.args[0]).into_float_value(), ty).into()
}

pub fn char_to_int<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let ty = result_type(body, inst).into_int_type();
    body.ir.resize(body.int(inst.args[0]), ty, false).into()
}

pub fn int_to_char<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let signed = body.cg.is_signed(body.type_of(inst.args[0]));
    let wide = body.ir.resize(body.int(inst.args[0]), body.cg.ctx.i64_type(), signed);
    if body.may_fail() {
        let beyond = body.ir.int_compare(IntPredicate::UGT, wide, body.ir.i64(u64::from(u32::from(char::MAX))));
        let surrogate = body.ir.sub(wide, body.ir.i64(0xD800));
        let surrogate = body.ir.int_compare(IntPredicate::ULT, surrogate, body.ir.i64(0x800));
        let bad = body.ir.or(beyond, surrogate);
        let message = super::string::literal_place(body, "不是有效的字符编号");
        body.fault_if(bad, RuntimeFn::qi_fault_conversion, &[message.into()]);
    }
    body.ir.resize(wide, body.cg.ctx.i32_type(), false).into()
}
