//! Every runtime symbol that compiled code names: the functions of the contract table (their C signature follows from the
//! calling rule in `qi_abi`) and the few that stand outside it, listed here once with their whole signature.

use crate::ir::{Ir, PRESERVE_MOST_CC};
use crate::module::Codegen;
use crate::types::{CValue, Passing};
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::module::Linkage;
use inkwell::types::{BasicMetadataTypeEnum, BasicType, FunctionType};
use inkwell::values::{FunctionValue, GlobalValue};
use qi_abi::symbols;
use qi_mir::RuntimeFn;

/// One word of an [`Extra`] signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    Ptr,
    I8,
    I32,
    I64,
}
use Word::{I8, I32, I64, Ptr};

/// A runtime function outside the contract table; `qi_abi::symbols` says what each promises.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Extra {
    Retain,
    Release,
    ReleaseShared,
    ValueImmortalize,
    BoxUnique,
    FrameAlloc,
    FrameAllocLimited,
    FrameFree,
    GeneratorTurn,
    StackIsLow,
    TaskSpawn,
    BlockingCall,
    BlockingCallFinish,
    StartPlain,
    StartTask,
    /// `int (error)`: an exported function failed; keeps the error for `qi_last_error` and gives its code. Consumes it.
    ExportFailed,
    /// `void ()`: an exported function succeeded.
    ExportSucceeded,
    /// `int (spawn info, argument record, out)`: runs a task while this thread waits; gives 0, or on an error what
    /// ExportFailed gives, with `out` left alone. Consumes the record.
    ExportRun,
    /// `void (spawn info, argument record, deliver, done, user)`: starts a task; when it has ended, another one calls
    /// `deliver(done, user, code, value)`. Consumes the record.
    ExportStart,
    /// `int (QiString **, Str *, count)`: texts of our own for those of C; on an error gives its code and makes none.
    ExportTexts,
    /// `QiString *(Str *)`: a text for C. Consumes it.
    ExportText,
    /// `Error *(flag, code, spawn info)`: initialises a library, once; one of the last two is null.
    LibraryStart,
    /// `void (error)`: an error would escape a C callback: message and abort. Never returns.
    CallbackFailed,
}

impl Extra {
    pub const fn symbol(self) -> &'static str {
        match self {
            Extra::Retain => symbols::RETAIN,
            Extra::Release => symbols::RELEASE,
            Extra::ReleaseShared => symbols::RELEASE_SHARED,
            Extra::ValueImmortalize => symbols::VALUE_IMMORTALIZE,
            Extra::BoxUnique => symbols::BOX_UNIQUE,
            Extra::FrameAlloc => symbols::FRAME_ALLOC,
            Extra::FrameAllocLimited => symbols::FRAME_ALLOC_LIMITED,
            Extra::FrameFree => symbols::FRAME_FREE,
            Extra::GeneratorTurn => symbols::GENERATOR_TURN,
            Extra::StackIsLow => symbols::STACK_IS_LOW,
            Extra::TaskSpawn => symbols::TASK_SPAWN,
            Extra::BlockingCall => symbols::BLOCKING_CALL,
            Extra::BlockingCallFinish => "qi_blocking_call_finish",
            Extra::StartPlain => symbols::START_PLAIN,
            Extra::StartTask => symbols::START_TASK,
            Extra::ExportFailed => symbols::EXPORT_FAILED,
            Extra::ExportSucceeded => symbols::EXPORT_SUCCEEDED,
            Extra::ExportRun => symbols::EXPORT_RUN,
            Extra::ExportStart => symbols::EXPORT_START,
            Extra::ExportTexts => symbols::EXPORT_TEXTS,
            Extra::ExportText => symbols::EXPORT_TEXT,
            Extra::LibraryStart => symbols::LIBRARY_START,
            Extra::CallbackFailed => "qi_callback_failed",
        }
    }
    const fn signature(self) -> (&'static [Word], Option<Word>) {
        match self {
            Extra::Retain | Extra::Release | Extra::BoxUnique => (&[Ptr], None),
            Extra::ValueImmortalize => (&[Ptr, Ptr], None),
            Extra::FrameAlloc | Extra::FrameAllocLimited => (&[Ptr, I64], Some(Ptr)),
            Extra::FrameFree | Extra::ReleaseShared => (&[Ptr, Ptr], None),
            Extra::GeneratorTurn => (&[Ptr], Some(Ptr)),
            Extra::StackIsLow => (&[], Some(I8)),
            Extra::TaskSpawn => (&[Ptr, Ptr, I32], Some(Ptr)),
            Extra::BlockingCall => (&[Ptr, Ptr, Ptr, Ptr], Some(I32)),
            Extra::BlockingCallFinish => (&[Ptr, Ptr], Some(I32)),
            Extra::ExportFailed => (&[Ptr], Some(I32)),
            Extra::CallbackFailed => (&[Ptr], None),
            Extra::ExportSucceeded => (&[], None),
            Extra::ExportRun => (&[Ptr, Ptr, Ptr], Some(I32)),
            Extra::ExportStart => (&[Ptr, Ptr, Ptr, Ptr, Ptr], None),
            Extra::ExportTexts => (&[Ptr, Ptr, I64], Some(I32)),
            Extra::ExportText => (&[Ptr], Some(Ptr)),
            Extra::LibraryStart => (&[Ptr, Ptr, Ptr], Some(Ptr)),
            Extra::StartPlain | Extra::StartTask => (&[I32, Ptr, I32, Ptr, Ptr], Some(I32)),
        }
    }
    const fn is_cold(self) -> bool {
        matches!(
            self,
            Extra::Retain | Extra::BoxUnique | Extra::ExportFailed | Extra::LibraryStart | Extra::CallbackFailed
        )
    }
}

/// `memory(read)` and `memory(none)` in LLVM's encoding: two bits per kind of memory, 1 for reads.
const MEMORY_READ: u64 = 0x55;
const MEMORY_NONE: u64 = 0;

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
    pub fn runtime_shape(&self, function: RuntimeFn, result: CValue<'c>) -> Shape {
        let (throws, suspends) = (function.throws(), function.suspends());
        let in_memory = result.passing == Passing::Memory || throws || suspends;
        Shape {
            suspends,
            throws,
            out: function.is_generic() || (result.passing != Passing::Nothing && in_memory),
            site: function.takes_site(),
            infos: function.takes_infos(),
        }
    }

    /// Declares a table function for a call with these types. All calls of one function agree on the C types.
    pub fn runtime_fn(
        &mut self,
        function: RuntimeFn,
        args: &[CValue<'c>],
        infos: usize,
        result: CValue<'c>,
    ) -> FunctionValue<'c> {
        if let Some(known) = self.llvm.get_function(function.symbol()) {
            return known;
        }
        let shape = self.runtime_shape(function, result);
        let lead = 2 * usize::from(shape.suspends) + usize::from(shape.out) + if shape.infos { infos } else { 0 };
        let mut params: Vec<BasicMetadataTypeEnum<'c>> = vec![self.ptr_type().into(); lead];
        params.extend(args.iter().map(|arg| match arg.passing {
            Passing::Memory => BasicMetadataTypeEnum::from(self.ptr_type()),
            Passing::Register | Passing::Nothing => arg.memory.into(),
        }));
        if shape.site {
            params.push(self.ptr_type().into());
        }
        let ty = if shape.suspends {
            self.ctx.i32_type().fn_type(&params, false)
        } else if shape.throws {
            self.ptr_type().fn_type(&params, false)
        } else if shape.out || result.passing == Passing::Nothing {
            self.ctx.void_type().fn_type(&params, false)
        } else {
            result.memory.fn_type(&params, false)
        };
        let value = self.declare_c(function.symbol(), ty);
        for (index, arg) in args.iter().enumerate() {
            self.extend_param(value, AttributeLoc::Param((lead + index) as u32), arg.extension);
        }
        if !shape.suspends && !shape.throws && !shape.out {
            self.extend_param(value, AttributeLoc::Return, result.extension);
        }
        if function.symbol().starts_with("qi_fault_") || function == RuntimeFn::qi_error_trace {
            self.add_enum_attribute(value, AttributeLoc::Function, "cold");
        }
        if function.is_pure() && !shape.out && !shape.throws {
            self.mark_pure(value, args);
        }
        if function.diverges() {
            self.add_enum_attribute(value, AttributeLoc::Function, "noreturn");
        }
        value
    }

    /// A function of paths that are hardly ever taken, as optimised code calls it: through one that keeps the registers,
    /// so that the hot path saves and spills nothing for it.
    ///
    /// ```text
    /// define internal preserve_mostcc ptr @qi.cold.qi_fault_overflow(ptr %0) { %1 = call ptr @qi_fault_overflow(ptr %0) ret ptr %1 }
    /// ```
    pub fn cold_runtime_fn(
        &mut self,
        function: RuntimeFn,
        args: &[CValue<'c>],
        result: CValue<'c>,
    ) -> FunctionValue<'c> {
        let target = self.runtime_fn(function, args, 0, result);
        if self.options.opt_level == 0 {
            return target;
        }
        let symbol = format!("qi.cold.{}", function.symbol());
        if let Some(known) = self.llvm.get_function(&symbol) {
            return known;
        }
        let cold = self.add_internal_c(&symbol, target.get_type());
        cold.set_call_conventions(PRESERVE_MOST_CC);
        for name in ["cold", "noinline"] {
            self.add_enum_attribute(cold, AttributeLoc::Function, name);
        }
        let ir = Ir::at_end(self.ctx, self.ctx.append_basic_block(cold, "entry"));
        let result = ir.call(target, &cold.get_params());
        ir.ret(result);
        cold
    }

    /// Reads at most; caches it may fill are none that compiled code looks at.
    fn mark_pure(&self, function: FunctionValue<'c>, args: &[CValue<'c>]) {
        let touches = args.iter().any(|it| it.memory.is_pointer_type() || it.passing == Passing::Memory);
        let kind = Attribute::get_named_enum_kind_id("memory");
        let effects = if touches { MEMORY_READ } else { MEMORY_NONE };
        function.add_attribute(AttributeLoc::Function, self.ctx.create_enum_attribute(kind, effects));
        self.add_enum_attribute(function, AttributeLoc::Function, "willreturn");
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
            I8 => self.ctx.i8_type().into(),
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
    pub fn extend_param(&self, function: FunctionValue<'c>, place: AttributeLoc, extension: Option<&'static str>) {
        if let Some(name) = extension {
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
