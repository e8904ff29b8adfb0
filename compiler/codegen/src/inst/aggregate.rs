//! Structs and tuples as values, and boxes.

use crate::function::{Body, is_constant};
use crate::glue::Count;
use inkwell::values::{BasicValueEnum, PointerValue};
use qi_abi::BOX_DATA;
use qi_mir::{Inst, Opcode, RuntimeFn, Type, TypeKind};

pub fn struct_new<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let ty = body.type_of(inst.result.expect("struct_new has a result"));
    from_fields(body, ty, inst)
}

/// A value of a type that is the operands as fields, in order.
pub fn from_fields<'c>(body: &Body<'_, 'c, '_>, ty: Type, inst: &Inst) -> BasicValueEnum<'c> {
    let mut value = body.cg.value_type(ty).into_struct_type().get_undef();
    for (index, &arg) in inst.args.iter().enumerate() {
        let field = body.memory_form(body.type_of(arg), body.value(arg));
        value = body.ir.insert(value, field, index as u32);
    }
    value.into()
}

fn field_type(body: &Body<'_, '_, '_>, ty: Type, field: u32) -> Type {
    match body.cg.mir.types.kind(ty) {
        TypeKind::Struct(id) => body.cg.mir.types.structs[*id].fields[field as usize].ty,
        other => qi_base::bug!("{other:?} has no fields"),
    }
}

pub fn struct_get<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, field: u32) -> BasicValueEnum<'c> {
    let ty = field_type(body, body.type_of(inst.args[0]), field);
    let value = body.ir.extract(body.value(inst.args[0]).into_struct_value(), field);
    body.register_form(ty, value)
}

/// The struct is consumed, so the value that leaves the field is dropped.
pub fn struct_set<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, field: u32) -> BasicValueEnum<'c> {
    let ty = field_type(body, body.type_of(inst.args[0]), field);
    let strukt = body.value(inst.args[0]).into_struct_value();
    let new = body.memory_form(ty, body.value(inst.args[1]));
    if body.cg.mir.types.is_counted(ty) {
        let old = body.ir.extract(strukt, field);
        body.cg.count_value(&body.ir, Count::Release, ty, old);
    }
    body.ir.insert(strukt, new, field).into()
}

/// Boxes and cells: an object of the runtime with the value behind its header.
pub fn box_new<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let ty = body.type_of(inst.result.expect("box_new has a result"));
    let info = body.cg.info(ty);
    let (content, value) = (body.type_of(inst.args[0]), body.value(inst.args[0]));
    if inst.opcode == Opcode::BoxNew && is_constant(value) {
        return static_box(body, info, content, value);
    }
    boxed(body, info, content, value)
}

/// A box of a constant (an empty variant, an environment of literals) is an immortal datum.
fn static_box<'c>(
    body: &mut Body<'_, 'c, '_>,
    info: PointerValue<'c>,
    content: Type,
    value: BasicValueEnum<'c>,
) -> BasicValueEnum<'c> {
    let zero = body.cg.ctx.i32_type().const_zero();
    let value = body.memory_form(content, value);
    let object = body.cg.ctx.const_struct(&[zero.into(), zero.into(), info.into(), value], false);
    let datum = body.cg.datum("qi.box", object, true);
    datum.set_unnamed_addr(true);
    datum.set_alignment(8);
    datum.as_pointer_value().into()
}

pub fn boxed<'c>(
    body: &mut Body<'_, 'c, '_>,
    info: PointerValue<'c>,
    content: Type,
    value: BasicValueEnum<'c>,
) -> BasicValueEnum<'c> {
    let make = body.cg.runtime_fn(RuntimeFn::qi_box_new, &[], 1, body.cg.c_ptr());
    let object = body.ir.call(make, &[info.into()]).expect("an object").into_pointer_value();
    let place = body.ir.offset(object, BOX_DATA as u64);
    body.store(content, place, value);
    object.into()
}

pub fn box_get<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let content = body.cg.element(body.type_of(inst.args[0]));
    let place = body.ir.offset(body.pointer(inst.args[0]), BOX_DATA as u64);
    body.load(content, place)
}
