//! HIR: what a program means. Items and bodies in arenas, names resolved, types inferred, effects and rules checked.
//!
//! Flow: [`collect`] turns syntax trees into a [`Program`] (items and untyped bodies, unresolved names) ->
//! [`infer`] gives every expression a type and every name a meaning ([`TypedBody`]) -> [`flow`] judges what needs finished
//! bodies (mutation, captures, definite assignment, exhaustiveness, reachability). Any error stops the compiler after this crate.
//! `item`, `body`, `ty`, `typed` are the CONTRACT between those stages and `qi-lower`.

#![forbid(unsafe_code)]

pub mod body;
mod builtin_types;
pub mod collect;
pub mod diagnostics;
mod export;
pub mod flow;
pub mod follow;
pub mod infer;
pub mod item;
pub mod ty;
pub mod typed;
pub mod walk;

pub use body::*;
pub use builtin_types::builtin_type_names;
pub use export::Export;
pub use item::*;
pub use ty::{GenericId, InferId, IntType, Mode, Ty, TyKind};
pub use typed::*;
