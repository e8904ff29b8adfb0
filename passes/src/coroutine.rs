//! Coroutines as far as MIR goes: generators that are consumed where they are made become loops. What remains suspends
//! for real and is split by LLVM (`compiler/codegen`).

mod body;
mod consume;
mod delegation;
pub mod inline_generator;
mod releases;
mod state;
