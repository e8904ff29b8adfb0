//! `qic`, the Qi compiler: reads the command line, starts the command on a thread with a large stack, reports panics as
//! our fault. Everything else lives in the module named after it; [`pipeline`] shows the order of compilation.

#![forbid(unsafe_code)]

mod allocation;
mod args;
mod cache;
mod cli;
mod command;
mod emit;
mod failure;
mod header;
mod help;
mod language;
mod link;
mod loader;
mod package;
mod panic;
mod pipeline;
mod render;
mod session;
mod toolchain;
mod waiting;

use std::process::ExitCode;

/// The front end allocates many small objects, and huge pages take away most page faults.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Deeply nested sources recurse through parser, checker and lowering; the limit on nesting is 1,000, this is ample.
const STACK_BYTES: usize = 256 << 20;

fn main() -> ExitCode {
    panic::install_hook();
    let work = std::thread::Builder::new().name("qic".into()).stack_size(STACK_BYTES).spawn(command::main);
    match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => ExitCode::from(code),
        Ok(Err(_)) | Err(_) => ExitCode::from(panic::EXIT_INTERNAL),
    }
}
