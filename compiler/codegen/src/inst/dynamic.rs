//! 任意 values: a vtable with a box of the concrete value.

use super::{aggregate, place};
use crate::function::Body;
use crate::suspend::Callee;
use crate::thunks;
use inkwell::values::BasicValueEnum;
use qi_mir::{Inst, SignatureId, TypeKind, VTableId};
use std::mem::offset_of;

const DATA: u64 = offset_of!(qi_abi::Dynamic, data) as u64;

/// Boxes the value unless it comes as a box already.
pub fn new<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, vtable: VTableId) -> BasicValueEnum<'c> {
    let ty = body.cg.mir.vtables[vtable].ty;
    let operand = inst.args[0];
    let value = body.value(operand);
    let is_box = body.type_of(operand) != ty
        && matches!(body.cg.mir.types.kind(body.type_of(operand)), TypeKind::Box(of) if *of == ty);
    let data = if is_box {
        value
    } else {
        let info = body.cg.box_info(ty);
        aggregate::boxed(body, info, ty, value)
    };
    let table = thunks::vtable(body.cg, vtable);
    let pair = body.ir.insert(body.cg.pair_type().get_undef(), table, 0);
    body.ir.insert(pair, data, 1).into()
}

pub fn address<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let data = body.ir.offset(body.pointer(inst.args[0]), DATA);
    place::unique_box(body, data).into()
}

pub fn call<'c>(
    body: &mut Body<'_, 'c, '_>,
    inst: &Inst,
    method: u32,
    signature: SignatureId,
    mutates: bool,
) -> Option<BasicValueEnum<'c>> {
    let mir = body.cg.mir;
    let name =
        mir.types.trait_of(body.type_of(inst.args[0])).unwrap_or_else(|| qi_base::bug!("no trait of a receiver"));
    let abi = body.cg.method_abi(name, method, mir.types.signature_of(signature));
    let (table, receiver) = if mutates {
        let variable = body.pointer(inst.args[0]);
        let table = body.ir.load_ptr(variable);
        let data = body.ir.offset(variable, DATA);
        (table, place::unique_box(body, data))
    } else {
        let pair = body.value(inst.args[0]).into_struct_value();
        (body.ir.extract(pair, 0).into_pointer_value(), body.ir.extract(pair, 1).into_pointer_value())
    };
    let code = body.ir.load_ptr(body.ir.offset(table, 8 * (1 + u64::from(method))));
    let mut args: Vec<BasicValueEnum<'c>> = vec![receiver.into()];
    args.extend(inst.args[1..].iter().map(|&it| body.value(it)));
    body.call_abi(Callee::Code(code), &abi, &args)
}
