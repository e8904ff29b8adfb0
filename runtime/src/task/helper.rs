//! Futures of the runtime itself (timers of scopes, network operations) on the same queues as tasks.

use super::job::{Class, Job};
use super::scheduler;
use async_task::{ScheduleInfo, Task};
use core::future::Future;

/// Starts a future; dropping the result cancels it.
pub fn spawn<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> Task<T> {
    scheduler::start();
    let (runnable, task) = async_task::spawn(
        future,
        async_task::WithInfo(|runnable, info: ScheduleInfo| Job::schedule::<()>(runnable, info)),
    );
    scheduler::submit_new(Job::new(runnable, Class::Helper));
    task
}
