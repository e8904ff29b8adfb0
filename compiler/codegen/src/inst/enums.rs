//! Enums as values; how they lie in memory is [`EnumLayout`]'s business.

use super::aggregate::from_fields;
use crate::enum_layout::EnumLayout;
use crate::function::Body;
use inkwell::values::{BasicValueEnum, PointerValue};
use qi_mir::{EnumId, Inst, Type, TypeKind};

/// Fields behind a tag are written through memory; SROA turns that into registers again.
pub fn new<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, id: EnumId, variant: u32) -> BasicValueEnum<'c> {
    let tag = body.ir.i32(variant);
    let ty = body.type_of(inst.result.expect("enum_new has a result"));
    let layout = body.cg.enum_layout(id);
    match layout {
        EnumLayout::Tag => return tag.into(),
        EnumLayout::Niche { full, .. } if full == variant => return from_fields(body, ty, inst),
        EnumLayout::Niche { .. } => return body.cg.memory_type(ty).const_zero(),
        EnumLayout::Tagged => {}
    }
    let memory = body.cg.memory_type(ty);
    if inst.args.is_empty() {
        return body.ir.insert(memory.into_struct_type().const_zero(), tag, 0).into();
    }
    let place = body.temp(memory);
    body.ir.store(place, tag);
    for (index, &arg) in inst.args.iter().enumerate() {
        let (to, field) = variant_field(body, ty, place, variant, index as u32);
        body.store(field, to, body.value(arg));
    }
    let value = body.ir.load(memory, place);
    body.end_temps();
    value
}

pub fn tag<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let id = enum_of(body, body.type_of(inst.args[0]));
    let value = body.value(inst.args[0]);
    match body.cg.enum_layout(id) {
        EnumLayout::Tag => value,
        EnumLayout::Tagged => body.ir.extract(value.into_struct_value(), 0),
        EnumLayout::Niche { full, field } => {
            let pointer = body.ir.extract(value.into_struct_value(), field).into_pointer_value();
            let (full, empty) = (body.ir.i32(full), body.ir.i32(1 - full));
            body.ir.select(body.ir.is_null(pointer), empty.into(), full.into())
        }
    }
}

pub fn get<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, variant: u32, field: u32) -> BasicValueEnum<'c> {
    let ty = body.type_of(inst.args[0]);
    let value = body.value(inst.args[0]);
    let id = enum_of(body, ty);
    if let EnumLayout::Niche { .. } = body.cg.enum_layout(id) {
        let ty = body.cg.mir.types.enums[id].variants[variant as usize].fields[field as usize].ty;
        let value = body.ir.extract(value.into_struct_value(), field);
        return body.register_form(ty, value);
    }
    let place = body.spill(ty, value);
    let (address, ty) = variant_field(body, ty, place, variant, field);
    let value = body.load(ty, address);
    body.end_temps();
    value
}

fn enum_of(body: &Body<'_, '_, '_>, ty: Type) -> EnumId {
    match body.cg.mir.types.kind(ty) {
        TypeKind::Enum(id) => *id,
        _ => qi_base::bug!("{ty} is no enum"),
    }
}

/// The address and type of a variant's field in an enum in memory.
pub fn variant_field<'c>(
    body: &mut Body<'_, 'c, '_>,
    ty: Type,
    place: PointerValue<'c>,
    variant: u32,
    field: u32,
) -> (PointerValue<'c>, Type) {
    let id = enum_of(body, ty);
    let fields = &body.cg.mir.types.enums[id].variants[variant as usize].fields;
    let at = body.ir.offset(place, body.cg.enum_layout(id).fields_at());
    (body.ir.field(body.cg.fields_type(fields), at, field), fields[field as usize].ty)
}
