//! The queue of one worker: a ring of job words. The owner pushes; everybody takes from the front, one or several at a time.
//! Knows nothing of jobs: `loom` checks this file.
//!
//! A taker reads the slots first and then moves `head` over them with one compare-and-swap. If that succeeds, nobody took them
//! meanwhile, and the owner did not overwrite them either: it writes slot `i` again only after it saw `head` beyond `i`.

use crate::sync::AtomicUsize;
/// Jobs that fit.
pub use crate::sync::QUEUE_ROOM as ROOM;
use core::sync::atomic::Ordering;

/// Keeps what different threads write on different cache lines.
#[repr(align(128))]
struct Apart<T>(T);

pub struct Queue {
    head: Apart<AtomicUsize>,
    /// Written by the owner only.
    tail: Apart<AtomicUsize>,
    slots: [AtomicUsize; ROOM],
}

impl Queue {
    pub fn new() -> Self {
        Self {
            head: Apart(AtomicUsize::new(0)),
            tail: Apart(AtomicUsize::new(0)),
            slots: core::array::from_fn(|_| AtomicUsize::new(0)),
        }
    }

    fn slot(&self, index: usize) -> &AtomicUsize {
        &self.slots[index % ROOM]
    }

    /// Gives the job back if there is no room.
    ///
    /// # Safety
    /// Called by the owner.
    #[inline]
    pub unsafe fn push(&self, job: usize) -> Result<(), usize> {
        let tail = self.tail.0.load(Ordering::Relaxed);
        // Acquire pairs with the takers' swap of `head`: they have read the slot before we overwrite it.
        if tail.wrapping_sub(self.head.0.load(Ordering::Acquire)) >= ROOM {
            return Err(job);
        }
        self.slot(tail).store(job, Ordering::Relaxed);
        // Release: the slot and the job behind it come first; pairs with the takers' load of `tail`.
        self.tail.0.store(tail.wrapping_add(1), Ordering::Release);
        Ok(())
    }

    #[inline]
    pub fn pop(&self) -> Option<usize> {
        let mut one = [0];
        (self.take(&mut one, |_| 1) == 1).then_some(one[0])
    }

    /// Takes as many jobs from the front as `wanted` says for the number there are, and returns how many.
    #[inline]
    pub fn take(&self, out: &mut [usize], wanted: impl Fn(usize) -> usize) -> usize {
        // Acquire pairs with the swap of other takers: `tail`, read next, is not older than `head`.
        let mut head = self.head.0.load(Ordering::Acquire);
        loop {
            // Acquire pairs with the owner's store in `push`.
            let len = self.tail.0.load(Ordering::Acquire).wrapping_sub(head);
            if len > ROOM {
                // Others took jobs and more came between the two loads.
                head = self.head.0.load(Ordering::Acquire);
                continue;
            }
            let count = wanted(len).min(len).min(out.len());
            if count == 0 {
                return 0;
            }
            for (offset, out) in out.iter_mut().take(count).enumerate() {
                *out = self.slot(head.wrapping_add(offset)).load(Ordering::Relaxed);
            }
            // Release: the slots are read before the owner may overwrite them; pairs with the load in `push`.
            let next = head.wrapping_add(count);
            match self.head.0.compare_exchange(head, next, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return count,
                Err(other) => head = other,
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        let head = self.head.0.load(Ordering::Acquire);
        self.tail.0.load(Ordering::Acquire) == head
    }
}
