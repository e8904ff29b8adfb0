//! How many tasks of the two static scopes live. Each worker counts those it starts and ends by itself, so that a task costs no
//! read-modify-write; whoever wants the sum adds up.

use super::{scheduler, scope};
use core::sync::atomic::{AtomicUsize, Ordering};

/// Tasks of a static scope that one worker (its only writer) counted.
pub struct Counts {
    started: AtomicUsize,
    ended: AtomicUsize,
}

impl Counts {
    pub const fn new() -> Self {
        Self { started: AtomicUsize::new(0), ended: AtomicUsize::new(0) }
    }
}

/// What other threads counted.
static OTHERS: [Counts; 2] = [Counts::new(), Counts::new()];

/// A task of static scope `which` starts.
#[inline]
pub fn started(which: usize) {
    match scheduler::this_worker() {
        Some(worker) => {
            let count = &worker.counts[which].started;
            // Release: pairs with `alive`, through the end of the starter at the latest.
            count.store(count.load(Ordering::Relaxed) + 1, Ordering::Release);
        }
        None => _ = OTHERS[which].started.fetch_add(1, Ordering::SeqCst),
    }
}

/// A task of static scope `which` has ended. Whoever wants to know when the last one has is told by [`scope::look`]: at once, or by
/// this worker after its job.
#[inline]
pub fn ended(which: usize) {
    match scheduler::this_worker() {
        Some(worker) => {
            let count = &worker.counts[which].ended;
            // Release: what the task did comes before; pairs with `alive`.
            count.store(count.load(Ordering::Relaxed) + 1, Ordering::Release);
            worker.ended.store(true, Ordering::Relaxed);
        }
        None => {
            OTHERS[which].ended.fetch_add(1, Ordering::SeqCst);
            scope::look();
        }
    }
}

/// Tasks of static scope `which` that were started and have not ended. Ends are read first: whoever is seen to have ended had
/// counted the tasks it started before, so 0 means that all had ended.
pub fn alive(which: usize) -> usize {
    let sum = |part: fn(&Counts) -> &AtomicUsize| {
        // Asked for anew each time: a worker that came meanwhile may have counted the start of a task whose starter is seen to have ended.
        let workers = scheduler::get().map_or(&[][..], |it| it.used_workers());
        let all = workers.iter().map(|worker| &worker.counts[which]).chain([&OTHERS[which]]);
        all.fold(0, |sum: usize, counts| sum.wrapping_add(part(counts).load(Ordering::SeqCst)))
    };
    let ended = sum(|it| &it.ended);
    let started = sum(|it| &it.started);
    started.wrapping_sub(ended)
}
