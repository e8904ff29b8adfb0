//! 等待 of a handle: any number of times, by any number of tasks; each gets its own copy of the result or error.

use super::object::{TaskObject, flags, is_cancellation};
use super::scope;
use super::wait::{self, DONE, Waiter, Waits, object, outcome};
use crate::error;
use crate::fault;
use crate::memory;
use crate::race;
use crate::types::qi_type_fault_task_cancelled;
use core::ptr;
use core::sync::atomic::Ordering;
use qi_abi::{Error, Header, Task, TypeInfo, status};

/// Copies the result of a finished task to `out` (unless null), or makes the error its awaiter gets.
///
/// # Safety
/// `target` has finished; `out` is a place for its result.
pub unsafe fn deliver(target: *mut TaskObject, out: *mut u8) -> *mut Error {
    // SAFETY: contract: result and error of a finished task do not change.
    unsafe {
        race::acquire(target);
        let failure = (*target).abi.error;
        if failure.is_null() {
            if let Some(info) = (*(*target).info).result.as_ref()
                && !out.is_null()
            {
                memory::retain_value((*target).value(), info);
                ptr::copy_nonoverlapping((*target).value(), out, info.size as usize);
            }
            return ptr::null_mut();
        }
        (*target).flags.fetch_or(flags::OBSERVED, Ordering::Relaxed);
        if is_cancellation(failure) {
            return fault::new(&qi_type_fault_task_cancelled, "任务取消：等待的任务已被取消", ptr::null());
        }
        error::duplicate(failure)
    }
}

/// Ends the wait of `task` for a finished one. A cancellation of both, say by a scope above them, reaches them in any order:
/// the awaiter then gets its own 取消, whichever was first.
///
/// # Safety
/// `task` is the running task, `target` has finished; `out` is a place for its result.
pub unsafe fn conclude(task: *mut TaskObject, target: *mut TaskObject, out: *mut u8) -> i32 {
    // SAFETY: contract.
    unsafe {
        let failure = (*target).abi.error;
        if !failure.is_null() && is_cancellation(failure) && scope::was_reached(task) {
            return wait::fail_cancelled(task);
        }
        let error = deliver(target, out);
        if error.is_null() { status::READY } else { wait::fail(task, error) }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_task_await(
    task: *mut Task,
    node: *mut Waiter,
    out: *mut u8,
    _result: *const TypeInfo,
    target: *mut Header,
) -> i32 {
    let (task, target) = (object(task), target.cast::<TaskObject>());
    // SAFETY: contract: the running task, a borrowed handle.
    unsafe {
        if wait::is_cancelled(task) {
            return wait::fail_cancelled(task);
        }
        if (*target).is_finished() {
            return match wait::ready(task, node, target.cast()) {
                status::READY => conclude(task, target, out),
                pending => pending,
            };
        }
        let Some(mut waiters) = (*target).finished.lock() else { return conclude(task, target, out) };
        node.write(wait::waiter(task, target.cast(), ptr::null_mut()));
        waiters.push(node);
        wait::pending(task, Waits::Task)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_task_await_finish(task: *mut Task, node: *mut Waiter, out: *mut u8) -> i32 {
    let task = object(task);
    // SAFETY: contract: the node of the start.
    unsafe {
        let target = (*node).target.cast::<TaskObject>();
        if outcome(node) == DONE {
            return conclude(task, target, out);
        }
        let Some(mut waiters) = (*target).finished.lock() else { return conclude(task, target, out) };
        if !wait::is_cancelled(task) {
            return wait::pending(task, Waits::Task);
        }
        waiters.remove(node);
        drop(waiters);
        wait::fail_cancelled(task)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_task_done(target: *mut Header) -> u8 {
    // SAFETY: contract: a borrowed handle.
    unsafe { u8::from((*target.cast::<TaskObject>()).is_finished()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_task_observe(target: *mut Header) {
    // SAFETY: contract: a borrowed handle.
    unsafe {
        (*target.cast::<TaskObject>()).flags.fetch_or(flags::OBSERVED, Ordering::Relaxed);
    }
}
