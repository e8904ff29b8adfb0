//! Counted objects: allocation, counting, freeing, sharing between tasks, the census of live objects.
//!
//! A count above zero belongs to one task and is changed by plain loads and stores; below zero it is shared and atomic;
//! zero is immortal. A private object becomes shared at a share point (`share`), with everything reachable from it; a shared object
//! with one owner turns private again when it is about to be changed (`make_unique`), so writable objects are always private.

mod allocator;
pub mod census;
mod count;
mod object;
mod release;
mod share;
mod walk;

pub use count::{is_unique_or_privatize, retain};
pub use object::{HEAP, allocate, allocate_handle, free, out_of_memory, raw_alloc, raw_free, raw_realloc};
pub use release::{Worklist, release, release_value};
pub use share::{release_constant_handles, share_object, share_value};
pub use walk::retain_value;
