//! The main task and the end of the program: waits for the main scope, then cancels what is detached and waits a little.

use super::object::{TaskObject, flags, is_cancellation};
use super::scope::{self, DETACHED, MAIN, cause};
use super::{deadlock, helper, inject, monitor, run, scheduler};
use crate::error;
use crate::input_output;
use crate::memory;
use crate::start;
use crate::sync::lock;
use core::ffi::c_char;
use core::future::Future;
use core::pin::Pin;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use core::task::{Context, Poll, Waker};
use qi_abi::{Error, SpawnInfo};
use smol::Timer;
use std::sync::Mutex;
use std::time::{Duration, Instant};

const GRACE: Duration = Duration::from_secs(1);
/// Exit code after Ctrl-C.
const INTERRUPTED: i64 = 130;

mod phase {
    /// The entry function is plain and still runs.
    pub const PLAIN: u8 = 0;
    /// The main scope decides.
    pub const RUNNING: u8 = 1;
    pub const DONE: u8 = 2;
    /// Detached tasks clean up.
    pub const GRACE: u8 = 3;
}
static PHASE: AtomicU8 = AtomicU8::new(phase::PLAIN);
static GRACE_END: Mutex<Option<Instant>> = Mutex::new(None);
/// The main thread is worker 0.
static MAIN_WORKS: AtomicBool = AtomicBool::new(false);
static WAITER: Mutex<Option<Waker>> = Mutex::new(None);

/// The main scope is empty and nothing can be added: the entry has returned. In the grace time: nothing detached is left, or
/// the time is over.
#[inline]
pub fn is_done() -> bool {
    let phase = PHASE.load(Ordering::Acquire);
    phase > phase::RUNNING && is_done_in(phase)
}

#[cold]
fn is_done_in(phase: u8) -> bool {
    match phase {
        phase::DONE => true,
        phase::GRACE => DETACHED.alive() == 0 || lock(&GRACE_END).is_none_or(|end| Instant::now() >= end),
        _ => false,
    }
}

/// Ready when `is_done`; for the smol backend and threads that only wait.
pub struct Done;

impl Future for Done {
    type Output = ();
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        *lock(&WAITER) = Some(cx.waker().clone());
        if is_done() { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// 主函数 has returned: from now on somebody must notice when a static scope is empty.
static ENDING: AtomicBool = AtomicBool::new(false);

/// Before the main task is counted as ended, or when a plain 主函数 has returned.
pub fn entry_ends() {
    // SeqCst, as the fence in `scope::look`: either whoever counted the last task sees this, or the look after this sees its count.
    ENDING.store(true, Ordering::SeqCst);
}

#[inline]
pub fn is_ending() -> bool {
    ENDING.load(Ordering::SeqCst)
}

/// Whether the last task of a static scope has ended; wakes the main thread if so.
#[cold]
pub fn look() {
    if MAIN.alive() == 0 {
        let _ = PHASE.compare_exchange(phase::RUNNING, phase::DONE, Ordering::AcqRel, Ordering::Relaxed);
    } else if PHASE.load(Ordering::Acquire) != phase::GRACE || DETACHED.alive() > 0 {
        return;
    }
    wake_main();
}

fn wake_main() {
    let waiter = lock(&WAITER).take();
    if let Some(waiter) = waiter {
        waiter.wake();
    }
    if let Some(scheduler) = scheduler::get() {
        scheduler.poke(0);
    }
}

/// See `qi_abi::symbols::START_TASK`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_start_task(
    argc: i32,
    argv: *const *const c_char,
    abi: u32,
    info: *const SpawnInfo,
    release: unsafe extern "C" fn(),
) -> i32 {
    start::begin(argc, argv, abi);
    deadlock::watch();
    scheduler::start_with(1);
    MAIN_WORKS.store(true, Ordering::Relaxed);
    PHASE.store(phase::RUNNING, Ordering::Release);
    // SAFETY: contract: the entry's description; it takes no arguments.
    let main = unsafe { run::spawn_in(&*info, ptr::null(), flags::MAIN | flags::OBSERVED, &raw const MAIN) };
    scheduler::run_main();
    // SAFETY: our reference; the main task has finished.
    let code = unsafe {
        let task = main.cast::<TaskObject>();
        let failure = (*task).abi.error;
        if failure.is_null() { (*task).value().cast::<i64>().read() } else { 1 }
    };
    // SAFETY: our reference.
    unsafe { memory::release(main) };
    // SAFETY: contract.
    unsafe { start::end(code, false, release) }
}

/// Ends the tasks: registered to run when the entry has returned (a plain entry returns before its tasks).
pub fn finish(code: &mut i64, failed: bool) -> bool {
    if failed {
        scope::cancel(&MAIN, cause::CANCELLED);
    }
    if PHASE.compare_exchange(phase::PLAIN, phase::RUNNING, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
        deadlock::watch();
        entry_ends();
        look();
        if !is_done() {
            if let Some(scheduler) = scheduler::get() {
                // Everything may wait already: then nobody would look again.
                scheduler.check_idle();
            }
            smol::block_on(Done);
        }
    }
    let all_ended = end_detached();
    inject::report();
    if monitor::was_interrupted() {
        *code = INTERRUPTED;
    }
    all_ended
}

/// For C programs: waits until no task is left, without ending anything for good.
pub fn wait_for_all() {
    while scope::any_alive() {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// False if some had to be left running.
fn end_detached() -> bool {
    if DETACHED.alive() == 0 {
        return true;
    }
    *lock(&GRACE_END) = Some(Instant::now() + GRACE);
    PHASE.store(phase::GRACE, Ordering::Release);
    deadlock::unwatch();
    scope::cancel(&DETACHED, cause::CANCELLED);
    let bell = helper::spawn(async {
        Timer::after(GRACE).await;
        wake_main();
    });
    if MAIN_WORKS.load(Ordering::Relaxed) {
        scheduler::run_main()
    } else {
        smol::block_on(Done)
    }
    drop(bell);
    let left = DETACHED.alive();
    if left > 0 {
        let mut report = format!("警告：{left} 个后台任务在退出时没有结束\n");
        scope::each_task(|task, _| {
            if task.has(flags::DETACHED) {
                report.push_str(&crate::dump::task(task, 1, crate::dump::Detail::Place));
            }
        });
        input_output::flush();
        input_output::write_error(&report);
    }
    left == 0
}

/// The first Ctrl-C: the main scope is cancelled, so clean-ups run. Whoever read our output may have got the signal too.
pub fn interrupt() {
    input_output::outlive_reader();
    scope::cancel(&MAIN, cause::CANCELLED);
}

/// An error left 主函数: reported at once; what it started is cancelled.
///
/// # Safety
/// `failure` is live.
pub unsafe fn failed(failure: *mut Error) {
    // SAFETY: contract.
    unsafe {
        if !(is_cancellation(failure) && monitor::was_interrupted()) {
            error::qi_error_uncaught(error::duplicate(failure));
        }
    }
    scope::cancel(&MAIN, cause::CANCELLED);
}

/// Writes to closed sockets and pipes are errors, not signals.
pub fn ignore_broken_pipes() {
    // SAFETY: a plain call.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
}
