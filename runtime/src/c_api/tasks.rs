//! Tasks for C programs: C functions that run on the workers.

use super::registry::{self, Kind};
use super::state::{QiError, fail, is_running};
use super::thread;
use crate::memory;
use crate::task::object::{TaskObject, flags};
use crate::task::run;
use crate::task::scope::{self, MAIN};
use core::ffi::c_void;
use core::ptr;
use core::sync::atomic::AtomicUsize;
use qi_abi::{Frame, SpawnInfo, Task, TypeInfo, TypeKind, root_frame};

/// A running C function.
pub struct QiAsyncTask {
    _opaque: [u8; 0],
}

/// A C function that is run as a task.
pub type QiTaskFunction = Option<unsafe extern "C" fn(context: *mut c_void)>;

#[repr(C)]
struct Call {
    function: unsafe extern "C" fn(*mut c_void),
    context: *mut c_void,
}

static CALL: TypeInfo = TypeInfo::plain(TypeKind::Pointer, 0, size_of::<Call>() as u32, "C 调用");

static SPAWN: SpawnInfo = SpawnInfo {
    run: call,
    args: &raw const CALL,
    result: ptr::null(),
    site: ptr::null(),
    task_size: AtomicUsize::new(0),
};

/// The task root: a plain call that never suspends.
unsafe extern "C" fn call(task: *mut Task) -> *mut Frame {
    if !task.is_null() {
        // SAFETY: the record of `qi_spawn_async`.
        unsafe {
            let call = task.cast::<u8>().add(root_frame(0)).cast::<Call>().read();
            (call.function)(call.context);
        }
    }
    ptr::null_mut()
}

/// Runs `function(context)` on a worker. Null (with an error) if `function` is null or the runtime does not run.
///
/// Ownership: the result is given up with `qi_await_task` or `qi_task_release`; `context` stays the caller's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_spawn_async(function: QiTaskFunction, context: *mut c_void) -> *mut QiAsyncTask {
    if !is_running() {
        return ptr::null_mut();
    }
    let Some(function) = function else {
        fail(QiError::Null, "函数指针是空的");
        return ptr::null_mut();
    };
    let call = Call { function, context };
    // SAFETY: the record moves into the task; the main scope is static.
    let task = unsafe { run::spawn_in(&SPAWN, (&raw const call).cast(), flags::OBSERVED, &raw const MAIN) };
    registry::add(task, Kind::Task);
    task.cast()
}

/// Waits until the task has ended. The calling thread sleeps; inside a task another worker takes over.
///
/// Ownership: consumes the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_await_task(task: *mut QiAsyncTask) {
    if registry::remove(task, Kind::Task) {
        // SAFETY: the handle is ours now.
        unsafe {
            thread::join(task.cast::<TaskObject>());
            memory::release(task.cast());
        }
    }
}

/// 1 if the task has ended, else 0 (also for what is no task).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_task_is_done(task: *const QiAsyncTask) -> i32 {
    // SAFETY: a live handle.
    i32::from(registry::check(task, Kind::Task) && unsafe { (*task.cast::<TaskObject>()).is_finished() })
}

/// Asks the task to end: one that has not started never runs. The handle stays the caller's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_task_request_cancel(task: *mut QiAsyncTask) {
    if registry::check(task, Kind::Task) {
        // SAFETY: a live handle.
        unsafe { scope::cancel_task(task.cast()) }
    }
}

/// Gives the handle up without waiting; the task goes on. Null does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_task_release(task: *mut QiAsyncTask) {
    if !task.is_null() && registry::remove(task, Kind::Task) {
        // SAFETY: the handle is ours now.
        unsafe { memory::release(task.cast()) }
    }
}
