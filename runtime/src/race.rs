//! What ThreadSanitizer has to be told. It sees compiled Qi code but not the runtime, so the runtime announces which of its steps
//! order memory between threads: locks, counts, waits, switches of tasks. A program built with `--sanitize thread` registers
//! the sanitizer's functions before anything else; in all others each step costs one load.

use core::sync::atomic::{AtomicUsize, Ordering};

type Hook = unsafe extern "C" fn(*mut u8);

/// `fn(address)`, or 0.
static ACQUIRE: AtomicUsize = AtomicUsize::new(0);
static RELEASE: AtomicUsize = AtomicUsize::new(0);

/// See `qi_abi::symbols::RACE_HOOKS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_race_hooks(acquire: Hook, release: Hook) {
    ACQUIRE.store(acquire as usize, Ordering::Relaxed);
    RELEASE.store(release as usize, Ordering::Relaxed);
}

/// What happened before `release` of the same address is seen from here on.
#[inline]
pub fn acquire<T>(address: *const T) {
    call(&ACQUIRE, address.cast());
}

/// What happened so far comes before what follows `acquire` of the same address.
#[inline]
pub fn release<T>(address: *const T) {
    call(&RELEASE, address.cast());
}

#[inline]
fn call(hook: &AtomicUsize, address: *const u8) {
    let hook = hook.load(Ordering::Relaxed);
    if hook != 0 {
        announce(hook, address);
    }
}

#[cold]
fn announce(hook: usize, address: *const u8) {
    // SAFETY: stored by `qi_race_hooks` from a function pointer of this type, which only notes the address.
    unsafe { core::mem::transmute::<usize, Hook>(hook)(address.cast_mut()) }
}
