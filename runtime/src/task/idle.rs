//! Which workers sleep, and how work wakes one of them. Knows nothing of queues or threads: `loom` checks this file.
//!
//! No wake is lost: a submitter pushes its work and then looks for idle workers; a worker publishes itself as idle and then
//! looks at all queues again; a SeqCst fence, or a push that is as good, stands between the two steps on both sides. One searching worker stands for all
//! submissions meanwhile: nobody else is woken, and when it finds work it wakes the next.

use crate::sync::{AtomicUsize, Mutex, fence, fence_after_push, lock};
use core::sync::atomic::Ordering;

pub struct Idle {
    sleeping: Mutex<Vec<usize>>,
    /// Length of `sleeping`; written under its lock.
    count: AtomicUsize,
    searching: AtomicUsize,
}

impl Idle {
    pub fn new() -> Self {
        Self { sleeping: Mutex::new(Vec::new()), count: AtomicUsize::new(0), searching: AtomicUsize::new(0) }
    }

    pub fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// After pushing work: the worker to wake, which counts as searching from now on.
    pub fn choose(&self, prefer: usize) -> Option<usize> {
        fence_after_push();
        if self.searching.load(Ordering::SeqCst) != 0 || self.count.load(Ordering::SeqCst) == 0 {
            return None;
        }
        self.take_one(prefer)
    }

    #[cold]
    fn take_one(&self, prefer: usize) -> Option<usize> {
        let mut sleeping = lock(&self.sleeping);
        let preferred = sleeping.iter().position(|&index| index == prefer);
        let index = preferred.map(|at| sleeping.swap_remove(at)).or_else(|| sleeping.pop())?;
        self.count.store(sleeping.len(), Ordering::SeqCst);
        self.searching.fetch_add(1, Ordering::SeqCst);
        Some(index)
    }

    /// Publishes a worker that found nothing. False if `has_work` says otherwise: it then counts as searching, for the
    /// submitters of that work may have relied on its last search. `all_asleep` runs with the number of sleepers, while
    /// nobody can wake up.
    pub fn sleep(&self, index: usize, has_work: impl FnOnce() -> bool, all_asleep: impl FnOnce(usize)) -> bool {
        let mut sleeping = lock(&self.sleeping);
        sleeping.push(index);
        self.count.store(sleeping.len(), Ordering::SeqCst);
        fence(Ordering::SeqCst);
        if has_work() {
            sleeping.pop();
            self.count.store(sleeping.len(), Ordering::SeqCst);
            self.searching.fetch_add(1, Ordering::SeqCst);
            return false;
        }
        all_asleep(sleeping.len());
        true
    }

    /// A worker is awake again, whoever woke it. True if it was chosen and so counts as searching.
    pub fn wake(&self, index: usize) -> bool {
        let mut sleeping = lock(&self.sleeping);
        let Some(at) = sleeping.iter().position(|&other| other == index) else { return true };
        sleeping.swap_remove(at);
        self.count.store(sleeping.len(), Ordering::SeqCst);
        false
    }

    /// Starts to search on its own account, unless enough others do.
    pub fn begin_search(&self, limit: usize) -> bool {
        if self.searching.load(Ordering::SeqCst) >= limit {
            return false;
        }
        self.searching.fetch_add(1, Ordering::SeqCst);
        true
    }

    /// Ends a search; true if it was the last: then somebody must look after further work.
    pub fn end_search(&self) -> bool {
        self.searching.fetch_sub(1, Ordering::SeqCst) == 1
    }

    /// Runs `look` with the number of sleepers while nobody can wake up.
    pub fn frozen<R>(&self, look: impl FnOnce(usize) -> R) -> R {
        let sleeping = lock(&self.sleeping);
        look(sleeping.len())
    }
}
