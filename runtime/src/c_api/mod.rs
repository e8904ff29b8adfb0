//! The C API of the runtime, as `include/qi_runtime.h` shows it: thin functions by topic that check every argument. Any thread may call
//! any of them. Misuse is reported through `qi_last_error` and does nothing else; nothing unwinds.
//!
//! `export` and `callback` hold what compiled exports call; they are not in the header.

mod callback;
mod channels;
mod coroutines;
mod export;
mod memory;
mod registry;
mod state;
mod tasks;
mod text;
mod thread;
mod timers;
