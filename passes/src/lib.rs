//! MIR in, MIR out. Knows no source language and no LLVM: everything a pass may ask is in `qi_mir`; a missing fact is
//! lowering's to supply. [`pipeline`] is the list of all passes in their order.

#![forbid(unsafe_code)]

pub mod allocation;
pub mod arc;
mod call_graph;
pub mod coroutine;
pub mod dead_functions;
mod demote;
mod drops;
pub mod effects;
pub mod escape;
mod graph;
pub mod inline;
pub mod pipeline;
mod places;
pub mod promote;
pub mod simplify;
mod specialize;
pub mod split_slots;
