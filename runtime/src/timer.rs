//! Time: 睡眠, 让出执行, and alarms that call a function after a while.

use crate::task::wait::{self, Waits, object};
use crate::task::wheel::Node;
use crate::task::{TaskObject, deadlock, helper, scheduler};
use core::future::Future;
use core::pin::Pin;
use core::task::Poll;
use core::time::Duration;
use qi_abi::{Task, node_words, status};
use smol::Timer;
use std::sync::{Arc, Mutex};

const _: () = assert!(size_of::<Node>() <= node_words::TIMER * 8);

/// Polls a timer of a 选择; true when it rang.
///
/// # Safety
/// `task` is the running task, `timer` initialised.
pub unsafe fn poll_timer(task: *mut TaskObject, timer: *mut Timer) -> bool {
    // SAFETY: contract; nodes do not move.
    unsafe { matches!(Pin::new(&mut *timer).poll(&mut (*task).context()), Poll::Ready(_)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_sleep(task: *mut Task, node: *mut Node, milliseconds: i64) -> i32 {
    let task = object(task);
    // SAFETY: contract.
    unsafe {
        if wait::is_cancelled(task) {
            return wait::fail_cancelled(task);
        }
        if milliseconds <= 0 {
            node.write(Node::rung());
            (*task).wake();
            return wait::pending(task, Waits::Turn);
        }
        scheduler::sleep(node, (*task).sleeper(), milliseconds as u64);
        wait::pending(task, Waits::Sleep)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_sleep_finish(task: *mut Task, node: *mut Node) -> i32 {
    let task = object(task);
    // SAFETY: contract: the node of the start.
    unsafe {
        if (*node).has_rung() {
            return status::READY;
        }
        let timers = scheduler::timers((*node).home());
        if wait::is_cancelled(task) {
            return if timers.remove(node) { wait::fail_cancelled(task) } else { status::READY };
        }
        if timers.has_rung(node) { status::READY } else { wait::pending(task, Waits::Sleep) }
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
