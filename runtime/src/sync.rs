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
