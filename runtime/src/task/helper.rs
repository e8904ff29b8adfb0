//! Futures of the runtime itself (timers of scopes, network operations) on the same queues as tasks.

use super::job::Job;
use super::scheduler;
use async_task::{ScheduleInfo, Task};
use core::future::Future;

/// Lies in a helper's allocation, so that pointers to it have room for the class of a job.
#[repr(align(16))]
struct Aligned;

/// Starts a future; dropping the result cancels it.
pub fn spawn<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> Task<T> {
    scheduler::start();
    let aligned = Aligned;
    let schedule = move |runnable, info: ScheduleInfo| {
        let _ = &aligned;
        Job::schedule::<()>(runnable, info);
    };
    let (runnable, task) = async_task::spawn(future, async_task::WithInfo(schedule));
    scheduler::submit_new(Job::new(runnable));
    task
}
