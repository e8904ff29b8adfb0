//! The life of a task: spawn, runs (first the root, then always the innermost frame), end.

use super::object::{self, TaskObject, flags};
use super::scope::{self, Scope};
use super::{inject, scheduler, wait};
use crate::fault;
use crate::memory;
use crate::race;
use crate::types::{is_counted, qi_type_fault_cancelled};
use core::cell::Cell;
use core::ptr;
use core::sync::atomic::Ordering;
use core::task::Poll;
use qi_abi::{Error, Header, SpawnInfo, spawn_flags};

/// Ready operations per run.
pub const BUDGET: u8 = 128;

thread_local! {
    static CURRENT: Cell<*mut TaskObject> = const { Cell::new(ptr::null_mut()) };
}

/// The task this thread runs, or null. Runtime functions only: never inlined into a frame that may move to another thread.
#[inline(never)]
pub fn current() -> *mut TaskObject {
    CURRENT.get()
}

/// Runs `run` as (a part of) this task; null for what is none.
#[inline]
pub fn as_current<R>(task: *mut TaskObject, run: impl FnOnce() -> R) -> R {
    let outer = CURRENT.replace(task);
    let result = run();
    CURRENT.set(outer);
    result
}

/// See `qi_abi::symbols::TASK_SPAWN`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_task_spawn(info: *const SpawnInfo, args: *const u8, spawn: u32) -> *mut Header {
    scheduler::start();
    let detached = spawn & spawn_flags::DETACHED != 0;
    // SAFETY: contract: static description, argument record of the described type, moved.
    unsafe { spawn_in(&*info, args, if detached { flags::DETACHED } else { 0 }, scope::for_new_task(detached)) }
}

/// # Safety
/// `args` is a record of the described type, which moves into the task; `scope` is alive.
pub unsafe fn spawn_in(info: &'static SpawnInfo, args: *const u8, task_flags: u8, scope: *const Scope) -> *mut Header {
    let (task, job) = object::new(info, task_flags, scope);
    // SAFETY: the fresh task is ours until it is queued.
    unsafe {
        if let Some(args_info) = info.args.as_ref() {
            let place = (*task).args();
            move_record(args, place, args_info.size as usize);
            if is_counted(args_info) && memory::share_value(place, args_info).is_err() {
                // Seen by the first run, which then does not call the root.
                (*task).abi.error = fault::unshareable(info.site);
            }
        }
        race::release(task);
        scope::adopt(task);
    }
    scheduler::submit_new(job);
    task.cast()
}

/// Records are small: a call would cost more than the copy.
unsafe fn move_record(from: *const u8, to: *mut u8, size: usize) {
    // SAFETY: contract of the caller: both are records of this size, which is a multiple of their alignment.
    unsafe {
        if size <= 64 && size.is_multiple_of(8) {
            for word in 0..size / 8 {
                to.cast::<u64>().add(word).write_unaligned(from.cast::<u64>().add(word).read_unaligned());
            }
        } else {
            ptr::copy_nonoverlapping(from, to, size);
        }
    }
}

/// One run of the current task: until it ends or waits.
///
/// # Safety
/// There is one, and this thread alone runs it.
#[inline]
pub unsafe fn poll() -> Poll<()> {
    let task = CURRENT.get();
    race::acquire(task);
    // SAFETY: contract; a task that has not ended is alive.
    unsafe {
        (*task).budget = BUDGET;
        // Null before the start and after the end.
        let innermost = (*task).abi.innermost;
        if innermost.is_null() {
            start(task);
        } else {
            (*task).waits.store(wait::Waits::Nothing as u8, Ordering::Relaxed);
            ((*innermost).resume)(innermost);
        }
        if (*task).abi.innermost.is_null() {
            race::release(task);
            finish(task);
            return Poll::Ready(());
        }
        if !(*task).is_listed() {
            scope::list(task);
        }
        inject::suspended(task);
        race::release(task);
    }
    Poll::Pending
}

unsafe fn start(task: *mut TaskObject) {
    // SAFETY: the task is being run by us.
    unsafe {
        if (*task).abi.error.is_null() && scope::is_cancelled_at_start(task) {
            (*task).abi.error = cancellation();
        }
        if (*task).abi.error.is_null() {
            ((*(*task).info).run)(&raw mut (*task).abi);
        } else if let Some(args_info) = (*(*task).info).args.as_ref() {
            memory::release_value((*task).args(), args_info);
        }
    }
}

/// The error 取消, as suspension points throw it.
pub fn cancellation() -> *mut Error {
    fault::new(&qi_type_fault_cancelled, "取消：任务被取消", ptr::null())
}

/// Publishes the outcome and gives up the runtime's reference.
unsafe fn finish(task: *mut TaskObject) {
    // SAFETY: the task is being run by us; the runtime's reference keeps it alive until the end.
    unsafe {
        (*task).frames.finish();
        if (*task).is_interrupted() && (*task).abi.error.is_null() {
            cancel_outcome(task);
        }
        publish_outcome(task);
        let failure = (*task).abi.error;
        (*task).finished.happen().wake();
        scope::child_ended(task, failure);
    }
}

/// The body swallowed 取消 and went on to its end: the task was cancelled all the same.
unsafe fn cancel_outcome(task: *mut TaskObject) {
    // SAFETY: as `finish`.
    unsafe {
        if let Some(result) = (*(*task).info).result.as_ref() {
            memory::release_value((*task).value(), result);
        }
        (*task).abi.error = cancellation();
    }
}

/// The result is read by any number of awaiters: it must be shared.
unsafe fn publish_outcome(task: *mut TaskObject) {
    // SAFETY: as `finish`.
    unsafe {
        let failed = if (*task).abi.error.is_null() {
            match (*(*task).info).result.as_ref() {
                Some(result) if is_counted(result) => {
                    let confined = memory::share_value((*task).value(), result).is_err();
                    if confined {
                        memory::release_value((*task).value(), result);
                    }
                    confined
                }
                _ => false,
            }
        } else {
            memory::share_object((*task).abi.error.cast()).is_err() && {
                memory::release((*task).abi.error.cast());
                true
            }
        };
        if failed {
            (*task).abi.error = fault::unshareable((*(*task).info).site);
        }
    }
}
