//! The reference count of one object.

use crate::race;
use core::sync::atomic::{Ordering, fence};
use qi_abi::Header;

/// # Safety
/// `object` is null or a live object of which the caller may use a reference.
#[inline]
pub unsafe fn retain(object: *mut Header) {
    if object.is_null() {
        return;
    }
    // SAFETY: live by contract.
    let count = unsafe { &(*object).count };
    let now = count.load(Ordering::Relaxed);
    if now > 0 {
        // A private count has one writer at a time: tasks move between threads through queues that order memory.
        count.store(now + 1, Ordering::Relaxed);
    } else if now < 0 {
        // No ordering: the reference it is copied from keeps the object alive.
        count.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Gives up one reference; true if it was the last.
///
/// # Safety
/// `object` is live and the caller owns one reference, which it loses.
#[inline]
pub unsafe fn drop_count(object: *mut Header) -> bool {
    // SAFETY: live by contract.
    let count = unsafe { &(*object).count };
    let now = count.load(Ordering::Relaxed);
    if now > 1 {
        count.store(now - 1, Ordering::Relaxed);
        return false;
    }
    if now >= 0 {
        return now == 1;
    }
    race::release(object);
    // Release: what this owner did to the object comes before the free; pairs with the fence of the last owner.
    if count.fetch_add(1, Ordering::Release) == -1 {
        fence(Ordering::Acquire);
        race::acquire(object);
        return true;
    }
    false
}

/// True if the caller's reference is the only one; a shared object is then private again.
///
/// # Safety
/// `object` is live and the caller owns one reference.
#[inline]
pub unsafe fn is_unique_or_privatize(object: *mut Header) -> bool {
    // SAFETY: live by contract.
    let count = unsafe { &(*object).count };
    match count.load(Ordering::Relaxed) {
        1 => true,
        -1 => {
            // Pairs with the release decrements of former owners in other tasks: their reads come before our writes.
            fence(Ordering::Acquire);
            race::acquire(object);
            count.store(1, Ordering::Relaxed);
            true
        }
        _ => false,
    }
}

/// See `qi_abi::symbols::RETAIN`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_retain(object: *mut Header) {
    // SAFETY: contract.
    unsafe { retain(object) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::qi_type_string;
    use core::sync::atomic::AtomicI32;

    #[test]
    fn counts_private_shared_and_immortal() {
        for (start, after_retain, unique) in [(1, 2, false), (-1, -2, false), (0, 0, false)] {
            let mut header = Header { count: AtomicI32::new(start), flags: 0, info: &raw const qi_type_string };
            // SAFETY: a live header on the stack; it is never freed here.
            unsafe {
                retain(&mut header);
                assert_eq!(header.count.load(Ordering::Relaxed), after_retain);
                assert_eq!(is_unique_or_privatize(&mut header), unique);
                assert!(!drop_count(&mut header));
                assert_eq!(drop_count(&mut header), start != 0);
            }
        }
    }

    #[test]
    fn a_shared_object_with_one_owner_becomes_private() {
        let mut header = Header { count: AtomicI32::new(-1), flags: 0, info: &raw const qi_type_string };
        // SAFETY: a live header on the stack.
        assert!(unsafe { is_unique_or_privatize(&mut header) });
        assert_eq!(header.count.load(Ordering::Relaxed), 1);
    }
}
