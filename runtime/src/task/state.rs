//! Who may run a task, and who keeps its memory: one word. Knows nothing of tasks: `loom` checks this file.
//!
//! | bits | set by | cleared by |
//! |---|---|---|
//! | `QUEUED`: a job for the task exists, or whoever set the bit is about to make one | spawn, a wake | the start of a run |
//! | `RUNNING`: a thread polls it; stays set for good when the task has ended | the start of a run | the end of a run that did not end the task |
//! | the rest counts references to the memory: one of the task itself, one per waker outside the runtime | | |
//!
//! Whoever turns both bits from clear to `QUEUED` owns the next run and must queue the job. The owner alone can make the task go on, so
//! a waker may touch the task until it has queued it. A wake during a run only sets `QUEUED`; the end of the run sees that
//! and queues the task again. Impossible: both bits clear after the task has ended.

use crate::sync::{AtomicU32, fence};
use core::sync::atomic::Ordering;

const QUEUED: u32 = 1;
const RUNNING: u32 = 2;
const REFERENCE: u32 = 4;

pub struct State(AtomicU32);

impl State {
    /// Of a task whose maker queues it, with the task's own reference.
    pub fn new() -> Self {
        Self(AtomicU32::new(QUEUED | REFERENCE))
    }

    /// True if the caller must queue the task.
    #[inline]
    pub fn wake(&self) -> bool {
        // Release even if the bit was set already: what the waker wrote must be seen by the run that this wake is part of;
        // pairs with the acquire in `begin` or `end`.
        self.0.fetch_or(QUEUED, Ordering::AcqRel) & (QUEUED | RUNNING) == 0
    }

    /// The owner of the run starts it.
    #[inline]
    pub fn begin(&self) {
        // QUEUED is set and RUNNING is not, so adding turns one into the other. Acquire pairs with the releases in `wake` and
        // `end` (what the last run wrote).
        self.0.fetch_add(RUNNING - QUEUED, Ordering::AcqRel);
    }

    /// The run is over, the task waits. True if it was woken meanwhile: the caller must queue it.
    #[inline]
    pub fn end(&self) -> bool {
        // Release: the next run, started by whoever wakes the task from now on, sees what this one wrote (pairs with `begin`).
        // Acquire pairs with a wake during the run, which the caller hands on by queueing.
        self.0.fetch_sub(RUNNING, Ordering::AcqRel) & QUEUED != 0
    }

    /// The run is over and the task wants another one: the caller must queue it.
    #[inline]
    pub fn end_again(&self) {
        let mut now = self.0.load(Ordering::Relaxed);
        // As `end`.
        while let Err(other) =
            self.0.compare_exchange_weak(now, (now | QUEUED) - RUNNING, Ordering::AcqRel, Ordering::Relaxed)
        {
            now = other;
        }
    }

    pub fn add_reference(&self) {
        // No ordering: the reference or run it is made from keeps the memory.
        self.0.fetch_add(REFERENCE, Ordering::Relaxed);
    }

    /// True if it was the last: the caller frees the memory.
    pub fn drop_reference(&self) -> bool {
        // Release: uses of the memory come before it is freed; pairs with the fence of whoever drops the last one.
        if self.0.fetch_sub(REFERENCE, Ordering::Release) / REFERENCE != 1 {
            return false;
        }
        fence(Ordering::Acquire);
        true
    }

    /// As `drop_reference`, for the task's own: no other can be made any more, so the common case is a load.
    #[inline]
    pub fn drop_own_reference(&self) -> bool {
        // Acquire pairs with the release of wakers dropped before.
        self.0.load(Ordering::Acquire) / REFERENCE == 1 || self.drop_reference()
    }
}
