//! MIR types as LLVM types and as C layouts, exactly as `qi_abi` describes them. Two forms of a value: *in a register*
//! (布尔 is `i1`) and *in memory* (布尔 is a byte); every other type looks the same in both.

use crate::enum_layout::EnumLayout;
use crate::module::Codegen;
use inkwell::AddressSpace;
use inkwell::types::{BasicType, BasicTypeEnum, IntType, PointerType, StructType};
use qi_base::Id;
use qi_mir::{Field, Type, TypeKind};

/// How C passes a value of a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Passing {
    Nothing,
    Register,
    /// By address.
    Memory,
}

/// A value as C sees it: one parameter or result of a runtime function.
#[derive(Clone, Copy, Debug)]
pub struct CValue<'c> {
    pub passing: Passing,
    pub memory: BasicTypeEnum<'c>,
    /// 布尔, whose register form differs.
    pub is_bool: bool,
    /// How narrow integers are extended.
    pub extension: Option<&'static str>,
}

/// Results of more machine words than this leave a function through memory.
pub const MAX_RETURN_WORDS: usize = 3;
/// Values of more words than this are handed to glue functions by address.
pub const MAX_GLUE_WORDS: usize = 6;

impl<'c> Codegen<'c, '_> {
    pub fn ptr_type(&self) -> PointerType<'c> {
        self.ctx.ptr_type(AddressSpace::default())
    }
    pub fn int_type(&self, bits: u8) -> IntType<'c> {
        match bits {
            8 => self.ctx.i8_type(),
            16 => self.ctx.i16_type(),
            32 => self.ctx.i32_type(),
            64 => self.ctx.i64_type(),
            other => qi_base::bug!("an integer of {other} bits"),
        }
    }
    /// Two words: 字符串.
    pub fn str_type(&self) -> StructType<'c> {
        let word = self.ctx.i64_type().into();
        self.ctx.struct_type(&[word, word], false)
    }
    /// Two pointers: 函数 and 任意.
    pub fn pair_type(&self) -> StructType<'c> {
        let ptr = self.ptr_type().into();
        self.ctx.struct_type(&[ptr, ptr], false)
    }
    pub fn unit_type(&self) -> StructType<'c> {
        self.ctx.struct_type(&[], false)
    }

    /// The type of a value held in a register.
    pub fn value_type(&self, ty: Type) -> BasicTypeEnum<'c> {
        match self.mir.types.kind(ty) {
            TypeKind::Bool => self.ctx.bool_type().into(),
            _ => self.memory_type(ty),
        }
    }

    /// The type of a value in memory.
    pub fn memory_type(&self, ty: Type) -> BasicTypeEnum<'c> {
        if let Some(known) = self.memory_types.borrow()[ty.index()] {
            return known;
        }
        let made = self.make_memory_type(ty);
        self.memory_types.borrow_mut()[ty.index()] = Some(made);
        made
    }

    fn make_memory_type(&self, ty: Type) -> BasicTypeEnum<'c> {
        match self.mir.types.kind(ty) {
            TypeKind::Unit => self.unit_type().into(),
            TypeKind::Bool => self.ctx.i8_type().into(),
            TypeKind::Char => self.ctx.i32_type().into(),
            TypeKind::Int { bits, .. } => self.int_type(*bits).into(),
            TypeKind::Float { bits: 32 } => self.ctx.f32_type().into(),
            TypeKind::Float { .. } => self.ctx.f64_type().into(),
            TypeKind::Str => self.str_type().into(),
            TypeKind::Struct(id) => self.fields_type(&self.mir.types.structs[*id].fields).into(),
            TypeKind::Enum(id) => self.enum_type(*id),
            TypeKind::Closure(_) | TypeKind::Dynamic(_) => self.pair_type().into(),
            TypeKind::Pointer
            | TypeKind::Address(_)
            | TypeKind::Array(_)
            | TypeKind::Box(_)
            | TypeKind::Cell(_)
            | TypeKind::Error
            | TypeKind::Task(_)
            | TypeKind::Generator { .. }
            | TypeKind::Channel(_)
            | TypeKind::Lock(_)
            | TypeKind::Shared(_)
            | TypeKind::Weak(_)
            | TypeKind::Atomic
            | TypeKind::Handle => self.ptr_type().into(),
        }
    }

    pub fn c_value(&self, ty: Type) -> CValue<'c> {
        CValue {
            passing: self.passing(ty),
            memory: self.memory_type(ty),
            is_bool: self.is_bool(ty),
            extension: self.extension(ty),
        }
    }
    pub fn c_unit(&self) -> CValue<'c> {
        CValue { passing: Passing::Nothing, memory: self.unit_type().into(), is_bool: false, extension: None }
    }
    pub fn c_bool(&self) -> CValue<'c> {
        let memory = self.ctx.i8_type().into();
        CValue { passing: Passing::Register, memory, is_bool: true, extension: Some("zeroext") }
    }
    pub fn c_i64(&self) -> CValue<'c> {
        CValue { passing: Passing::Register, memory: self.ctx.i64_type().into(), is_bool: false, extension: None }
    }
    pub fn c_ptr(&self) -> CValue<'c> {
        CValue { passing: Passing::Register, memory: self.ptr_type().into(), is_bool: false, extension: None }
    }
    pub fn c_str(&self) -> CValue<'c> {
        CValue { passing: Passing::Memory, memory: self.str_type().into(), is_bool: false, extension: None }
    }

    pub fn fields_type(&self, fields: &[Field]) -> StructType<'c> {
        let fields: Vec<_> = fields.iter().map(|it| self.memory_type(it.ty)).collect();
        self.ctx.struct_type(&fields, false)
    }

    pub fn size_of(&self, ty: impl BasicType<'c>) -> u64 {
        self.target_data.get_abi_size(&ty.as_basic_type_enum())
    }
    pub fn align_of(&self, ty: impl BasicType<'c>) -> u32 {
        self.target_data.get_abi_alignment(&ty.as_basic_type_enum())
    }
    pub fn offset_of(&self, ty: StructType<'c>, field: u32) -> u64 {
        self.target_data.offset_of_element(&ty, field).expect("the field exists")
    }
    pub fn size_of_type(&self, ty: Type) -> u64 {
        self.size_of(self.memory_type(ty))
    }

    pub fn passing(&self, ty: Type) -> Passing {
        match self.mir.types.kind(ty) {
            TypeKind::Unit => Passing::Nothing,
            TypeKind::Str | TypeKind::Struct(_) | TypeKind::Closure(_) | TypeKind::Dynamic(_) => Passing::Memory,
            TypeKind::Enum(id) if self.enum_layout(*id) != EnumLayout::Tag => Passing::Memory,
            _ => Passing::Register,
        }
    }

    /// Machine words that a value takes in registers.
    pub fn words(&self, ty: Type) -> usize {
        words(self.memory_type(ty))
    }

    /// The attribute with which C extends a narrow integer.
    pub fn extension(&self, ty: Type) -> Option<&'static str> {
        match self.mir.types.kind(ty) {
            TypeKind::Bool => Some("zeroext"),
            TypeKind::Int { bits: 8 | 16, signed } => Some(if *signed { "signext" } else { "zeroext" }),
            _ => None,
        }
    }
    pub fn is_signed(&self, ty: Type) -> bool {
        matches!(self.mir.types.kind(ty), TypeKind::Int { signed: true, .. })
    }
    pub fn is_unit(&self, ty: Type) -> bool {
        matches!(self.mir.types.kind(ty), TypeKind::Unit)
    }
    pub fn is_bool(&self, ty: Type) -> bool {
        matches!(self.mir.types.kind(ty), TypeKind::Bool)
    }
    /// Content of an address, box, cell or array type.
    pub fn element(&self, ty: Type) -> Type {
        match self.mir.types.kind(ty) {
            TypeKind::Address(it) | TypeKind::Box(it) | TypeKind::Cell(it) | TypeKind::Array(it) => *it,
            other => qi_base::bug!("{other:?} has no content type"),
        }
    }
}

fn words(ty: BasicTypeEnum<'_>) -> usize {
    match ty {
        BasicTypeEnum::StructType(it) => it.get_field_types().into_iter().map(words).sum(),
        BasicTypeEnum::ArrayType(it) => it.len() as usize * words(it.get_element_type()),
        _ => 1,
    }
}
