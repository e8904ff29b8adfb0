//! The Qi runtime: memory, text, values, tasks, channels, I/O. Compiled programs reach it through the symbols of `qi_abi`
//! (a table and a list of special symbols), C programs through `c_api`. Nothing unwinds out of here (panics abort).
//!
//! Every `qi_*` function is `unsafe extern "C"`: its caller is the compiler, which promises what `qi_abi` writes about
//! layouts and ownership. `SAFETY` comments that say "contract" mean that promise. The library can be linked in pieces: plain
//! programs do not pull in the scheduler.

#[cfg(not(target_endian = "little"))]
compile_error!("inline strings are laid out for little-endian machines");

mod array;
mod c_api;
mod channel;
#[cfg(feature = "crypto")]
mod crypto;
mod dump;
mod error;
mod fault;
mod fs;
mod generator;
#[cfg(any(feature = "http", feature = "regex"))]
mod holder;
mod input;
mod input_output;
mod interrupt;
mod lock;
mod memory;
mod net;
mod number;
mod operation;
mod pointer;
mod process;
mod race;
#[cfg(feature = "regex")]
mod regex;
mod select;
mod sort;
mod stack;
mod start;
mod string;
mod sync;
mod task;
mod timer;
mod types;
mod value;
