//! Waiting until the other tasks of the caller's scope have ended. Tasks that wait for this themselves do not keep each other waiting.

use super::object::TaskObject;
use super::scope::{Scope, ScopeState};
use super::wait::{self, Waits, Woken, object};
use crate::sync::lock;
use core::ptr;
use qi_abi::{Task, status};

/// A task that waits for its scope.
pub struct Settler {
    task: *mut TaskObject,
    /// It is one of the scope's tasks, not the one that opened the scope.
    is_member: bool,
}

/// Takes out who waits, when only they are left of `alive`: those to be woken after the scope's lock is open again.
///
/// # Safety
/// Those who wait are alive: they cannot end without the scope's lock.
pub unsafe fn settled(scope: &Scope, state: &mut ScopeState, woken: &mut Woken, except: *const TaskObject) -> bool {
    let members = state.settlers.iter().filter(|it| it.is_member).count();
    if scope.alive() > members {
        return false;
    }
    scope.set_settling(false);
    for it in state.settlers.drain(..).filter(|it| !ptr::eq(it.task, except)) {
        // SAFETY: contract.
        woken.push(unsafe { (*it.task).sleeper().waker() });
    }
    true
}

/// # Safety
/// `task` is the running task.
unsafe fn scope_of<'a>(task: *mut TaskObject) -> &'a Scope {
    // SAFETY: contract: its innermost scope lives while it runs, and only the task changes the field.
    unsafe { &*(*task).scope }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_scope_settle(task: *mut Task, _node: *mut u8) -> i32 {
    let task = object(task);
    // SAFETY: contract: the running task.
    unsafe {
        if wait::is_cancelled(task) {
            return wait::fail_cancelled(task);
        }
        let scope = scope_of(task);
        let is_member = !ptr::eq(scope.owner, task);
        let mut woken = Woken::default();
        let mut state = lock(&scope.state);
        state.settlers.push(Settler { task, is_member });
        scope.set_settling(true);
        let settled = settled(scope, &mut state, &mut woken, task);
        drop(state);
        woken.wake();
        if settled { status::READY } else { wait::pending(task, Waits::Children) }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_scope_settle_finish(task: *mut Task, _node: *mut u8) -> i32 {
    let task = object(task);
    // SAFETY: contract: the running task, as at the start.
    unsafe {
        let mut state = lock(&scope_of(task).state);
        if !state.settlers.iter().any(|it| ptr::eq(it.task, task)) {
            return status::READY;
        }
        if !wait::is_cancelled(task) {
            return wait::pending(task, Waits::Children);
        }
        state.settlers.retain(|it| !ptr::eq(it.task, task));
        drop(state);
        wait::fail_cancelled(task)
    }
}
