//! The LLVM pipelines. At level 0 our own short one, since LLVM's never elides coroutine frames; otherwise `default<On>`.

use crate::{Options, Sanitizer};
use inkwell::llvm_sys::support::LLVMParseCommandLineOptions;
use inkwell::module::Module;
use inkwell::passes::PassBuilderOptions;
use inkwell::targets::TargetMachine;
use std::sync::Once;

const O0: &str = "always-inline,coro-early,cgscc(coro-split,coro-annotation-elide),coro-cleanup,globaldce";

/// Splits the coroutines and optimises.
pub fn run(module: &Module<'_>, machine: &TargetMachine, options: &Options) {
    let mut pipeline = match options.opt_level {
        0 => O0.to_owned(),
        level => format!("default<O{}>", level.min(3)),
    };
    // After splitting: frames are memory like any other.
    match options.sanitizer {
        Some(Sanitizer::Address) => pipeline += ",asan",
        Some(Sanitizer::Thread) => pipeline += ",tsan-module,function(tsan)",
        None => {}
    }
    let passes = PassBuilderOptions::create();
    passes.set_verify_each(false);
    if let Err(message) = module.run_passes(&pipeline, machine, passes) {
        qi_base::bug!("LLVM refuses the pipeline {pipeline}: {message}");
    }
}

/// From so many instructions on, what recurses would have a frame of kilobytes.
const WIDE: usize = 120;

/// Awaits in cold branches are elided too: an allocation costs more than the bytes of a frame. At level 0 each value has a
/// stack slot of its own, which makes a function with many branches recurse a tenth as deep: if there is one, values share
/// slots and registers, at the price of half as much time again for the code. The first module of a process decides.
pub fn set_global_options(module: &qi_mir::Module, opt_level: u8) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let mut args = vec![c"qic".as_ptr(), c"-coro-elide-branch-ratio=0".as_ptr()];
        let recurses_widely = module.functions.values().any(|it| it.stack_check && it.insts.len() >= WIDE);
        if opt_level == 0 && recurses_widely {
            args.extend([c"-optimize-regalloc".as_ptr(), c"-regalloc=basic".as_ptr()]);
        }
        // SAFETY: NUL-terminated strings and their count; LLVM copies them. `Once` keeps other threads out meanwhile.
        unsafe { LLVMParseCommandLineOptions(args.len() as i32, args.as_ptr(), std::ptr::null()) };
    });
}
