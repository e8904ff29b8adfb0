//! A foreign thread (or a worker inside C code) that waits for something of the runtime.

use crate::task::object::TaskObject;
use crate::task::scheduler;
use crate::task::wait::{Seat, Sleeper, WAITING, Waiter, outcome};
use core::ptr;
use core::task::Waker;
use std::sync::Arc;
use std::task::Wake;
use std::thread::{self, Thread};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

pub fn waker() -> Seat {
    Seat(Waker::from(Arc::new(Unpark(thread::current()))))
}

/// Sleeps until the waiter is served.
///
/// # Safety
/// `waiter` was made with this thread's `waker` and is linked.
pub unsafe fn wait(waiter: *const Waiter) -> u32 {
    scheduler::before_blocking();
    loop {
        // SAFETY: contract.
        let state = unsafe { outcome(waiter) };
        if state != WAITING {
            return state;
        }
        thread::park();
    }
}

/// Sleeps until the task has finished.
///
/// # Safety
/// The caller holds a reference to the task.
pub unsafe fn join(task: *mut TaskObject) {
    let waker = waker();
    let mut waiter = Waiter::new(Sleeper::new(&waker), ptr::null_mut(), ptr::null_mut());
    // SAFETY: contract; waiter and waker stay put until the waiter is served.
    unsafe {
        let Some(mut waiters) = (*task).finished.lock() else { return };
        waiters.push(&mut waiter);
        drop(waiters);
        wait(&waiter);
    }
}
