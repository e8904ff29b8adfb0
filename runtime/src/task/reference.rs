//! Sleepers that no worker of ours looks after (under `QI_EXECUTOR=smol`): a thread of their own.

use super::wheel::Timers;
use super::{clock, scheduler};
use std::sync::OnceLock;
use std::thread::{self, Thread};
use std::time::Instant;

/// Stands for these timers in a node.
pub const HOME: usize = u16::MAX as usize;

pub static TIMERS: Timers = Timers::new();

static THREAD: OnceLock<Thread> = OnceLock::new();

/// The next deadline is earlier than it was.
pub fn wake() {
    let start = || {
        let builder = thread::Builder::new().name(String::from("qi-timers")).stack_size(256 << 10);
        match builder.spawn(watch) {
            Ok(handle) => handle.thread().clone(),
            Err(_) => crate::input_output::die(2, "不能创建定时器线程"),
        }
    };
    THREAD.get_or_init(start).unpark();
}

fn watch() {
    loop {
        TIMERS.ring(clock::ticks());
        if let Some(scheduler) = scheduler::get() {
            // Everybody may have stopped while this thread still looked busy.
            scheduler.check_idle();
        }
        match TIMERS.next() {
            Some(next) => thread::park_timeout(clock::instant(next).saturating_duration_since(Instant::now())),
            None => thread::park(),
        }
    }
}
