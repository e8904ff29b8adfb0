//! The monitor thread: notices workers that are stuck in plain code for more than 10 ms while work waits, and starts spare
//! threads; carries out signals (Ctrl-C cancels the main scope, Ctrl-\ prints the tasks). It sleeps while all workers do.

use super::scheduler::{self, Scheduler};
use super::{deadlock, main, scope};
use crate::interrupt;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};
use std::collections::HashMap;

const PERIOD_MILLISECONDS: i32 = 10;

static PIPE: AtomicI32 = AtomicI32::new(-1);
static ASLEEP: AtomicBool = AtomicBool::new(false);
static STUCK: AtomicUsize = AtomicUsize::new(0);
static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static DUMP: AtomicBool = AtomicBool::new(false);

/// Spare threads that stand in for stuck workers.
pub fn spares_needed() -> usize {
    STUCK.load(Ordering::Relaxed)
}

pub fn was_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Called when an idle worker is woken: the monitor watches again.
pub fn work_begins() {
    if ASLEEP.load(Ordering::SeqCst) && ASLEEP.swap(false, Ordering::AcqRel) {
        kick();
    }
}

fn kick() {
    // SAFETY: a byte into our own pipe; async-signal-safe.
    unsafe { libc::write(PIPE.load(Ordering::Relaxed), b"x".as_ptr().cast(), 1) };
}

pub fn start() {
    let mut ends = [0; 2];
    // SAFETY: room for two descriptors.
    if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC | libc::O_NONBLOCK) } != 0 {
        return;
    }
    PIPE.store(ends[1], Ordering::Relaxed);
    catch_signals();
    let builder = std::thread::Builder::new().name(String::from("qi-monitor")).stack_size(256 << 10);
    // Without a monitor everything works, only less evenly.
    let _ = builder.spawn(move || watch(ends[0]));
}

fn catch_signals() {
    // SAFETY: fully initialised actions; the handler is async-signal-safe.
    unsafe {
        let mut action: libc::sigaction = core::mem::zeroed();
        action.sa_sigaction = on_signal as *const () as usize;
        action.sa_flags = libc::SA_RESTART;
        for signal in [libc::SIGINT, libc::SIGQUIT] {
            if interrupt::is_free(signal) {
                libc::sigaction(signal, &action, ptr::null_mut());
            }
        }
    }
}

extern "C" fn on_signal(signal: libc::c_int) {
    if signal == libc::SIGQUIT {
        DUMP.store(true, Ordering::Relaxed);
    } else if INTERRUPTED.swap(true, Ordering::Relaxed) {
        // SAFETY: ends the process at once.
        unsafe { libc::_exit(130) };
    }
    kick();
}

fn watch(pipe: i32) {
    let mut seen: HashMap<usize, u64> = HashMap::new();
    let mut interrupt_done = false;
    loop {
        let scheduler = scheduler::get().expect("started with the scheduler");
        // Announced first, then looked: a worker that wakes in between either sees us asleep or is seen awake.
        ASLEEP.store(true, Ordering::SeqCst);
        let sleeps = scheduler.idle.count() >= scheduler.threads.load(Ordering::SeqCst);
        if !sleeps {
            // It looks again soon anyway: nobody needs to kick.
            ASLEEP.store(false, Ordering::Relaxed);
        }
        wait(pipe, if sleeps { -1 } else { PERIOD_MILLISECONDS });
        ASLEEP.store(false, Ordering::Relaxed);
        if DUMP.swap(false, Ordering::Relaxed) {
            crate::input_output::write_error(&crate::dump::tasks(crate::dump::Detail::Place));
        }
        if was_interrupted() && !core::mem::replace(&mut interrupt_done, true) {
            main::interrupt();
        }
        deadlock::set_holding(true);
        // A worker that is stuck in a job may have looked a moment too early.
        scope::look();
        relieve(scheduler, &mut seen);
        deadlock::set_holding(false);
        // The last worker may have gone to sleep meanwhile.
        scheduler.check_idle();
    }
}

/// Waits for a kick or the time.
fn wait(pipe: i32, milliseconds: i32) {
    let mut interest = libc::pollfd { fd: pipe, events: libc::POLLIN, revents: 0 };
    let mut bytes = [0u8; 64];
    // SAFETY: one live entry; a live buffer.
    unsafe {
        libc::poll(&mut interest, 1, milliseconds);
        while libc::read(pipe, bytes.as_mut_ptr().cast(), bytes.len()) > 0 {}
    }
}

/// Counts workers that run the same job as one period ago; adds a spare if work waits and nobody can take it.
fn relieve(scheduler: &'static Scheduler, seen: &mut HashMap<usize, u64>) {
    let threads = scheduler.threads.load(Ordering::SeqCst);
    let mut stuck = 0;
    for (index, worker) in scheduler.workers.iter().take(threads).enumerate() {
        let ticks = worker.ticks.load(Ordering::Relaxed);
        if seen.insert(index, ticks) == Some(ticks) && ticks % 2 == 1 {
            stuck += 1;
            scheduler.rescue_slot(worker);
        }
    }
    STUCK.store(stuck, Ordering::Relaxed);
    scheduler.ring_overdue();
    let waiting = scheduler.has_work() || deadlock::has_external();
    if stuck > 0 && waiting && scheduler.idle.count() == 0 && threads - stuck < scheduler.wanted {
        scheduler::add_spare(scheduler);
    }
}
