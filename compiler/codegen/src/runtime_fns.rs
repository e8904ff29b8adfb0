//! Every runtime symbol that compiled code names: the functions of the contract table (their C signature follows from the
//! calling rule in `qi_abi`) and the few that stand outside it, listed here once with their whole signature.

use crate::module::Codegen;
use crate::types::Passing;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::module::Linkage;
use inkwell::types::{BasicMetadataTypeEnum, BasicType, FunctionType};
use inkwell::values::{FunctionValue, GlobalValue};
use qi_mir::{RuntimeFn, Type};

/// One word of an [`Extra`] signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    Ptr,
    I32,
    I64,
}
use Word::{I32, I64, Ptr};

/// A runtime function outside the contract table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Extra {
    /// `(object)`: one more reference; any count, not null.
    Retain,
    /// `(object)`: drops a reference and frees the object with the last one; any count, not null.
    Release,
    /// `(value, info)`: retains the counted parts of the value at `value`.
    ValueRetain,
    /// `(value, info)`: releases them.
    ValueRelease,
    /// `(value, info)`: makes everything reachable immortal (常量 after their initialisation).
    ValueImmortal,
    /// `(place of a box reference)`: replaces it by a private copy unless it is the only reference. The dynamic type is in the header.
    BoxUnique,
    /// `(task or null, size) -> memory`. Null task: a generator's frame, from the heap.
    FrameAlloc,
    /// `(task or null, memory, size)`.
    FrameFree,
    /// `(spawn info, argument record, spawn_flags) -> task handle`; moves the record.
    TaskSpawn,
    /// `(site) -> error`: a running generator was resumed.
    FaultGeneratorRunning,
    /// `(site) -> error`: 关闭, thrown at the 让出 of a generator that is being dropped.
    GeneratorClosed,
    /// `(task, node, function, record) -> status`: runs `function(record)` on the blocking pool; suspends like a table entry.
    CallBlocking,
    /// `(task, node) -> status`.
    CallBlockingFinish,
    /// `(error)`: an exported function failed; keeps the error for `qi_last_error`. Consumes it.
    ExportFailed,
    /// `(error)`: an error would escape a C callback: message and abort. Never returns.
    CallbackFailed,
    /// `(abi version, entry, argc, argv) -> exit code`; `entry(out: *mut i64) -> *mut Error` never suspends.
    StartPlain,
    /// `(abi version, spawn info of the entry, argc, argv) -> exit code`; the entry has no arguments and gives an i64.
    StartTask,
}

impl Extra {
    pub const fn symbol(self) -> &'static str {
        match self {
            Extra::Retain => "qi_retain",
            Extra::Release => "qi_release",
            Extra::ValueRetain => "qi_value_retain",
            Extra::ValueRelease => "qi_value_release",
            Extra::ValueImmortal => "qi_value_immortal",
            Extra::BoxUnique => "qi_box_unique",
            Extra::FrameAlloc => "qi_frame_alloc",
            Extra::FrameFree => "qi_frame_free",
            Extra::TaskSpawn => "qi_task_spawn",
            Extra::FaultGeneratorRunning => "qi_fault_generator_running",
            Extra::GeneratorClosed => "qi_generator_closed",
            Extra::CallBlocking => "qi_call_blocking",
            Extra::CallBlockingFinish => "qi_call_blocking_finish",
            Extra::ExportFailed => "qi_export_failed",
            Extra::CallbackFailed => "qi_callback_failed",
            Extra::StartPlain => "qi_start_plain",
            Extra::StartTask => "qi_start_task",
        }
    }
    const fn signature(self) -> (&'static [Word], Option<Word>) {
        match self {
            Extra::Retain | Extra::Release | Extra::BoxUnique => (&[Ptr], None),
            Extra::ValueRetain | Extra::ValueRelease | Extra::ValueImmortal => (&[Ptr, Ptr], None),
            Extra::FrameAlloc => (&[Ptr, I64], Some(Ptr)),
            Extra::FrameFree => (&[Ptr, Ptr, I64], None),
            Extra::TaskSpawn => (&[Ptr, Ptr, I32], Some(Ptr)),
            Extra::FaultGeneratorRunning | Extra::GeneratorClosed => (&[Ptr], Some(Ptr)),
            Extra::CallBlocking => (&[Ptr, Ptr, Ptr, Ptr], Some(I32)),
            Extra::CallBlockingFinish => (&[Ptr, Ptr], Some(I32)),
            Extra::ExportFailed | Extra::CallbackFailed => (&[Ptr], None),
            Extra::StartPlain | Extra::StartTask => (&[I32, Ptr, I32, Ptr], Some(I32)),
        }
    }
    const fn is_cold(self) -> bool {
        matches!(
            self,
            Extra::Retain
                | Extra::BoxUnique
                | Extra::FaultGeneratorRunning
                | Extra::GeneratorClosed
                | Extra::ExportFailed
                | Extra::CallbackFailed
        )
    }
}

/// The immortal empty array (`ArrayObject` with count 0).
pub const EMPTY_ARRAY: &str = "qi_empty_array";
/// The runtime's description of 字符串; its address is the identity of the type.
pub const TYPE_STR: &str = "qi_type_str";

/// Where the parts of a table function's C parameter list stand.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub suspends: bool,
    pub throws: bool,
    pub out: bool,
    pub site: bool,
    pub infos: bool,
}

impl<'c> Codegen<'c, '_> {
    /// The calling rule applied to one call.
    pub fn runtime_shape(&self, function: RuntimeFn, result: Type) -> Shape {
        let (throws, suspends) = (function.throws(), function.suspends());
        let passing = self.passing(result);
        Shape {
            suspends,
            throws,
            out: passing != Passing::Nothing && (passing == Passing::Memory || throws || suspends),
            site: function.takes_site(),
            infos: function.takes_infos(),
        }
    }

    /// Declares a table function for a call with these types. All calls of one function agree on the C types.
    pub fn runtime_fn(&mut self, function: RuntimeFn, args: &[Type], infos: usize, result: Type) -> FunctionValue<'c> {
        if let Some(known) = self.llvm.get_function(function.symbol()) {
            return known;
        }
        let shape = self.runtime_shape(function, result);
        let mut params: Vec<BasicMetadataTypeEnum<'c>> = Vec::new();
        let lead = 2 * usize::from(shape.suspends) + usize::from(shape.out) + if shape.infos { infos } else { 0 };
        params.resize(lead, self.ptr_type().into());
        let first_arg = params.len();
        params.extend(args.iter().map(|&ty| BasicMetadataTypeEnum::from(self.c_type(ty))));
        if shape.site {
            params.push(self.ptr_type().into());
        }
        let ty = if shape.suspends {
            self.ctx.i32_type().fn_type(&params, false)
        } else if shape.throws {
            self.ptr_type().fn_type(&params, false)
        } else if shape.out || self.passing(result) == Passing::Nothing {
            self.ctx.void_type().fn_type(&params, false)
        } else {
            self.c_type(result).fn_type(&params, false)
        };
        let value = self.declare_c(function.symbol(), ty);
        for (index, &arg) in args.iter().enumerate() {
            self.extend_param(value, AttributeLoc::Param((first_arg + index) as u32), arg);
        }
        if !shape.suspends && !shape.throws && !shape.out {
            self.extend_param(value, AttributeLoc::Return, result);
        }
        if function.symbol().starts_with("qi_fault_") || function == RuntimeFn::qi_error_trace {
            self.add_enum_attribute(value, AttributeLoc::Function, "cold");
        }
        if function.diverges() {
            self.add_enum_attribute(value, AttributeLoc::Function, "noreturn");
        }
        value
    }

    /// `qi_x_finish` of a suspending table function: `(task, node, #out) -> status`.
    pub fn runtime_finish(&mut self, function: RuntimeFn, out: bool) -> FunctionValue<'c> {
        let symbol = format!("{}_finish", function.symbol());
        if let Some(known) = self.llvm.get_function(&symbol) {
            return known;
        }
        let params = vec![self.ptr_type().into(); 2 + usize::from(out)];
        let ty = self.ctx.i32_type().fn_type(&params, false);
        self.declare_c(&symbol, ty)
    }

    pub fn extra(&mut self, extra: Extra) -> FunctionValue<'c> {
        if let Some(known) = self.llvm.get_function(extra.symbol()) {
            return known;
        }
        let (params, result) = extra.signature();
        let params: Vec<BasicMetadataTypeEnum<'c>> = params.iter().map(|&it| self.word(it).into()).collect();
        let ty = match result {
            Some(word) => self.word(word).fn_type(&params, false),
            None => self.ctx.void_type().fn_type(&params, false),
        };
        let value = self.declare_c(extra.symbol(), ty);
        if extra.is_cold() {
            self.add_enum_attribute(value, AttributeLoc::Function, "cold");
        }
        if extra == Extra::CallbackFailed {
            self.add_enum_attribute(value, AttributeLoc::Function, "noreturn");
        }
        value
    }

    /// A datum of the runtime.
    pub fn runtime_data(&mut self, symbol: &str) -> GlobalValue<'c> {
        if let Some(known) = self.llvm.get_global(symbol) {
            return known;
        }
        let global = self.llvm.add_global(self.ctx.i8_type(), None, symbol);
        global.set_linkage(Linkage::External);
        global.set_alignment(8);
        global
    }

    fn word(&self, word: Word) -> inkwell::types::BasicTypeEnum<'c> {
        match word {
            Ptr => self.ptr_type().into(),
            I32 => self.ctx.i32_type().into(),
            I64 => self.ctx.i64_type().into(),
        }
    }

    /// A C function; nothing of the runtime or of C unwinds into compiled code.
    pub fn declare_c(&mut self, symbol: &str, ty: FunctionType<'c>) -> FunctionValue<'c> {
        let value = self.llvm.add_function(symbol, ty, Some(Linkage::External));
        self.add_enum_attribute(value, AttributeLoc::Function, "nounwind");
        value
    }

    /// C leaves narrow integers to the caller to extend.
    pub fn extend_param(&mut self, function: FunctionValue<'c>, place: AttributeLoc, ty: Type) {
        if let Some(name) = self.extension(ty) {
            self.add_enum_attribute(function, place, name);
        }
    }

    pub fn add_enum_attribute(&self, function: FunctionValue<'c>, place: AttributeLoc, name: &str) {
        function.add_attribute(place, self.enum_attribute(name));
    }

    pub fn enum_attribute(&self, name: &str) -> Attribute {
        self.ctx.create_enum_attribute(Attribute::get_named_enum_kind_id(name), 0)
    }
}
