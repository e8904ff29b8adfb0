//! Explicit counts.

use crate::function::Body;
use crate::glue::Count;
use inkwell::values::BasicValueEnum;
use qi_mir::Inst;

pub fn retain<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> Option<BasicValueEnum<'c>> {
    count(body, inst, Count::Retain)
}

pub fn release<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> Option<BasicValueEnum<'c>> {
    count(body, inst, Count::Release)
}

fn count<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, count: Count) -> Option<BasicValueEnum<'c>> {
    let ty = body.type_of(inst.args[0]);
    let value = body.value(inst.args[0]);
    body.cg.count_value(&body.ir, count, ty, value);
    None
}
