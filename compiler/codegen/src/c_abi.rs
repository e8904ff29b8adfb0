//! How C passes and returns values: the System V ABI for x86-64 (chapter 3.2.3). A struct of at most 16 bytes goes in one
//! or two registers, whole or not at all; a larger one, or one for which no registers are left, is copied to memory.
//!
//! Values come and go in the form they have in memory (布尔 is a byte); a 字符串 is a `QiString *` here, which `exports` converts.

use crate::glue::{entry_alloca, param};
use crate::ir::Ir;
use crate::module::Codegen;
use crate::types::Passing;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::types::{AnyType, BasicMetadataTypeEnum, BasicType, BasicTypeEnum, FunctionType, StructType};
use inkwell::values::{BasicValueEnum, CallSiteValue, FunctionValue, PointerValue};
use qi_mir::{Type, TypeKind};

const INTEGER_REGISTERS: usize = 6;
const FLOAT_REGISTERS: usize = 8;
const EIGHTBYTE: u64 = 8;

/// How one value travels.
#[derive(Clone)]
enum Way<'c> {
    Nothing,
    Register(BasicTypeEnum<'c>),
    /// A struct in one or two registers, which hold its eightbytes.
    Pieces(StructType<'c>, Vec<BasicTypeEnum<'c>>),
    /// A struct in memory: `byval` as a parameter, `sret` as a result.
    Memory(StructType<'c>),
}

/// One parameter or result, as far as C's types go.
#[derive(Clone, Copy)]
pub enum Part {
    Value(Type),
    /// Any pointer.
    Pointer,
    /// `int`.
    Status,
    Nothing,
}

/// The C signature of a function.
pub struct Shape<'c> {
    pub ty: FunctionType<'c>,
    params: Vec<(Way<'c>, Option<&'static str>)>,
    result: (Way<'c>, Option<&'static str>),
}

struct Registers {
    integer: usize,
    float: usize,
}

impl Registers {
    /// Takes the registers of these pieces, if all of them are there.
    fn take(&mut self, pieces: &[BasicTypeEnum]) -> bool {
        let floats = pieces.iter().filter(|it| !it.is_int_type() && !it.is_pointer_type()).count();
        let integers = pieces.len() - floats;
        let fits = integers <= self.integer && floats <= self.float;
        if fits {
            self.integer -= integers;
            self.float -= floats;
        }
        fits
    }
}

impl<'c> Shape<'c> {
    /// Of a function that takes and gives just values.
    pub fn new(cg: &Codegen<'c, '_>, params: &[Type], result: Type) -> Self {
        let params: Vec<Part> = params.iter().map(|&it| Part::Value(it)).collect();
        Self::of_parts(cg, &params, Part::Value(result))
    }

    pub fn of_parts(cg: &Codegen<'c, '_>, params: &[Part], result: Part) -> Self {
        // There are two registers of each kind for results: enough for any two pieces.
        let (returned, extension) = way_of_part(cg, result);
        let mut left = Registers { integer: INTEGER_REGISTERS, float: FLOAT_REGISTERS };
        left.integer -= usize::from(matches!(returned, Way::Memory(_)));
        let params: Vec<_> = params
            .iter()
            .map(|&part| {
                let (way, extension) = way_of_part(cg, part);
                let way = match way {
                    Way::Pieces(ty, pieces) if !left.take(&pieces) => Way::Memory(ty),
                    Way::Register(ty) => {
                        left.take(&[ty]);
                        Way::Register(ty)
                    }
                    other => other,
                };
                (way, extension)
            })
            .collect();
        let ty = function_type(cg, &params, &returned);
        Self { ty, params, result: (returned, extension) }
    }

    /// Where the result goes that is returned in memory: the first parameter.
    fn leads(&self) -> bool {
        matches!(self.result.0, Way::Memory(_))
    }

    /// Tells LLVM what the types of the parameters do not: extension of narrow integers, structs in memory.
    pub fn declare(&self, cg: &Codegen<'c, '_>, function: FunctionValue<'c>) {
        self.attributes(cg, &mut |place, attribute| function.add_attribute(place, attribute));
    }

    fn attributes(&self, cg: &Codegen<'c, '_>, add: &mut dyn FnMut(AttributeLoc, Attribute)) {
        let flag = |name: &str| cg.ctx.create_enum_attribute(Attribute::get_named_enum_kind_id(name), 0);
        let typed = |name: &str, ty: StructType<'c>| {
            cg.ctx.create_type_attribute(Attribute::get_named_enum_kind_id(name), ty.as_any_type_enum())
        };
        match &self.result {
            (Way::Memory(ty), _) => add(AttributeLoc::Param(0), typed("sret", *ty)),
            (_, Some(extension)) => add(AttributeLoc::Return, flag(extension)),
            _ => {}
        }
        let mut index = u32::from(self.leads());
        for (way, extension) in &self.params {
            let place = AttributeLoc::Param(index);
            match (way, extension) {
                (Way::Memory(ty), _) => {
                    add(place, typed("byval", *ty));
                    let align = Attribute::get_named_enum_kind_id("align");
                    add(place, cg.ctx.create_enum_attribute(align, EIGHTBYTE));
                }
                (_, Some(extension)) => add(place, flag(extension)),
                _ => {}
            }
            index += places(way);
        }
    }

    /// Calls a C function.
    pub fn call(
        &self,
        cg: &Codegen<'c, '_>,
        ir: &Ir<'c>,
        code: PointerValue<'c>,
        args: &[BasicValueEnum<'c>],
    ) -> Option<BasicValueEnum<'c>> {
        let out = match &self.result.0 {
            Way::Memory(ty) => Some(entry_alloca(ir, (*ty).into(), "")),
            _ => None,
        };
        let mut all: Vec<BasicValueEnum<'c>> = out.map(Into::into).into_iter().collect();
        for ((way, _), &arg) in self.params.iter().zip(args) {
            match way {
                Way::Nothing => {}
                Way::Register(_) => all.push(arg),
                Way::Pieces(_, pieces) => all.extend(split(ir, arg, pieces)),
                Way::Memory(_) => all.push(in_memory(ir, arg).into()),
            }
        }
        let call: CallSiteValue<'c> = ir.pointer_call(self.ty, code, &all);
        self.attributes(cg, &mut |place, attribute| call.add_attribute(place, attribute));
        let result = crate::ir::result(call);
        match &self.result.0 {
            Way::Nothing => None,
            Way::Register(_) => result,
            Way::Pieces(ty, pieces) => Some(join(ir, *ty, pieces, parts(ir, result.expect("a value"), pieces.len()))),
            Way::Memory(ty) => out.map(|out| ir.load(*ty, out)),
        }
    }

    /// The arguments that a function of this shape got.
    pub fn receive(&self, cg: &Codegen<'c, '_>, ir: &Ir<'c>, function: FunctionValue<'c>) -> Vec<BasicValueEnum<'c>> {
        let mut index = u32::from(self.leads());
        let mut values = Vec::with_capacity(self.params.len());
        for (way, _) in &self.params {
            let given = |at: u32| param(function, index + at);
            values.push(match way {
                Way::Nothing => cg.unit_type().const_zero().into(),
                Way::Register(_) => given(0),
                Way::Pieces(ty, pieces) => join(ir, *ty, pieces, (0..pieces.len() as u32).map(given).collect()),
                Way::Memory(ty) => ir.load(*ty, given(0).into_pointer_value()),
            });
            index += places(way);
        }
        values
    }

    /// Ends a function of this shape with a result.
    pub fn give(&self, cg: &Codegen<'c, '_>, ir: &Ir<'c>, function: FunctionValue<'c>, value: BasicValueEnum<'c>) {
        match &self.result.0 {
            Way::Nothing => ir.ret(None),
            Way::Register(_) => ir.ret(Some(value)),
            Way::Pieces(_, pieces) => match split(ir, value, pieces)[..] {
                [one] => ir.ret(Some(one)),
                ref both => {
                    let pair = cg.ctx.struct_type(pieces, false).const_zero();
                    let filled = both.iter().enumerate().fold(pair, |pair, (at, &it)| ir.insert(pair, it, at as u32));
                    ir.ret(Some(filled.into()));
                }
            },
            Way::Memory(_) => {
                ir.store(param(function, 0).into_pointer_value(), value);
                ir.ret(None);
            }
        }
    }
}

impl<'c> Shape<'c> {
    /// Ends a function of this shape with zero.
    pub fn give_zero(&self, cg: &Codegen<'c, '_>, ir: &Ir<'c>, function: FunctionValue<'c>) {
        let zero = match &self.result.0 {
            Way::Nothing => cg.unit_type().const_zero().into(),
            Way::Register(ty) => ty.const_zero(),
            Way::Pieces(ty, _) | Way::Memory(ty) => ty.const_zero().into(),
        };
        self.give(cg, ir, function, zero);
    }
}

fn way_of_part<'c>(cg: &Codegen<'c, '_>, part: Part) -> (Way<'c>, Option<&'static str>) {
    match part {
        Part::Value(ty) => (way(cg, ty), cg.extension(ty)),
        Part::Pointer => (Way::Register(cg.ptr_type().into()), None),
        Part::Status => (Way::Register(cg.ctx.i32_type().into()), None),
        Part::Nothing => (Way::Nothing, None),
    }
}

fn way<'c>(cg: &Codegen<'c, '_>, ty: Type) -> Way<'c> {
    let memory = cg.memory_type(ty);
    match (cg.passing(ty), memory) {
        (Passing::Nothing, _) => Way::Nothing,
        (Passing::Register, _) => Way::Register(memory),
        (Passing::Memory, BasicTypeEnum::StructType(layout))
            if matches!(cg.mir.types.kind(ty), TypeKind::Struct(_)) =>
        {
            let size = cg.target_data.get_abi_size(&layout);
            match size {
                0 => Way::Nothing,
                1..=16 => Way::Pieces(layout, eightbytes(cg, layout, size)),
                _ => Way::Memory(layout),
            }
        }
        (Passing::Memory, _) if *cg.mir.types.kind(ty) == TypeKind::Str => Way::Register(cg.ptr_type().into()),
        (Passing::Memory, _) => qi_base::bug!("C has no type like {ty}"),
    }
}

/// Parameters of LLVM's function that one of C's takes.
fn places(way: &Way) -> u32 {
    match way {
        Way::Nothing => 0,
        Way::Pieces(_, pieces) => pieces.len() as u32,
        Way::Register(_) | Way::Memory(_) => 1,
    }
}

fn function_type<'c>(
    cg: &Codegen<'c, '_>,
    params: &[(Way<'c>, Option<&'static str>)],
    result: &Way<'c>,
) -> FunctionType<'c> {
    let ptr = BasicMetadataTypeEnum::from(cg.ptr_type());
    let mut all: Vec<BasicMetadataTypeEnum<'c>> = Vec::new();
    if matches!(result, Way::Memory(_)) {
        all.push(ptr);
    }
    for (way, _) in params {
        match way {
            Way::Nothing => {}
            Way::Register(ty) => all.push((*ty).into()),
            Way::Pieces(_, pieces) => all.extend(pieces.iter().map(|&it| BasicMetadataTypeEnum::from(it))),
            Way::Memory(_) => all.push(ptr),
        }
    }
    match result {
        Way::Register(ty) => ty.fn_type(&all, false),
        Way::Pieces(_, pieces) if pieces.len() == 1 => pieces[0].fn_type(&all, false),
        Way::Pieces(_, pieces) => cg.ctx.struct_type(pieces, false).fn_type(&all, false),
        Way::Nothing | Way::Memory(_) => cg.ctx.void_type().fn_type(&all, false),
    }
}

/// The register types of a struct's eightbytes: one with any integer in it is an integer, else it holds one or two floats.
fn eightbytes<'c>(cg: &Codegen<'c, '_>, layout: StructType<'c>, size: u64) -> Vec<BasicTypeEnum<'c>> {
    let mut leaves = Vec::new();
    scalars(cg, layout, 0, &mut leaves);
    (0..size.div_ceil(EIGHTBYTE))
        .map(|index| {
            let start = index * EIGHTBYTE;
            let inside: Vec<_> = leaves.iter().filter(|it| it.0 / EIGHTBYTE == index).map(|it| it.1).collect();
            match inside[..] {
                [BasicTypeEnum::FloatType(one)] => one.into(),
                [BasicTypeEnum::FloatType(one), BasicTypeEnum::FloatType(_)] => one.vec_type(2).into(),
                _ => {
                    let bits = u32::try_from((size - start).min(EIGHTBYTE) * 8).expect("at most 64");
                    let bits = core::num::NonZeroU32::new(bits).expect("not empty");
                    cg.ctx.custom_width_int_type(bits).expect("at most 64 bits").into()
                }
            }
        })
        .collect()
}

/// The numbers and pointers in a struct, with their offsets.
fn scalars<'c>(cg: &Codegen<'c, '_>, layout: StructType<'c>, at: u64, leaves: &mut Vec<(u64, BasicTypeEnum<'c>)>) {
    for (index, ty) in layout.get_field_types_iter().enumerate() {
        let at = at + cg.target_data.offset_of_element(&layout, index as u32).expect("a field");
        match ty {
            BasicTypeEnum::StructType(inner) => scalars(cg, inner, at, leaves),
            scalar => leaves.push((at, scalar)),
        }
    }
}

fn in_memory<'c>(ir: &Ir<'c>, value: BasicValueEnum<'c>) -> PointerValue<'c> {
    let place = entry_alloca(ir, value.get_type(), "");
    ir.store(place, value);
    place
}

fn split<'c>(ir: &Ir<'c>, value: BasicValueEnum<'c>, pieces: &[BasicTypeEnum<'c>]) -> Vec<BasicValueEnum<'c>> {
    let place = in_memory(ir, value);
    let offsets = (0..).step_by(EIGHTBYTE as usize);
    pieces.iter().zip(offsets).map(|(&ty, at)| ir.load(ty, ir.offset(place, at))).collect()
}

fn join<'c>(
    ir: &Ir<'c>,
    ty: StructType<'c>,
    pieces: &[BasicTypeEnum<'c>],
    values: Vec<BasicValueEnum<'c>>,
) -> BasicValueEnum<'c> {
    debug_assert_eq!(pieces.len(), values.len());
    let place = entry_alloca(ir, ty.into(), "");
    for (value, at) in values.into_iter().zip((0..).step_by(EIGHTBYTE as usize)) {
        ir.store(ir.offset(place, at), value);
    }
    ir.load(ty, place)
}

/// The one or two values that a call returned.
fn parts<'c>(ir: &Ir<'c>, value: BasicValueEnum<'c>, count: usize) -> Vec<BasicValueEnum<'c>> {
    match count {
        1 => vec![value],
        _ => (0..count as u32).map(|at| ir.extract(value.into_struct_value(), at)).collect(),
    }
}
