//! One call per operation; the work is in the topic files. A function here returns the operation's value, none for unit.

mod aggregate;
mod array;
pub mod call;
mod closure;
mod compare;
mod dynamic;
mod enums;
mod error;
mod hash;
mod ownership;
mod place;
mod runtime;
mod scalar;
mod string;

use crate::function::Body;
use inkwell::values::BasicValueEnum;
use qi_mir::{Inst, Opcode};

/// Emits an operation at the builder's place. Failure goes to the body's current handler.
pub fn emit<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> Option<BasicValueEnum<'c>> {
    match &inst.opcode {
        Opcode::Unit => None,
        Opcode::Bool(value) => Some(body.ir.i1(*value).into()),
        Opcode::Int(value) => Some(scalar::int(body, inst, *value)),
        Opcode::Float(bits) => Some(scalar::float(body, inst, *bits)),
        Opcode::Char(value) => Some(body.ir.i32(u32::from(*value)).into()),
        Opcode::Str(text) => Some(string::literal(body, text)),
        Opcode::Empty => scalar::empty(body, inst),
        Opcode::FunctionPointer(function) => Some(closure::function_pointer(body, *function)),

        Opcode::Int2(op, mode) => Some(scalar::int2(body, inst, *op, *mode)),
        Opcode::Float2(op) => Some(scalar::float2(body, inst, *op)),
        Opcode::Bits2(op) => Some(scalar::bits2(body, inst, *op)),
        Opcode::Compare(op) => Some(compare::compare(body, inst, *op)),
        Opcode::IntCast(mode) => Some(scalar::int_cast(body, inst, *mode)),
        Opcode::IntToFloat => Some(scalar::int_to_float(body, inst)),
        Opcode::FloatCast => Some(scalar::float_cast(body, inst)),
        Opcode::CharToInt => Some(scalar::char_to_int(body, inst)),
        Opcode::IntToChar => Some(scalar::int_to_char(body, inst)),

        Opcode::Equal => Some(compare::equal(body, inst)),
        Opcode::Order => Some(compare::order(body, inst)),
        Opcode::Hash => Some(hash::hash(body, inst)),
        Opcode::Text => Some(string::text(body, inst)),
        Opcode::Format => Some(string::format(body, inst)),

        Opcode::StructNew => Some(aggregate::struct_new(body, inst)),
        Opcode::StructGet(field) => Some(aggregate::struct_get(body, inst, *field)),
        Opcode::StructSet(field) => Some(aggregate::struct_set(body, inst, *field)),
        Opcode::EnumNew(id, variant) => Some(enums::new(body, inst, *id, *variant)),
        Opcode::EnumTag => Some(enums::tag(body, inst)),
        Opcode::EnumGet { variant, field } => Some(enums::get(body, inst, *variant, *field)),
        Opcode::BoxNew | Opcode::CellNew => Some(aggregate::box_new(body, inst)),
        Opcode::BoxGet => Some(aggregate::box_get(body, inst)),

        Opcode::ArrayNew => Some(array::new(body, inst)),
        Opcode::ArrayLen => Some(array::len(body, inst)),
        Opcode::ArrayGet => Some(array::get(body, inst)),
        Opcode::ArrayGetUnchecked => Some(array::get_unchecked(body, inst)),
        Opcode::ElementAddress => Some(array::element_address(body, inst)),
        Opcode::ArrayPush => array::push(body, inst),
        Opcode::ArrayPop => Some(array::pop(body, inst)),

        Opcode::SlotAddress(slot) => Some(body.slot(*slot).into()),
        Opcode::GlobalAddress(global) => Some(body.cg.global(*global).into()),
        Opcode::CellAddress => Some(place::cell_address(body, inst)),
        Opcode::FieldAddress(field) => Some(place::field_address(body, inst, *field)),
        Opcode::VariantAddress { variant, field } => Some(place::variant_address(body, inst, *variant, *field)),
        Opcode::BoxAddress => Some(place::box_address(body, inst)),
        Opcode::Load => Some(place::load(body, inst)),
        Opcode::LoadBorrowed => Some(place::load_borrowed(body, inst)),
        Opcode::Take => Some(place::take(body, inst)),
        Opcode::Store => place::store(body, inst),
        Opcode::Init => place::init(body, inst),
        Opcode::Clear => place::clear(body, inst),

        Opcode::ClosureNew(function) => Some(closure::new(body, inst, *function)),
        Opcode::CallClosure => closure::call(body, inst),
        Opcode::DynamicNew(vtable) => Some(dynamic::new(body, inst, *vtable)),
        Opcode::DynamicAddress(_) => Some(dynamic::address(body, inst)),
        Opcode::CallDynamic { method, signature, mutates } => dynamic::call(body, inst, *method, *signature, *mutates),

        Opcode::ErrorNew => Some(error::new(body, inst)),
        Opcode::ErrorIs(ty) => Some(error::is(body, inst, *ty)),
        Opcode::ErrorGet(ty) => Some(error::get(body, inst, *ty)),
        Opcode::ErrorMessage => Some(error::message(body, inst)),

        Opcode::Call(function) => call::direct(body, inst, *function),
        Opcode::CallRuntime(function, infos) => runtime::call(body, inst, *function, infos),
        Opcode::CallExtern(id) => call::external(body, inst, *id),

        Opcode::Spawn { function, detached } => call::spawn(body, inst, *function, *detached),
        Opcode::GeneratorNew(function) => Some(body.generator_new(*function, inst)),
        Opcode::GeneratorNext => Some(body.generator_next(inst)),
        Opcode::Yield => body.yield_value(inst),
        Opcode::Delegate => body.delegate(inst),

        Opcode::Retain => ownership::retain(body, inst),
        Opcode::Release => ownership::release(body, inst),
    }
}
