//! Text: literals, and values as text.

use super::runtime::Arg;
use crate::function::Body;
use crate::glue::Count;
use inkwell::IntPredicate;
use inkwell::values::{BasicValueEnum, IntValue, PointerValue};
use qi_abi::Str;
use qi_mir::{Inst, RuntimeFn, Type, TypeKind};

pub fn literal<'c>(body: &mut Body<'_, 'c, '_>, text: &str) -> BasicValueEnum<'c> {
    body.cg.str_literal(text)
}

/// A literal in static memory.
pub fn literal_place<'c>(body: &mut Body<'_, 'c, '_>, text: &str) -> PointerValue<'c> {
    let value = body.cg.str_literal(text);
    body.cg.datum("qi.str", value, true).as_pointer_value()
}

/// Bytes of the text: in the low bits of the second word, or of its top byte when the text is inline.
pub fn byte_len<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> IntValue<'c> {
    let high = body.ir.extract(body.value(inst.args[0]).into_struct_value(), 1).into_int_value();
    let short = body.ir.and(body.ir.shr(false, high, body.ir.i64(56)), body.ir.i64(0xF));
    let long = body.ir.and(high, body.ir.i64(Str::LENGTH_MASK));
    let is_inline = body.ir.int_compare(IntPredicate::SLT, high, body.ir.i64(0));
    body.ir.select(is_inline, short.into(), long.into()).into_int_value()
}

/// As 打印 shows the value.
pub fn text<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let ty = body.type_of(inst.args[0]);
    let value = body.value(inst.args[0]);
    let text = match body.cg.mir.types.kind(ty) {
        TypeKind::Str => {
            body.cg.count_value(&body.ir, Count::Retain, ty, value);
            return value;
        }
        TypeKind::Int { signed, .. } => {
            let wide = body.ir.resize(value.into_int_value(), body.cg.ctx.i64_type(), *signed);
            let function = if *signed { RuntimeFn::qi_str_from_int } else { RuntimeFn::qi_str_from_uint };
            from_scalar(body, function, wide.into(), body.cg.c_i64())
        }
        TypeKind::Float { bits: 64 } => from_scalar(body, RuntimeFn::qi_str_from_float, value, body.cg.c_value(ty)),
        TypeKind::Char => from_scalar(body, RuntimeFn::qi_str_from_char, value, body.cg.c_value(ty)),
        _ => described(body, ty, value),
    };
    text.expect("a text")
}

fn from_scalar<'c>(
    body: &mut Body<'_, 'c, '_>,
    function: RuntimeFn,
    value: BasicValueEnum<'c>,
    ty: crate::types::CValue<'c>,
) -> Option<BasicValueEnum<'c>> {
    let result = body.cg.c_str();
    let target = body.cg.runtime_fn(function, &[ty], 0, result);
    let out = body.temp(result.memory);
    body.ir.call(target, &[out.into(), value]);
    let text = body.ir.load(result.memory, out);
    body.end_temps();
    Some(text)
}

fn described<'c>(body: &mut Body<'_, 'c, '_>, ty: Type, value: BasicValueEnum<'c>) -> Option<BasicValueEnum<'c>> {
    let place = body.spill(ty, value);
    body.call_table(RuntimeFn::qi_value_text, &[Arg::Place(place)], &[ty], body.cg.c_str())
}

/// With a format spec.
pub fn format<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let ty = body.type_of(inst.args[0]);
    let place = body.spill(ty, body.value(inst.args[0]));
    let spec = Arg::Value(body.type_of(inst.args[1]), body.value(inst.args[1]));
    let text = body.call_table(RuntimeFn::qi_value_format, &[Arg::Place(place), spec], &[ty], body.cg.c_str());
    text.expect("a text")
}
