//! Deadlock: nothing runs, nothing from outside can wake anybody, and tasks are left. Every wait for something outside (a
//! descriptor, a blocking job, an alarm, a foreign thread) counts itself here while it lasts; sleepers are counted by the workers.

use super::wait::Waits;
use super::{scheduler, scope};
use crate::dump;
use crate::input_output;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Waits for something outside.
static EXTERNAL: AtomicUsize = AtomicUsize::new(0);
/// Jobs submitted and not yet run; kept for the smol backend only, whose idleness we do not see.
static RUNNABLE: AtomicUsize = AtomicUsize::new(0);
/// Jobs ever submitted to it.
static SUBMITTED: AtomicUsize = AtomicUsize::new(0);
/// Qi owns the main function: only then a standstill is final.
static WATCHED: AtomicBool = AtomicBool::new(false);

/// The monitor may hold work that is in no queue.
static HOLDING: AtomicBool = AtomicBool::new(false);

/// To be followed by a look for a deadlock when it is over.
pub fn set_holding(holding: bool) {
    HOLDING.store(holding, Ordering::SeqCst);
}

pub fn watch() {
    WATCHED.store(true, Ordering::Relaxed);
}

/// The program ends: tasks that still wait are left behind.
pub fn unwatch() {
    WATCHED.store(false, Ordering::Relaxed);
}

pub fn external_begins() {
    EXTERNAL.fetch_add(1, Ordering::SeqCst);
}

pub fn external_ends() {
    EXTERNAL.fetch_sub(1, Ordering::SeqCst);
}

pub fn has_external() -> bool {
    reactor_is_needed() || scheduler::any_sleeper()
}

/// Whether something waits that only smol's reactor or another thread brings about.
pub fn reactor_is_needed() -> bool {
    EXTERNAL.load(Ordering::SeqCst) > 0
}

pub fn runnable_begins() {
    RUNNABLE.fetch_add(1, Ordering::SeqCst);
    SUBMITTED.fetch_add(1, Ordering::SeqCst);
}

pub fn runnable_ends() {
    if RUNNABLE.fetch_sub(1, Ordering::SeqCst) == 1 {
        input_output::flush();
        // Only if nothing ran between the looks do they belong together.
        let submitted = SUBMITTED.load(Ordering::SeqCst);
        let idle = RUNNABLE.load(Ordering::SeqCst) == 0 && is_stuck();
        if idle && SUBMITTED.load(Ordering::SeqCst) == submitted {
            report();
        }
    }
}

/// Called when no job is queued or running.
pub fn check_when_idle() {
    if is_stuck() {
        report();
    }
}

fn is_stuck() -> bool {
    // With an empty main scope the program ends, whatever detached tasks wait for.
    WATCHED.load(Ordering::Relaxed) && scope::MAIN.alive() > 0 && !has_external() && !HOLDING.load(Ordering::SeqCst)
}

#[cold]
fn report() -> ! {
    let tasks = dump::tasks(dump::Detail::Stack);
    let message = format!("死锁：所有任务都在等待，没有什么能唤醒它们\n{tasks}{}", hints());
    input_output::flush();
    input_output::write_error(&message);
    // SAFETY: ends the process; the other workers sleep.
    unsafe { libc::_exit(2) }
}

/// What usually helps.
fn hints() -> String {
    let (mut sends, mut receives) = (false, false);
    scope::each_task(|it, _| {
        let waits = if it.is_finished() { Waits::Nothing as u8 } else { it.waits.load(Ordering::Relaxed) };
        sends |= waits == Waits::Send as u8;
        receives |= waits == Waits::Receive as u8;
    });
    let mut hints = String::new();
    if sends {
        hints.push_str("提示：没有人接收。“通道<T>()”没有位置，发送要等到有人接收；要先放着，写“通道<T>(n)”\n");
    }
    if receives {
        hints.push_str(
            "提示：没有人发送。发完了就“关闭()”通道，接收的循环才会结束；不必等到结束的任务写“启动 后台 …”\n",
        );
    }
    hints
}

pub const TICKS_PER_SECOND: u32 = 64;

/// Ticks of a cheap clock, for ages; wraps around after two years.
pub fn coarse_time() -> u32 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    #[cfg(target_os = "linux")]
    let clock = libc::CLOCK_MONOTONIC_COARSE;
    #[cfg(not(target_os = "linux"))]
    let clock = libc::CLOCK_MONOTONIC;
    // SAFETY: a live place.
    unsafe { libc::clock_gettime(clock, &mut time) };
    let parts = time.tv_nsec as u32 / (1_000_000_000 / TICKS_PER_SECOND);
    (time.tv_sec as u32).wrapping_mul(TICKS_PER_SECOND).wrapping_add(parts)
}
