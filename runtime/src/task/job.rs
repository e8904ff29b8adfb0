//! What the queues hold, in one word: a task whose next run the holder owns, or a helper future of the runtime (tagged).

use super::object::TaskObject;
use super::{run, scheduler};
use async_task::{Runnable, ScheduleInfo};
use core::ptr::NonNull;

const HELPER: usize = 1;

/// The right and duty to run something once.
#[derive(Debug)]
pub struct Job(NonNull<()>);

// SAFETY: tasks and helper futures are made to be run by any thread, one at a time.
unsafe impl Send for Job {}

impl Job {
    /// The caller owns the task's next run.
    #[inline]
    pub fn task(task: *mut TaskObject) -> Self {
        // SAFETY: tasks are not at address 0.
        Self(unsafe { NonNull::new_unchecked(task.cast()) })
    }

    pub fn helper(runnable: Runnable) -> Self {
        Self(runnable.into_raw().map_addr(|addr| addr | HELPER))
    }

    #[inline]
    pub fn into_word(self) -> usize {
        self.0.as_ptr().expose_provenance()
    }

    /// # Safety
    /// `word` comes from `into_word`, which is undone once.
    #[inline]
    pub unsafe fn from_word(word: usize) -> Self {
        // SAFETY: contract.
        Self(unsafe { NonNull::new_unchecked(core::ptr::with_exposed_provenance_mut(word)) })
    }

    #[inline]
    pub fn run(self) {
        // SAFETY: the tag says what the pointer came from, and the job gives it up.
        unsafe {
            if self.0.addr().get() & HELPER == 0 {
                return run::run(self.0.as_ptr().cast());
            }
            let raw = NonNull::new_unchecked(self.0.as_ptr().map_addr(|addr| addr & !HELPER));
            Runnable::<()>::from_raw(raw).run();
        }
    }

    /// The schedule function of helper futures: zero-sized, so async-task takes its short paths.
    pub fn schedule(runnable: Runnable, info: ScheduleInfo) {
        let job = Self::helper(runnable);
        if info.woken_while_running { scheduler::submit_last(job) } else { scheduler::submit_woken(job) }
    }
}
