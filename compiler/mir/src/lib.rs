//! MIR: Qi after type checking and monomorphisation, as SSA with block parameters.
//!
//! CONTRACT between `lower` (writes it), `passes` (rewrites it) and `codegen` (reads it). Knows no source language and no LLVM.
//!
//! * Every value has one type and one definition that dominates its uses; blocks take parameters instead of phi nodes.
//! * An operation that may throw or suspend stands only in a [`Terminator::Try`]; everything else is a plain instruction.
//! * Mutable variables live in [`Slot`]s, reached through values of type `addr`; `promote` turns most of them into SSA values.
//! * Ownership facts per operation are in [`opcode`], the one table every pass asks. [`Phase::Neutral`] bodies hold no
//!   `retain`/`release`; `arc::insert` makes them [`Phase::Owned`], after which every owned value is consumed exactly once on each path.

#![forbid(unsafe_code)]

pub mod allocates;
pub mod analysis;
pub mod entity;
pub mod function;
mod mnemonic;
pub mod module;
pub mod opcode;
pub mod parse;
pub mod print;
pub mod types;
pub mod verify;

pub use entity::*;
pub use function::{Block, BlockCall, Export, Function, FunctionKind, Inst, Param, Phase, SlotData, Terminator};
pub use module::{Entry, ExternFunction, Global, Module, Site, VTable};
pub use opcode::{Arith, Bits, Cmp, Def, Opcode, Overflow};
pub use qi_abi::{Own, RuntimeFn};
pub use types::{Display, EnumDef, Field, Overrides, Signature, StructDef, TypeKind, Types, Variant};
