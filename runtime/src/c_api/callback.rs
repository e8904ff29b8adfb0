//! Exported functions that call back: when their task has ended, another one makes the call, so that C may take as long as it
//! likes and may wait. The first task holds its scope open until then.

use super::export::{qi_export_failed, refuse};
use super::state::{ensure_running, succeed};
use crate::memory;
use crate::task::object::{TaskObject, flags};
use crate::task::scope::MAIN;
use crate::task::wait::{Seat, Sleeper, Waiter};
use crate::task::{await_error, run};
use core::ffi::{c_int, c_void};
use core::ptr;
use core::sync::atomic::AtomicUsize;
use core::task::Waker;
use qi_abi::{DeadList, Frame, SpawnInfo, Task, TypeInfo, TypeKind, root_frame};
use std::sync::Arc;
use std::task::Wake;

/// Compiled: converts the value, which it consumes, and calls `done`.
type Deliver = unsafe extern "C" fn(done: *const c_void, user: *mut c_void, code: c_int, value: *mut u8);

/// See `qi_abi::symbols::EXPORT_START`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_export_start(
    info: *const SpawnInfo,
    args: *mut u8,
    deliver: Deliver,
    done: *const c_void,
    user: *mut c_void,
) {
    let observed = if done.is_null() { 0 } else { flags::OBSERVED };
    // SAFETY: contract: a static description and its argument record, which moves into the task; the handle is ours.
    unsafe {
        if !ensure_running() {
            let code = refuse(&*info, args);
            return deliver(done, user, code, ptr::null_mut());
        }
        let task = run::spawn_in(&*info, args, observed, &raw const MAIN).cast::<TaskObject>();
        if done.is_null() {
            memory::release(task.cast());
        } else {
            deliver_later(Delivery { task, deliver, done, user });
        }
    }
    succeed();
}

/// Owns a handle of the task.
#[repr(C)]
#[derive(Clone, Copy)]
struct Delivery {
    task: *mut TaskObject,
    deliver: Deliver,
    done: *const c_void,
    user: *mut c_void,
}

/// Stays put, and is the runtime's, from when it waits until its signal is given.
struct Wait {
    delivery: Delivery,
    seat: Seat,
    waiter: Waiter,
}

struct Signal(*mut Wait);

// SAFETY: whoever gives the signal, once, then owns the wait.
unsafe impl Send for Signal {}
// SAFETY: as above; nothing reads through it before.
unsafe impl Sync for Signal {}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        // SAFETY: the task has finished, and has let go of the waiter.
        unsafe { settle(self.0) }
    }
}

unsafe fn deliver_later(delivery: Delivery) {
    let wait = Box::into_raw(Box::<Wait>::new_uninit()).cast::<Wait>();
    let waker = Waker::from(Arc::new(Signal(wait)));
    // SAFETY: fresh memory, written before anybody sees it; the task is alive by its handle.
    unsafe {
        (&raw mut (*wait).delivery).write(delivery);
        (&raw mut (*wait).seat).write(Seat(waker));
        let waiter = Waiter::new(Sleeper::new(&(*wait).seat), ptr::null_mut(), ptr::null_mut());
        (&raw mut (*wait).waiter).write(waiter);
        match (*delivery.task).finished.lock() {
            Some(mut waiters) => waiters.push(&raw mut (*wait).waiter),
            None => settle(wait),
        }
    }
}

/// # Safety
/// The task has finished; `wait` is the caller's.
unsafe fn settle(wait: *mut Wait) {
    // SAFETY: contract; the record moves into the new task, the main scope is static.
    unsafe {
        let delivery = Box::from_raw(wait).delivery;
        let task = run::spawn_in(&DELIVERY, (&raw const delivery).cast(), flags::OBSERVED, &raw const MAIN);
        memory::release(task);
    }
}

static RECORD: TypeInfo = TypeInfo {
    release: Some(call_back_at_once),
    ..TypeInfo::plain(TypeKind::Pointer, 0, size_of::<Delivery>() as u32, "C 回调")
};

static DELIVERY: SpawnInfo = SpawnInfo {
    run: call_back,
    args: &raw const RECORD,
    result: ptr::null(),
    site: ptr::null(),
    task_size: AtomicUsize::new(0),
};

/// The task root: a plain call that never suspends.
unsafe extern "C" fn call_back(task: *mut Task) -> *mut Frame {
    if !task.is_null() {
        // SAFETY: the record of `settle`.
        unsafe { task.cast::<u8>().add(root_frame(0)).cast::<Delivery>().read().make() };
    }
    ptr::null_mut()
}

/// The record of a task that was cancelled before it started, with the whole program: C is told all the same.
unsafe extern "C" fn call_back_at_once(record: *mut u8, _: *mut DeadList) {
    // SAFETY: the record of `settle`.
    unsafe { record.cast::<Delivery>().read().make() }
}

impl Delivery {
    /// # Safety
    /// The task has finished; the delivery is made once.
    unsafe fn make(self) {
        // SAFETY: contract: the delivery owns its handle.
        unsafe {
            let size = (*(*self.task).info).result.as_ref().map_or(0, |it| it.size as usize);
            // Never empty: a null pointer stands for an error.
            let mut value = vec![0_u64; size.div_ceil(size_of::<u64>()).max(1)];
            let failure = await_error(self.task, value.as_mut_ptr().cast());
            memory::release(self.task.cast());
            let (code, value) = if failure.is_null() {
                succeed();
                (0, value.as_mut_ptr().cast())
            } else {
                (qi_export_failed(failure), ptr::null_mut())
            };
            (self.deliver)(self.done, self.user, code, value);
        }
    }
}
