//! Arrays: length, element access, growth. Fast paths inline; whatever must copy or allocate is the runtime's.

use crate::function::{Body, is_constant};
use crate::glue::param;
use crate::ir::{Ir, PRESERVE_MOST_CC};
use crate::module::Codegen;
use crate::tbaa::Access;
use inkwell::IntPredicate;
use inkwell::attributes::AttributeLoc;
use inkwell::values::{BasicValueEnum, FunctionValue, IntValue, PointerValue};
use qi_abi::ARRAY_DATA;
use qi_mir::{Inst, RuntimeFn, Type};
use std::mem::offset_of;

const LEN: u64 = offset_of!(qi_abi::ArrayObject, len) as u64;
const CAPACITY: u64 = offset_of!(qi_abi::ArrayObject, capacity) as u64;

pub fn new<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let ty = body.type_of(inst.result.expect("array_new has a result"));
    if inst.args.is_empty() {
        return body.cg.runtime_data(qi_abi::symbols::EMPTY_ARRAY).as_pointer_value().into();
    }
    let count = body.ir.i64(inst.args.len() as u64);
    let info = body.cg.info(ty);
    let values: Vec<_> = inst.args.iter().map(|&it| body.memory_form(body.type_of(it), body.value(it))).collect();
    if values.iter().all(|it| is_constant(*it)) {
        return static_array(body, info, count, &values);
    }
    let make = body.cg.runtime_fn(RuntimeFn::qi_array_new, &[body.cg.c_i64()], 1, body.cg.c_ptr());
    let array = body.ir.call(make, &[info.into(), count.into()]).expect("an array").into_pointer_value();
    let element = body.cg.element(ty);
    for (index, &arg) in inst.args.iter().enumerate() {
        let place = element_place(body, element, array, body.ir.i64(index as u64));
        body.store(element, place, body.value(arg));
    }
    set_length(body, array, count);
    array.into()
}

/// An array of constants is an immortal datum; whoever changes it gets a copy.
fn static_array<'c>(
    body: &mut Body<'_, 'c, '_>,
    info: PointerValue<'c>,
    count: IntValue<'c>,
    values: &[BasicValueEnum<'c>],
) -> BasicValueEnum<'c> {
    let zero = body.cg.ctx.i32_type().const_zero();
    let elements = body.cg.ctx.const_struct(values, false);
    let fields = [zero.into(), zero.into(), info.into(), count.into(), count.into(), elements.into()];
    let datum = body.cg.datum("qi.array", body.cg.ctx.const_struct(&fields, false), true);
    datum.set_unnamed_addr(true);
    datum.set_alignment(8);
    datum.as_pointer_value().into()
}

pub fn len<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    length(body, body.pointer(inst.args[0])).into()
}

fn length<'c>(body: &Body<'_, 'c, '_>, array: PointerValue<'c>) -> IntValue<'c> {
    header_word(body, Access::Len, array, LEN)
}

fn header_word<'c>(body: &Body<'_, 'c, '_>, access: Access, array: PointerValue<'c>, offset: u64) -> IntValue<'c> {
    let place = body.ir.offset(array, offset);
    body.ir.load_as(&body.cg.tbaa, access, body.cg.ctx.i64_type(), place).into_int_value()
}

fn set_length<'c>(body: &Body<'_, 'c, '_>, array: PointerValue<'c>, len: IntValue<'c>) {
    body.ir.store_as(&body.cg.tbaa, Access::Len, body.ir.offset(array, LEN), len);
}

/// The array that a variable holds.
fn variable<'c>(body: &Body<'_, 'c, '_>, place: PointerValue<'c>) -> PointerValue<'c> {
    body.ir.load_as(&body.cg.tbaa, Access::Reference, body.cg.ptr_type(), place).into_pointer_value()
}

fn is_private<'c>(body: &Body<'_, 'c, '_>, object: PointerValue<'c>) -> IntValue<'c> {
    let count = body.ir.load_as(&body.cg.tbaa, Access::Count, body.cg.ctx.i32_type(), object).into_int_value();
    body.ir.int_compare(IntPredicate::EQ, count, body.ir.i32(1))
}

fn element_place<'c>(
    body: &Body<'_, 'c, '_>,
    element: Type,
    array: PointerValue<'c>,
    index: IntValue<'c>,
) -> PointerValue<'c> {
    let data = body.ir.offset(array, ARRAY_DATA as u64);
    body.ir.index(body.cg.memory_type(element), data, index)
}

/// Fails unless the index is inside; the array's length.
fn check_index<'c>(body: &mut Body<'_, 'c, '_>, array: PointerValue<'c>, index: IntValue<'c>) -> IntValue<'c> {
    let len = length(body, array);
    // A negative index is a huge one without sign.
    let outside = body.ir.int_compare(IntPredicate::UGE, index, len);
    body.fault_if(outside, RuntimeFn::qi_fault_index, &[index.into(), len.into()]);
    len
}

pub fn get<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    check_index(body, body.pointer(inst.args[0]), body.int(inst.args[1]));
    get_unchecked(body, inst)
}

pub fn get_unchecked<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let element = body.cg.element(body.type_of(inst.args[0]));
    let place = element_place(body, element, body.pointer(inst.args[0]), body.int(inst.args[1]));
    body.load(element, place)
}

/// Address of the element, after the array became this variable's own.
pub fn element_address<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let ty = body.cg.element(body.type_of(inst.args[0]));
    let place = body.pointer(inst.args[0]);
    let index = body.int(inst.args[1]);
    let array = variable(body, place);
    let len = check_index(body, array, index);
    let alone = is_private(body, array);
    let array = slow_path(body, alone, place, array, |body| {
        let moved = make_unique(body, ty, array);
        // So the next access through the same variable needs no check, whichever way this one went.
        let (alone, same) = (is_private(body, moved), length(body, moved));
        body.assume(alone);
        body.assume(body.ir.int_compare(IntPredicate::EQ, same, len));
        moved
    });
    element_place(body, body.cg.element(ty), array, index).into()
}

/// The array in `place` with no other owner.
fn unique<'c>(
    body: &mut Body<'_, 'c, '_>,
    ty: Type,
    place: PointerValue<'c>,
    array: PointerValue<'c>,
) -> PointerValue<'c> {
    let alone = is_private(body, array);
    slow_path(body, alone, place, array, |body| make_unique(body, ty, array))
}

/// An array with the same elements and count 1, instead of this one.
fn make_unique<'c>(body: &mut Body<'_, 'c, '_>, ty: Type, array: PointerValue<'c>) -> PointerValue<'c> {
    let none = body.ir.i64(0);
    renewed(body, RuntimeFn::qi_array_unique, ty, array, none)
}

/// What the runtime makes of an array that the caller owns. It changes variables; that the address of this one is not seen
/// by anybody lets LLVM keep the variable in a register.
///
/// ```text
/// define internal preserve_mostcc ptr @qi.renew.qi_array_unique(ptr %info, ptr %array, i64 %extra)
/// ```
fn renewed<'c>(
    body: &mut Body<'_, 'c, '_>,
    function: RuntimeFn,
    ty: Type,
    array: PointerValue<'c>,
    extra: IntValue<'c>,
) -> PointerValue<'c> {
    let symbol = format!("qi.renew.{}", function.symbol());
    let renew = body.cg.llvm.get_function(&symbol).unwrap_or_else(|| renew_function(body.cg, function, &symbol));
    let info = body.cg.info(ty);
    body.ir.call(renew, &[info.into(), array.into(), extra.into()]).expect("an array").into_pointer_value()
}

fn renew_function<'c>(cg: &mut Codegen<'c, '_>, function: RuntimeFn, symbol: &str) -> FunctionValue<'c> {
    let (ptr, word) = (cg.ptr_type(), cg.ctx.i64_type());
    let takes_extra = function == RuntimeFn::qi_array_reserve;
    let (place, extra) = (cg.c_ptr(), cg.c_i64());
    let args = if takes_extra { vec![place, extra] } else { vec![place] };
    let unit = cg.c_unit();
    let target = cg.runtime_fn(function, &args, 1, unit);
    let renew = cg.add_internal_c(symbol, ptr.fn_type(&[ptr.into(), ptr.into(), word.into()], false));
    renew.set_call_conventions(PRESERVE_MOST_CC);
    for name in ["cold", "noinline"] {
        cg.add_enum_attribute(renew, AttributeLoc::Function, name);
    }
    let ir = Ir::at_end(cg.ctx, cg.ctx.append_basic_block(renew, "entry"));
    let variable = ir.alloca(ptr, "");
    ir.store(variable, param(renew, 1));
    let mut args = vec![param(renew, 0), variable.into()];
    if takes_extra {
        args.push(param(renew, 2));
    }
    ir.call(target, &args);
    ir.ret(Some(ir.load(ptr, variable)));
    renew
}

/// Takes what `slow` gives into the variable unless `fast` holds.
fn slow_path<'a, 'c, 'm>(
    body: &mut Body<'a, 'c, 'm>,
    fast: IntValue<'c>,
    place: PointerValue<'c>,
    array: PointerValue<'c>,
    slow: impl FnOnce(&mut Body<'a, 'c, 'm>) -> PointerValue<'c>,
) -> PointerValue<'c> {
    let from = body.ir.block();
    let (slow_block, done) = (body.ir.new_block("slow"), body.ir.new_block("own"));
    body.ir.branch_unlikely(body.ir.not(fast), slow_block, done);
    body.ir.position(slow_block);
    let moved = slow(body);
    body.ir.store_as(&body.cg.tbaa, Access::Reference, place, moved);
    let slow_end = body.ir.block();
    body.ir.jump(done);
    body.ir.position(done);
    let own = body.ir.phi(body.cg.ptr_type().into());
    own.add_incoming(&[(&array, from), (&moved, slow_end)]);
    own.as_basic_value().into_pointer_value()
}

pub fn push<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> Option<BasicValueEnum<'c>> {
    let ty = body.cg.element(body.type_of(inst.args[0]));
    let place = body.pointer(inst.args[0]);
    let array = variable(body, place);
    let alone = is_private(body, array);
    let capacity = header_word(body, Access::Capacity, array, CAPACITY);
    let room = body.ir.int_compare(IntPredicate::ULT, length(body, array), capacity);
    let fast = body.ir.and(alone, room);
    let array = slow_path(body, fast, place, array, |body| {
        let one = body.ir.i64(1);
        renewed(body, RuntimeFn::qi_array_reserve, ty, array, one)
    });
    let len = length(body, array);
    let element = body.cg.element(ty);
    body.store(element, element_place(body, element, array, len), body.value(inst.args[1]));
    set_length(body, array, body.ir.add(len, body.ir.i64(1)));
    None
}

impl<'c> Body<'_, 'c, '_> {
    /// Tells LLVM what it cannot see.
    fn assume(&self, fact: IntValue<'c>) {
        let assume = self.cg.intrinsic("llvm.assume", &[]);
        self.ir.call(assume, &[fact.into()]);
    }
}

pub fn pop<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let ty = body.cg.element(body.type_of(inst.args[0]));
    let place = body.pointer(inst.args[0]);
    let array = variable(body, place);
    let array = unique(body, ty, place, array);
    let last = body.ir.sub(length(body, array), body.ir.i64(1));
    set_length(body, array, last);
    let element = body.cg.element(ty);
    body.load(element, element_place(body, element, array, last))
}
