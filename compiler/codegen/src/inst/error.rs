//! Errors as values: making one, asking what it carries.

use super::runtime::Arg;
use crate::function::Body;
use inkwell::IntPredicate;
use inkwell::values::BasicValueEnum;
use qi_abi::ERROR_DATA;
use qi_mir::{Inst, RuntimeFn, Type};
use std::mem::offset_of;

pub fn new<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let ty = body.type_of(inst.args[0]);
    let place = body.spill(ty, body.value(inst.args[0]));
    let error = body.call_table(RuntimeFn::qi_error_new, &[Arg::Place(place)], &[ty], body.cg.c_ptr());
    error.expect("an error")
}

/// Descriptions are unique per type, so their addresses decide.
pub fn is<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, ty: Type) -> BasicValueEnum<'c> {
    let info = body.cg.info(ty);
    let payload = body.ir.offset(body.pointer(inst.args[0]), offset_of!(qi_abi::Error, payload) as u64);
    body.ir.ptr_compare(IntPredicate::EQ, body.ir.load_ptr(payload), info).into()
}

pub fn get<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, ty: Type) -> BasicValueEnum<'c> {
    let place = body.ir.offset(body.pointer(inst.args[0]), ERROR_DATA as u64);
    body.load(ty, place)
}

pub fn message<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let error = Arg::Value(body.type_of(inst.args[0]), body.value(inst.args[0]));
    let text = body.call_table(RuntimeFn::qi_error_message, &[error], &[], body.cg.c_str());
    text.expect("a text")
}
