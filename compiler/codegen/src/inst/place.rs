//! Addresses of places and what is done through them.

use super::enums;
use crate::function::Body;
use crate::glue::Count;
use crate::runtime_fns::Extra;
use crate::tbaa::Access;
use inkwell::AtomicOrdering;
use inkwell::IntPredicate;
use inkwell::values::{BasicValue, BasicValueEnum, PointerValue};
use qi_abi::BOX_DATA;
use qi_mir::{Global, Inst, Opcode, Type};

pub fn cell_address<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    body.ir.offset(body.pointer(inst.args[0]), BOX_DATA as u64).into()
}

pub fn field_address<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, field: u32) -> BasicValueEnum<'c> {
    let strukt = content(body, inst);
    let layout = body.cg.memory_type(strukt);
    body.ir.field(layout, body.pointer(inst.args[0]), field).into()
}

pub fn variant_address<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, variant: u32, field: u32) -> BasicValueEnum<'c> {
    let enum_ = content(body, inst);
    let place = body.pointer(inst.args[0]);
    enums::variant_field(body, enum_, place, variant, field).0.into()
}

pub fn box_address<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let place = body.pointer(inst.args[0]);
    unique_box(body, place).into()
}

/// Address of the content of the box in `place`, with no other owner.
pub fn unique_box<'c>(body: &mut Body<'_, 'c, '_>, place: PointerValue<'c>) -> PointerValue<'c> {
    let object = body.ir.load_ptr(place);
    let alone = body.ir.int_compare(IntPredicate::EQ, body.ir.load_i32(object), body.ir.i32(1));
    let from = body.ir.block();
    let (slow, done) = (body.ir.new_block("slow"), body.ir.new_block("own"));
    body.ir.branch_unlikely(body.ir.not(alone), slow, done);
    body.ir.position(slow);
    let runtime = body.cg.extra(Extra::BoxUnique);
    body.ir.call(runtime, &[place.into()]);
    let moved = body.ir.load_ptr(place);
    body.ir.jump(done);
    body.ir.position(done);
    let own = body.ir.phi(body.cg.ptr_type().into());
    own.add_incoming(&[(&object, from), (&moved, slow)]);
    body.ir.offset(own.as_basic_value().into_pointer_value(), BOX_DATA as u64)
}

/// Type of the place whose address is operand 0.
fn content(body: &Body<'_, '_, '_>, inst: &Inst) -> Type {
    body.cg.element(body.type_of(inst.args[0]))
}

/// The global whose own address operand 0 is.
fn global<'m>(body: &Body<'_, '_, 'm>, inst: &Inst) -> Option<&'m Global> {
    match body.definition(inst.args[0])?.opcode {
        Opcode::GlobalAddress(id) => Some(&body.cg.mir.globals[id]),
        _ => None,
    }
}

pub fn load<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let ty = content(body, inst);
    let place = body.pointer(inst.args[0]);
    if global(body, inst).is_some_and(|it| it.atomic) {
        let value = body.ir.load(body.cg.memory_type(ty), place);
        let load = value.as_instruction_value().expect("a load");
        load.set_atomic_ordering(AtomicOrdering::SequentiallyConsistent).expect("a load can be atomic");
        return body.register_form(ty, value);
    }
    let value = body.load(ty, place);
    body.cg.count_value(&body.ir, Count::Retain, ty, value);
    value
}

/// Without a copy: the place keeps the value.
pub fn load_borrowed<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let ty = content(body, inst);
    body.load(ty, body.pointer(inst.args[0]))
}

pub fn take<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let ty = content(body, inst);
    let place = body.pointer(inst.args[0]);
    let value = body.load(ty, place);
    empty(body, ty, place);
    value
}

fn empty<'c>(body: &mut Body<'_, 'c, '_>, ty: Type, place: PointerValue<'c>) {
    let zero = body.cg.memory_type(ty).const_zero();
    body.ir.store_as(&body.cg.tbaa, Access::of(zero.get_type()), place, zero);
}

/// The old value goes after the new one is in place, so whatever its release runs sees a whole variable.
pub fn store<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> Option<BasicValueEnum<'c>> {
    let ty = content(body, inst);
    let place = body.pointer(inst.args[0]);
    if body.cg.mir.types.is_counted(ty) {
        let old = body.load(ty, place);
        init(body, inst);
        body.cg.count_value(&body.ir, Count::Release, ty, old);
        return None;
    }
    init(body, inst)
}

pub fn init<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> Option<BasicValueEnum<'c>> {
    let ty = content(body, inst);
    let place = body.pointer(inst.args[0]);
    let value = body.value(inst.args[1]);
    let global = global(body, inst);
    if global.is_some_and(|it| it.atomic) {
        let store = body.ir.store(place, body.memory_form(ty, value)).expect("atomic values have bytes");
        store.set_atomic_ordering(AtomicOrdering::SequentiallyConsistent).expect("a store can be atomic");
        return None;
    }
    body.store(ty, place, value);
    if global.is_some_and(|it| it.constant) && body.cg.mir.types.is_counted(ty) {
        let immortalize = body.cg.extra(Extra::ValueImmortalize);
        let info = body.cg.info(ty);
        body.ir.call(immortalize, &[place.into(), info.into()]);
    }
    None
}

pub fn clear<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> Option<BasicValueEnum<'c>> {
    let ty = content(body, inst);
    let place = body.pointer(inst.args[0]);
    let counted = body.cg.mir.types.is_counted(ty);
    let old = counted.then(|| body.load(ty, place));
    empty(body, ty, place);
    if let Some(old) = old {
        body.cg.count_value(&body.ir, Count::Release, ty, old);
    }
    None
}
