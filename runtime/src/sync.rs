//! What the runtime's protocols are built from. The files that `tests/loom.rs` checks take everything from here, so that the
//! model checker can put its own in place.
//!
//! Nothing panics while it holds a lock (panics abort), so poisoning means nothing.

pub(crate) use crate::race;
use core::ops::{Deref, DerefMut};
use core::ptr;
pub use core::sync::atomic::{AtomicU32, AtomicUsize, fence};
pub use std::sync::Mutex;
use std::sync::PoisonError;

/// A held lock.
pub struct MutexGuard<'a, T>(std::sync::MutexGuard<'a, T>);

pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    let guard = mutex.lock().unwrap_or_else(PoisonError::into_inner);
    race::acquire(ptr::from_ref(&*guard));
    MutexGuard(guard)
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    #[inline]
    fn drop(&mut self) {
        race::release(ptr::from_ref(&*self.0));
    }
}

/// Waits a moment for a lock bit that somebody holds for a few instructions; `round` counts from 0. The holder may have lost
/// its processor.
#[cold]
pub fn spin(round: u32) {
    if round < 64 { core::hint::spin_loop() } else { std::thread::yield_now() }
}

/// Between a push and the look at who sleeps. Nothing to do: a push to either queue of concurrent-queue is a SeqCst
/// read-modify-write of its tail, and `is_empty`, by which the other side looks again, a SeqCst load of it.
#[inline]
pub fn fence_after_push() {}
