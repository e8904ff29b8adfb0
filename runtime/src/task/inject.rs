//! `QI_CANCEL_AT=n`: the task that suspends as the n-th is cancelled there, as if by 取消(). The suite uses it to cancel at
//! every suspension of a program in turn. Neither the main task nor detached tasks count. At the end the program says on stderr
//! how many suspensions there were, so that whoever drives it knows when to stop.

use super::object::{TaskObject, flags};
use super::scope;
use crate::input_output;
use core::sync::atomic::{AtomicU64, Ordering};

/// 0: nothing is injected.
static AT: AtomicU64 = AtomicU64::new(0);
static SEEN: AtomicU64 = AtomicU64::new(0);

/// Before the first task starts.
pub fn start() {
    let wanted = std::env::var("QI_CANCEL_AT").ok().and_then(|it| it.parse().ok());
    AT.store(wanted.unwrap_or(0), Ordering::Relaxed);
}

/// Whether suspensions are counted: then every one of them happens.
#[inline]
pub fn is_on() -> bool {
    AT.load(Ordering::Relaxed) != 0
}

/// The task has just suspended and is still ours to run.
///
/// # Safety
/// `task` is alive.
#[inline]
pub unsafe fn suspended(task: *mut TaskObject) {
    if is_on() {
        // SAFETY: contract.
        unsafe { count(task) }
    }
}

#[cold]
unsafe fn count(task: *mut TaskObject) {
    // SAFETY: contract of the caller.
    unsafe {
        if (*task).has(flags::MAIN | flags::DETACHED) {
            return;
        }
        if SEEN.fetch_add(1, Ordering::Relaxed) + 1 == AT.load(Ordering::Relaxed) {
            scope::cancel_task(task);
        }
    }
}

pub fn report() {
    if is_on() {
        input_output::write_error(&format!("QI_CANCEL_AT：共 {} 个挂起点\n", SEEN.load(Ordering::Relaxed)));
    }
}
