//! What the runtime's protocols are built from. The files that `tests/loom.rs` checks take everything from here, so that the
//! model checker can put its own in place.
//!
//! Nothing panics while it holds a lock (panics abort), so poisoning means nothing.

pub use core::sync::atomic::{AtomicU32, AtomicUsize, fence};
use std::sync::PoisonError;
pub use std::sync::{Mutex, MutexGuard};

pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
