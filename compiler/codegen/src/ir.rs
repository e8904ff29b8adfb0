//! A builder that cannot fail: the operations codegen uses, with our conventions (bytes offsets, unlikely branches).
//! A builder error means that we built ill-typed IR, which is our bug.

use crate::tbaa::{Access, Tbaa};
use inkwell::basic_block::BasicBlock;
use inkwell::builder::{Builder, BuilderError};
use inkwell::context::Context;
use inkwell::types::{BasicType, BasicTypeEnum, FunctionType, IntType};
use inkwell::values::{
    BasicMetadataValueEnum, BasicValue, BasicValueEnum, CallSiteValue, FloatValue, FunctionValue, InstructionValue,
    IntValue, PhiValue, PointerValue, StructValue, ValueKind,
};
use inkwell::{AddressSpace, AtomicOrdering, FloatPredicate, IntPredicate};

/// LLVM's number of `fastcc`.
pub const FAST_CC: u32 = 8;
/// Keeps all general registers but the one of the result.
pub const PRESERVE_MOST_CC: u32 = 14;

pub struct Ir<'c> {
    pub ctx: &'c Context,
    pub builder: Builder<'c>,
}

fn built<T>(result: Result<T, BuilderError>) -> T {
    result.unwrap_or_else(|error| qi_base::bug!("ill-typed IR: {error}"))
}

/// A type without bytes: 空, and types of such fields only.
fn is_empty(ty: BasicTypeEnum<'_>) -> bool {
    match ty {
        BasicTypeEnum::StructType(it) => it.get_field_types_iter().all(is_empty),
        BasicTypeEnum::ArrayType(it) => it.is_empty() || is_empty(it.get_element_type()),
        _ => false,
    }
}

impl<'c> Ir<'c> {
    pub fn new(ctx: &'c Context) -> Self {
        Self { ctx, builder: ctx.create_builder() }
    }
    pub fn at_end(ctx: &'c Context, block: BasicBlock<'c>) -> Self {
        let ir = Self::new(ctx);
        ir.position(block);
        ir
    }
    pub fn position(&self, block: BasicBlock<'c>) {
        self.builder.position_at_end(block);
    }
    pub fn block(&self) -> BasicBlock<'c> {
        self.builder.get_insert_block().expect("the builder stands in a block")
    }
    pub fn function(&self) -> FunctionValue<'c> {
        self.block().get_parent().expect("the block stands in a function")
    }
    /// A new block after the current ones of the same function.
    pub fn new_block(&self, name: &str) -> BasicBlock<'c> {
        self.ctx.append_basic_block(self.function(), name)
    }

    // constants
    pub fn i1(&self, value: bool) -> IntValue<'c> {
        self.ctx.bool_type().const_int(value.into(), false)
    }
    pub fn i8(&self, value: u8) -> IntValue<'c> {
        self.ctx.i8_type().const_int(value.into(), false)
    }
    pub fn i32(&self, value: u32) -> IntValue<'c> {
        self.ctx.i32_type().const_int(value.into(), false)
    }
    pub fn i64(&self, value: u64) -> IntValue<'c> {
        self.ctx.i64_type().const_int(value, false)
    }
    pub fn null(&self) -> PointerValue<'c> {
        self.ctx.ptr_type(AddressSpace::default()).const_null()
    }
    pub fn unit(&self) -> BasicValueEnum<'c> {
        self.ctx.struct_type(&[], false).const_zero().into()
    }

    // memory
    pub fn alloca(&self, ty: impl BasicType<'c>, name: &str) -> PointerValue<'c> {
        built(self.builder.build_alloca(ty, name))
    }
    /// A type without bytes is not read: sanitizers would check the byte before it.
    pub fn load(&self, ty: impl BasicType<'c>, from: PointerValue<'c>) -> BasicValueEnum<'c> {
        let ty = ty.as_basic_type_enum();
        if is_empty(ty) { ty.const_zero() } else { built(self.builder.build_load(ty, from, "")) }
    }
    /// Sees what was written before the value was stored.
    pub fn load_acquire(&self, ty: IntType<'c>, from: PointerValue<'c>) -> IntValue<'c> {
        let value = self.load(ty, from);
        let load = value.as_instruction_value().expect("a load");
        load.set_atomic_ordering(AtomicOrdering::Acquire).expect("a load can be atomic");
        value.into_int_value()
    }
    /// A load of which is known what it touches.
    pub fn load_as(
        &self,
        tbaa: &Tbaa<'c>,
        access: Access,
        ty: impl BasicType<'c>,
        from: PointerValue<'c>,
    ) -> BasicValueEnum<'c> {
        let value = self.load(ty, from);
        if let Some(inst) = value.as_instruction_value() {
            tbaa.mark(inst, access);
        }
        value
    }
    pub fn store_as(&self, tbaa: &Tbaa<'c>, access: Access, to: PointerValue<'c>, value: impl BasicValue<'c>) {
        if let Some(inst) = self.store(to, value) {
            tbaa.mark(inst, access);
        }
    }
    pub fn load_i64(&self, from: PointerValue<'c>) -> IntValue<'c> {
        self.load(self.ctx.i64_type(), from).into_int_value()
    }
    pub fn load_i32(&self, from: PointerValue<'c>) -> IntValue<'c> {
        self.load(self.ctx.i32_type(), from).into_int_value()
    }
    pub fn load_i8(&self, from: PointerValue<'c>) -> IntValue<'c> {
        self.load(self.ctx.i8_type(), from).into_int_value()
    }
    pub fn load_i16(&self, from: PointerValue<'c>) -> IntValue<'c> {
        self.load(self.ctx.i16_type(), from).into_int_value()
    }
    pub fn load_ptr(&self, from: PointerValue<'c>) -> PointerValue<'c> {
        self.load(self.ctx.ptr_type(AddressSpace::default()), from).into_pointer_value()
    }
    /// None for a value without bytes.
    pub fn store(&self, to: PointerValue<'c>, value: impl BasicValue<'c>) -> Option<InstructionValue<'c>> {
        let value = value.as_basic_value_enum();
        (!is_empty(value.get_type())).then(|| built(self.builder.build_store(to, value)))
    }
    /// `from` plus a constant number of bytes inside one object.
    pub fn offset(&self, from: PointerValue<'c>, bytes: u64) -> PointerValue<'c> {
        if bytes == 0 { from } else { self.index(self.ctx.i8_type(), from, self.i64(bytes)) }
    }
    /// The address `bytes` before another.
    pub fn before(&self, from: PointerValue<'c>, bytes: u64) -> PointerValue<'c> {
        self.index(self.ctx.i8_type(), from, self.i64(bytes.wrapping_neg()))
    }
    pub fn index(&self, ty: impl BasicType<'c>, from: PointerValue<'c>, index: IntValue<'c>) -> PointerValue<'c> {
        // SAFETY: both operands are live values of this context; whether the address is in bounds matters to the program, not to us.
        built(unsafe { self.builder.build_in_bounds_gep(ty, from, &[index], "") })
    }
    pub fn field(&self, ty: impl BasicType<'c>, from: PointerValue<'c>, index: u32) -> PointerValue<'c> {
        built(self.builder.build_struct_gep(ty, from, index, ""))
    }

    // aggregates
    pub fn extract(&self, value: StructValue<'c>, index: u32) -> BasicValueEnum<'c> {
        built(self.builder.build_extract_value(value, index, ""))
    }
    pub fn insert(&self, into: StructValue<'c>, value: impl BasicValue<'c>, index: u32) -> StructValue<'c> {
        built(self.builder.build_insert_value(into, value, index, "")).into_struct_value()
    }

    // arithmetic
    pub fn add(&self, a: IntValue<'c>, b: IntValue<'c>) -> IntValue<'c> {
        built(self.builder.build_int_add(a, b, ""))
    }
    pub fn sub(&self, a: IntValue<'c>, b: IntValue<'c>) -> IntValue<'c> {
        built(self.builder.build_int_sub(a, b, ""))
    }
    pub fn mul(&self, a: IntValue<'c>, b: IntValue<'c>) -> IntValue<'c> {
        built(self.builder.build_int_mul(a, b, ""))
    }
    pub fn div(&self, signed: bool, a: IntValue<'c>, b: IntValue<'c>) -> IntValue<'c> {
        built(if signed {
            self.builder.build_int_signed_div(a, b, "")
        } else {
            self.builder.build_int_unsigned_div(a, b, "")
        })
    }
    pub fn rem(&self, signed: bool, a: IntValue<'c>, b: IntValue<'c>) -> IntValue<'c> {
        built(if signed {
            self.builder.build_int_signed_rem(a, b, "")
        } else {
            self.builder.build_int_unsigned_rem(a, b, "")
        })
    }
    pub fn shl(&self, a: IntValue<'c>, b: IntValue<'c>) -> IntValue<'c> {
        built(self.builder.build_left_shift(a, b, ""))
    }
    pub fn shr(&self, signed: bool, a: IntValue<'c>, b: IntValue<'c>) -> IntValue<'c> {
        built(self.builder.build_right_shift(a, b, signed, ""))
    }
    pub fn and(&self, a: IntValue<'c>, b: IntValue<'c>) -> IntValue<'c> {
        built(self.builder.build_and(a, b, ""))
    }
    pub fn or(&self, a: IntValue<'c>, b: IntValue<'c>) -> IntValue<'c> {
        built(self.builder.build_or(a, b, ""))
    }
    pub fn xor(&self, a: IntValue<'c>, b: IntValue<'c>) -> IntValue<'c> {
        built(self.builder.build_xor(a, b, ""))
    }
    pub fn not(&self, a: IntValue<'c>) -> IntValue<'c> {
        built(self.builder.build_not(a, ""))
    }
    pub fn int_compare(&self, predicate: IntPredicate, a: IntValue<'c>, b: IntValue<'c>) -> IntValue<'c> {
        built(self.builder.build_int_compare(predicate, a, b, ""))
    }
    pub fn float_compare(&self, predicate: FloatPredicate, a: FloatValue<'c>, b: FloatValue<'c>) -> IntValue<'c> {
        built(self.builder.build_float_compare(predicate, a, b, ""))
    }
    pub fn ptr_compare(&self, predicate: IntPredicate, a: PointerValue<'c>, b: PointerValue<'c>) -> IntValue<'c> {
        built(self.builder.build_int_compare(predicate, a, b, ""))
    }
    pub fn is_null(&self, a: PointerValue<'c>) -> IntValue<'c> {
        built(self.builder.build_is_null(a, ""))
    }
    /// Widens or narrows.
    pub fn resize(&self, value: IntValue<'c>, ty: IntType<'c>, signed: bool) -> IntValue<'c> {
        let (from, to) = (value.get_type().get_bit_width(), ty.get_bit_width());
        built(match from.cmp(&to) {
            std::cmp::Ordering::Equal => return value,
            std::cmp::Ordering::Greater => self.builder.build_int_truncate(value, ty, ""),
            std::cmp::Ordering::Less if signed => self.builder.build_int_s_extend(value, ty, ""),
            std::cmp::Ordering::Less => self.builder.build_int_z_extend(value, ty, ""),
        })
    }
    pub fn select(&self, condition: IntValue<'c>, a: BasicValueEnum<'c>, b: BasicValueEnum<'c>) -> BasicValueEnum<'c> {
        built(self.builder.build_select(condition, a, b, ""))
    }
    pub fn phi(&self, ty: BasicTypeEnum<'c>) -> PhiValue<'c> {
        built(self.builder.build_phi(ty, ""))
    }

    // control
    pub fn jump(&self, to: BasicBlock<'c>) {
        built(self.builder.build_unconditional_branch(to));
    }
    pub fn branch(&self, condition: IntValue<'c>, then: BasicBlock<'c>, otherwise: BasicBlock<'c>) {
        built(self.builder.build_conditional_branch(condition, then, otherwise));
    }
    /// A branch that nearly always goes to `otherwise`.
    pub fn branch_unlikely(&self, condition: IntValue<'c>, then: BasicBlock<'c>, otherwise: BasicBlock<'c>) {
        let branch = built(self.builder.build_conditional_branch(condition, then, otherwise));
        let weights = self.ctx.metadata_node(&[
            self.ctx.metadata_string("branch_weights").into(),
            self.i32(1).into(),
            self.i32(1 << 20).into(),
        ]);
        branch.set_metadata(weights, self.ctx.get_kind_id("prof")).expect("a branch takes metadata");
    }
    pub fn switch(&self, value: IntValue<'c>, default: BasicBlock<'c>, cases: &[(IntValue<'c>, BasicBlock<'c>)]) {
        built(self.builder.build_switch(value, default, cases));
    }
    pub fn ret(&self, value: Option<BasicValueEnum<'c>>) {
        match value {
            Some(value) => built(self.builder.build_return(Some(&value))),
            None => built(self.builder.build_return(None)),
        };
    }
    pub fn unreachable(&self) {
        built(self.builder.build_unreachable());
    }

    // calls
    /// Calls with the callee's own convention and attributes of extension.
    pub fn call_site(&self, function: FunctionValue<'c>, args: &[BasicValueEnum<'c>]) -> CallSiteValue<'c> {
        let args: Vec<BasicMetadataValueEnum<'c>> = args.iter().map(|&it| it.into()).collect();
        let call = built(self.builder.build_direct_call(function, &args, ""));
        call.set_call_convention(function.get_call_conventions());
        call
    }
    pub fn call(&self, function: FunctionValue<'c>, args: &[BasicValueEnum<'c>]) -> Option<BasicValueEnum<'c>> {
        result(self.call_site(function, args))
    }
    /// Through a code pointer of our own convention.
    pub fn call_indirect(
        &self,
        ty: FunctionType<'c>,
        code: PointerValue<'c>,
        args: &[BasicValueEnum<'c>],
    ) -> Option<BasicValueEnum<'c>> {
        let call = self.pointer_call(ty, code, args);
        call.set_call_convention(FAST_CC);
        result(call)
    }
    /// Through a code pointer of the C convention, or of another that is set afterwards.
    pub fn pointer_call(
        &self,
        ty: FunctionType<'c>,
        code: PointerValue<'c>,
        args: &[BasicValueEnum<'c>],
    ) -> CallSiteValue<'c> {
        let args: Vec<BasicMetadataValueEnum<'c>> = args.iter().map(|&it| it.into()).collect();
        built(self.builder.build_indirect_call(ty, code, &args, ""))
    }

    // floats
    pub fn float2(
        &self,
        op: fn(&Builder<'c>, FloatValue<'c>, FloatValue<'c>) -> Result<FloatValue<'c>, BuilderError>,
        a: FloatValue<'c>,
        b: FloatValue<'c>,
    ) -> FloatValue<'c> {
        built(op(&self.builder, a, b))
    }
    pub fn float_neg(&self, a: FloatValue<'c>) -> FloatValue<'c> {
        built(self.builder.build_float_neg(a, ""))
    }
    pub fn int_to_float(&self, a: IntValue<'c>, ty: inkwell::types::FloatType<'c>, signed: bool) -> FloatValue<'c> {
        built(if signed {
            self.builder.build_signed_int_to_float(a, ty, "")
        } else {
            self.builder.build_unsigned_int_to_float(a, ty, "")
        })
    }
    pub fn float_cast(&self, a: FloatValue<'c>, ty: inkwell::types::FloatType<'c>) -> FloatValue<'c> {
        built(self.builder.build_float_cast(a, ty, ""))
    }
    pub fn ptr_to_int(&self, a: PointerValue<'c>) -> IntValue<'c> {
        built(self.builder.build_ptr_to_int(a, self.ctx.i64_type(), ""))
    }
    pub fn int_to_ptr(&self, a: IntValue<'c>) -> PointerValue<'c> {
        built(self.builder.build_int_to_ptr(a, self.ctx.ptr_type(AddressSpace::default()), ""))
    }
}

/// The value of a call, none when it is void.
pub fn result(call: CallSiteValue<'_>) -> Option<BasicValueEnum<'_>> {
    match call.try_as_basic_value() {
        ValueKind::Basic(value) => Some(value),
        ValueKind::Instruction(_) => None,
    }
}
