//! MIR to machine code through LLVM 22. Needs modules in [`Phase::Owned`](qi_mir::Phase) with effects computed; gives
//! LLVM IR before and after coroutines are split, bitcode, assembly and object code, and links. Knows no source language.
//! Equal modules and options give equal bytes.

mod abi;
mod c_abi;
mod comments;
mod constants;
mod coroutine;
mod debug_info;
mod drop_glue;
mod enum_layout;
mod exports;
mod function;
mod generator;
mod glue;
mod inner_frames;
mod inst;
mod ir;
mod library;
mod link;
mod module;
mod object;
mod optimize;
mod runtime_fns;
mod sanitizer;
mod stack;
mod suspend;
mod tbaa;
mod thunks;
mod type_info;
mod types;

pub use comments::{FrameField, FrameReport, SuspendPoint};
pub use link::{LinkError, LinkJob, LinkKind, RUNTIME_LIBRARY, link};

use inkwell::context::Context;

/// What is wanted of a module.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Outputs {
    /// IR with `llvm.coro.*` (拆分前).
    pub ir_before: bool,
    /// IR after splitting and optimisation (拆分后), with a comment block per coroutine.
    pub ir: bool,
    pub bitcode: bool,
    pub assembly: bool,
    pub object: bool,
    /// What each coroutine's frame holds.
    pub frames: bool,
}

/// Instrumentation; the program must be linked with `cc -fsanitize=…` of the same kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sanitizer {
    Address,
    Thread,
}

#[derive(Clone, Debug)]
pub struct Options {
    pub module_name: String,
    /// 0 to 3.
    pub opt_level: u8,
    /// LLVM's name of the processor.
    pub cpu: String,
    pub debug_info: bool,
    pub sanitizer: Option<Sanitizer>,
    pub outputs: Outputs,
}

impl Options {
    /// For the baseline processor, without debug information.
    pub fn new(module_name: &str, opt_level: u8, outputs: Outputs) -> Self {
        let cpu = object::baseline_cpu().to_owned();
        Self { module_name: module_name.to_owned(), opt_level, cpu, debug_info: false, sanitizer: None, outputs }
    }
}

/// What was asked for; the rest is empty.
#[derive(Clone, Default, Debug)]
pub struct Emitted {
    pub ir_before: String,
    pub ir: String,
    pub bitcode: Vec<u8>,
    pub assembly: String,
    pub object: Vec<u8>,
    pub frames: Vec<FrameReport>,
}

/// Translates a module.
pub fn emit(module: &qi_mir::Module, options: &Options) -> Emitted {
    optimize::set_global_options(module, options.opt_level);
    let machine = object::target_machine(options);
    let ctx = Context::create();
    let mut codegen = module::Codegen::new(&ctx, module, options, &machine);
    codegen.build();
    let llvm = &codegen.llvm;
    verify(llvm, "after emission");
    let mut emitted = Emitted::default();
    let outputs = options.outputs;
    if outputs.ir_before {
        emitted.ir_before = object::ir(llvm);
    }
    if outputs != (Outputs { ir_before: outputs.ir_before, ..Outputs::default() }) {
        optimize::run(llvm, &machine, options);
        verify(llvm, "after the pipeline");
    }
    if outputs.frames || outputs.ir {
        emitted.frames = comments::frames(&codegen);
    }
    if outputs.ir {
        emitted.ir = comments::header(&emitted.frames) + &object::ir(llvm);
    }
    if outputs.bitcode {
        emitted.bitcode = object::bitcode(llvm);
    }
    if outputs.assembly {
        emitted.assembly = object::assembly(llvm, &machine);
    }
    if outputs.object {
        emitted.object = object::object(llvm, &machine);
    }
    emitted
}

/// Broken IR would crash LLVM later, or worse; debug builds of the compiler look.
fn verify(llvm: &inkwell::module::Module<'_>, stage: &str) {
    if !cfg!(debug_assertions) {
        return;
    }
    if let Err(message) = llvm.verify() {
        qi_base::bug!("broken LLVM module {stage}: {message}\n{}", object::ir(llvm));
    }
}
