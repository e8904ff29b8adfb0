//! The end of a 并发 or 限时: waits for the children, then decides which error leaves it.

use super::object::is_cancellation;
use super::run;
use super::scope::{self, Scope, cause};
use super::wait::{self, Sleeper, Waits, object};
use crate::fault;
use crate::memory;
use crate::sync::lock;
use crate::timer::Alarm;
use crate::types::qi_type_fault_timeout;
use core::ptr;
use core::sync::atomic::Ordering;
use qi_abi::{Error, Task, status};

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_scope_enter() -> *mut Scope {
    scope::enter()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_deadline_enter(milliseconds: i64) -> *mut Scope {
    let scope = scope::enter();
    match u64::try_from(milliseconds) {
        Ok(milliseconds @ 1..) => {
            let alarm = Alarm::new(milliseconds, deadline_passed, scope as usize);
            // SAFETY: just opened.
            unsafe { lock(&(*scope).state).alarm = Some(alarm) };
        }
        // The first wait is too long, however short.
        _ => deadline_passed(scope as usize),
    }
    scope
}

/// The alarm is dropped before its scope is closed.
fn deadline_passed(scope: usize) {
    // SAFETY: see above.
    scope::cancel(unsafe { &*(scope as *const Scope) }, cause::DEADLINE);
}

/// What waits in the caller's node.
pub struct Leave {
    scope: *mut Scope,
    /// 取消 if that left the body, else null.
    outcome: *mut Error,
}

const _: () = assert!(size_of::<Leave>() <= qi_abi::node_words::LEAVE * 8);

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_scope_leave(
    task: *mut Task,
    node: *mut Leave,
    scope: *mut Scope,
    outcome: *mut Error,
) -> i32 {
    // SAFETY: contract: the innermost scope of the running task.
    unsafe {
        let mut outcome = outcome;
        if !outcome.is_null() {
            if !is_cancellation(outcome) {
                scope::record_failure(&mut lock(&(*scope).state), outcome);
                outcome = ptr::null_mut();
            }
            scope::cancel(&*scope, cause::CANCELLED);
        }
        node.write(Leave { scope, outcome });
        qi_scope_leave_finish(task, node)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_scope_leave_finish(task: *mut Task, node: *mut Leave) -> i32 {
    // SAFETY: contract: the node of the start.
    unsafe {
        let (scope, outcome) = ((*node).scope, (*node).outcome);
        let task = object(task);
        let mut state = lock(&(*scope).state);
        if (*scope).alive() > 0 {
            state.joined = true;
            state.joiner = (*task).sleeper();
            return wait::pending(task, Waits::Children);
        }
        state.joiner = Sleeper::NOBODY;
        let joined = state.joined;
        let alarm = state.alarm.take();
        let failure = core::mem::replace(&mut state.failure, ptr::null_mut());
        drop(state);
        drop(alarm);
        let overdue = (*scope).cancelled.load(Ordering::Acquire) & cause::DEADLINE != 0;
        // Work that ended in time by itself is no failure, however late the alarm finds it.
        let timed_out = overdue && (joined || (*task).is_interrupted());
        let cancelled = scope::close(scope);
        // What leaves is 取消, thrown here: a 限时 around must know that its work did not end by itself.
        if cancelled && failure.is_null() {
            (*task).set_interrupted(true);
        }
        let error = verdict(outcome, failure, timed_out, cancelled);
        if error.is_null() { status::READY } else { wait::fail(task, error) }
    }
}

/// Which error leaves the scope. `outcome` is null or the 取消 that left the body, `failure` the first error inside.
unsafe fn verdict(outcome: *mut Error, failure: *mut Error, timed_out: bool, cancelled: bool) -> *mut Error {
    if !failure.is_null() {
        // SAFETY: owned.
        unsafe { memory::release(outcome.cast()) };
        return failure;
    }
    if cancelled {
        // From outside: the work is not complete, whatever the body made of it.
        return if outcome.is_null() { run::cancellation() } else { outcome };
    }
    if timed_out {
        // SAFETY: owned.
        unsafe { memory::release(outcome.cast()) };
        return fault::new(&qi_type_fault_timeout, "超时", ptr::null());
    }
    outcome
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_deadline_leave(
    task: *mut Task,
    node: *mut Leave,
    scope: *mut Scope,
    outcome: *mut Error,
) -> i32 {
    // SAFETY: contract, the same.
    unsafe { qi_scope_leave(task, node, scope, outcome) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_deadline_leave_finish(task: *mut Task, node: *mut Leave) -> i32 {
    // SAFETY: contract, the same.
    unsafe { qi_scope_leave_finish(task, node) }
}
