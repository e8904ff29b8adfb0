//! Time: 睡眠, 让出执行, and alarms that call a function after a while.

use crate::task::wait::{self, Waits, object};
use crate::task::{TaskObject, deadlock, helper};
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use qi_abi::{Task, node_words, status};
use smol::Timer;
use std::sync::{Arc, Mutex};

const _: () = assert!(size_of::<Timer>() <= node_words::TIMER * 8 && align_of::<Timer>() <= 8);

/// Polls a timer that lies in the node; true when it rang.
///
/// # Safety
/// `task` is the running task, `timer` initialised.
pub unsafe fn poll_timer(task: *mut TaskObject, timer: *mut Timer) -> bool {
    // SAFETY: contract; nodes do not move.
    unsafe {
        let waker = (*task).waker.as_ref().expect("a running task is alive");
        matches!(Pin::new(&mut *timer).poll(&mut Context::from_waker(waker)), Poll::Ready(_))
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_sleep(task: *mut Task, node: *mut Timer, milliseconds: i64) -> i32 {
    let task = object(task);
    // SAFETY: contract.
    unsafe {
        if wait::is_cancelled(task) {
            return wait::fail_cancelled(task);
        }
        node.write(Timer::after(Duration::from_millis(milliseconds.max(0) as u64)));
        deadlock::external_begins();
        poll_sleep(task, node)
    }
}

unsafe fn poll_sleep(task: *mut TaskObject, node: *mut Timer) -> i32 {
    // SAFETY: contract of the callers.
    unsafe {
        if !poll_timer(task, node) {
            return wait::pending(task, Waits::Sleep);
        }
        node.drop_in_place();
    }
    deadlock::external_ends();
    status::READY
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_sleep_finish(task: *mut Task, node: *mut Timer) -> i32 {
    let task = object(task);
    // SAFETY: contract: the node of the start.
    unsafe {
        if wait::is_cancelled(task) {
            node.drop_in_place();
            deadlock::external_ends();
            return wait::fail_cancelled(task);
        }
        poll_sleep(task, node)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_yield_now(task: *mut Task, _node: *mut u8) -> i32 {
    let task = object(task);
    // SAFETY: contract.
    unsafe {
        if wait::is_cancelled(task) {
            return wait::fail_cancelled(task);
        }
        (*task).wake();
        wait::pending(task, Waits::Turn)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_yield_now_finish(task: *mut Task, _node: *mut u8) -> i32 {
    let task = object(task);
    // SAFETY: contract.
    unsafe { if wait::is_cancelled(task) { wait::fail_cancelled(task) } else { status::READY } }
}

/// A function and its argument; gone when it was called or disarmed.
type Action = (fn(usize), usize);

/// Calls a function once after a while. Dropping it disarms it and waits for a call that happens right now.
pub struct Alarm {
    action: Arc<Mutex<Option<Action>>>,
    _timer: async_task::Task<()>,
}

impl Alarm {
    pub fn new(milliseconds: u64, action: fn(usize), data: usize) -> Self {
        deadlock::external_begins();
        let shared = Arc::new(Mutex::new(Some((action, data))));
        let action = Arc::clone(&shared);
        let timer = helper::spawn(async move {
            Timer::after(Duration::from_millis(milliseconds)).await;
            let mut action = crate::sync::lock(&action);
            if let Some((call, data)) = action.take() {
                call(data);
                deadlock::external_ends();
            }
        });
        Self { action: shared, _timer: timer }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        if crate::sync::lock(&self.action).take().is_some() {
            deadlock::external_ends();
        }
    }
}
