//! Time: 睡眠, 让出执行, and alarms that call a function after a while.

use crate::sync::lock;
use crate::task::scheduler;
use crate::task::wait::{self, Seat, Sleeper, Waits, object};
use crate::task::wheel::Node;
use core::cell::UnsafeCell;
use core::task::Waker;
use qi_abi::{Task, node_words, status};
use std::sync::{Arc, Mutex};
use std::task::Wake;

const _: () = assert!(size_of::<Node>() <= node_words::TIMER * 8);

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_sleep(task: *mut Task, node: *mut Node, milliseconds: i64) -> i32 {
    let task = object(task);
    // SAFETY: contract.
    unsafe {
        if wait::is_cancelled(task) {
            return wait::fail_cancelled(task);
        }
        if milliseconds <= 0 {
            if wait::may_go_on(task) {
                return status::READY;
            }
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
        if wait::may_go_on(task) {
            return status::READY;
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

/// Calls a short function of the runtime once after a while, on whatever thread rings. Dropping it disarms it and waits for a call that happens right now.
pub struct Alarm(Arc<Shared>);

/// Stays put: the wheel refers to node and waker.
struct Shared {
    action: Mutex<Option<Action>>,
    node: UnsafeCell<Node>,
    /// Refers back to this, until the alarm is dropped.
    waker: UnsafeCell<Option<Seat>>,
}

// SAFETY: the node is touched as the wheel says; the waker changes before the wheel knows it and after it does not any more.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Wake for Shared {
    fn wake(self: Arc<Self>) {
        let mut action = lock(&self.action);
        if let Some((call, data)) = action.take() {
            call(data);
        }
    }
}

impl Alarm {
    pub fn new(milliseconds: u64, action: fn(usize), data: usize) -> Self {
        scheduler::start();
        let shared = Arc::new(Shared {
            action: Mutex::new(Some((action, data))),
            node: UnsafeCell::new(Node::rung()),
            waker: UnsafeCell::new(None),
        });
        // SAFETY: nobody else knows the alarm yet; node and waker stay where they are until it is dropped.
        unsafe {
            let waker = (*shared.waker.get()).insert(Seat(Waker::from(Arc::clone(&shared))));
            scheduler::sleep(shared.node.get(), Sleeper::new(waker), milliseconds);
        }
        Self(shared)
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        // SAFETY: the node was added; once it is out of the wheel, nobody refers to the waker.
        unsafe {
            let node = self.0.node.get();
            scheduler::timers((*node).home()).remove(node);
            *self.0.waker.get() = None;
        }
        *lock(&self.0.action) = None;
    }
}
