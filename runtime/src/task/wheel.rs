//! The sleeping tasks of one worker, by deadline: a wheel of 64 slots per level, each level 64 times coarser than the one before. To
//! sleep costs no allocation: the node lies in the sleeper's frame. A tick is a millisecond.
//!
//! A node stands at the level of the highest 6-bit digit in which its deadline differs from `now`; when the digits above
//! become equal, its slot is spread over the levels below. So at each level all nodes lie in slots ahead of `now`'s digit (at
//! level 0 also in that very slot), and the lowest level that is not empty holds the earliest.

use super::wait::Sleeper;
use crate::sync::lock;
use core::ptr;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use core::task::Waker;
use std::sync::Mutex;

const DIGIT: u32 = 6;
const SLOTS: usize = 1 << DIGIT;
const LEVELS: usize = 8;
/// Deadlines are not later than this: 8,900 years.
const LIMIT: u64 = (1 << HOME) - 1;
const HOME: u32 = 48;
/// Sleepers that are woken under one lock.
const BATCH: usize = 64;

/// `Node::next` of a node that rang.
const RUNG: usize = 1;

/// One sleep; lies in the node words of a frame.
#[repr(C)]
pub struct Node {
    /// The next of the same slot, in a circle; or `RUNG`, the last store to a node that rings.
    next: AtomicUsize,
    previous: *mut Node,
    /// The deadline, and above it which timers the node is in.
    when: u64,
    sleeper: Sleeper,
}

impl Node {
    /// A sleep that is over.
    pub fn rung() -> Self {
        Self { next: AtomicUsize::new(RUNG), previous: ptr::null_mut(), when: 0, sleeper: Sleeper::NOBODY }
    }

    /// The number that was given to `Timers::add`.
    pub fn home(&self) -> usize {
        (self.when >> HOME) as usize
    }

    fn deadline(&self) -> u64 {
        self.when & LIMIT
    }

    pub fn has_rung(&self) -> bool {
        // Acquire pairs with the store in `Timers::collect`: the node is ours again.
        self.next.load(Ordering::Acquire) == RUNG
    }

    fn next(&self) -> *mut Node {
        ptr::with_exposed_provenance_mut(self.next.load(Ordering::Relaxed))
    }

    fn set_next(&self, next: *mut Node) {
        self.next.store(next.expose_provenance(), Ordering::Relaxed);
    }
}

struct Wheel {
    now: u64,
    /// Which slots are not empty.
    occupied: [u64; LEVELS],
    /// The first node of each.
    slots: [[*mut Node; SLOTS]; LEVELS],
}

fn level(now: u64, deadline: u64) -> usize {
    ((now ^ deadline) | 1).ilog2() as usize / DIGIT as usize
}

fn digit(time: u64, level: usize) -> usize {
    (time >> (level * DIGIT as usize)) as usize % SLOTS
}

impl Wheel {
    fn new() -> Box<Self> {
        Box::new(Self { now: 0, occupied: [0; LEVELS], slots: [[ptr::null_mut(); SLOTS]; LEVELS] })
    }

    /// # Safety
    /// `node` stays put until it rings or is taken out.
    unsafe fn link(&mut self, node: *mut Node) {
        // SAFETY: contract; linked nodes are alive.
        unsafe {
            let deadline = (*node).deadline().max(self.now);
            let level = level(self.now, deadline);
            let slot = digit(deadline, level);
            let first = self.slots[level][slot];
            if first.is_null() {
                (*node).previous = node;
                (*node).set_next(node);
                self.slots[level][slot] = node;
                self.occupied[level] |= 1 << slot;
            } else {
                let last = (*first).previous;
                (*node).previous = last;
                (*node).set_next(first);
                (*last).set_next(node);
                (*first).previous = node;
            }
        }
    }

    /// # Safety
    /// `node` is linked.
    unsafe fn unlink(&mut self, node: *mut Node) {
        // SAFETY: contract; linked nodes are alive.
        unsafe {
            // `now` has not reached a digit that would move the node, so it is where `link` put it.
            let deadline = (*node).deadline().max(self.now);
            let level = level(self.now, deadline);
            let first = &mut self.slots[level][digit(deadline, level)];
            let next = (*node).next();
            if next == node {
                *first = ptr::null_mut();
                self.occupied[level] &= !(1 << digit(deadline, level));
                return;
            }
            let previous = (*node).previous;
            (*previous).set_next(next);
            (*next).previous = previous;
            if *first == node {
                *first = next;
            }
        }
    }

    /// The lowest level that is not empty and the start of its first slot: nothing happens before.
    fn earliest(&self) -> Option<(usize, u64)> {
        let level = self.occupied.iter().position(|&slots| slots != 0)?;
        let slot = u64::from(self.occupied[level].trailing_zeros());
        let shift = level as u32 * DIGIT;
        Some((level, ((self.now >> shift >> DIGIT << DIGIT) | slot) << shift))
    }

    /// Takes out a node whose deadline is not after `time`, earliest first.
    fn due(&mut self, time: u64) -> Option<*mut Node> {
        loop {
            let Some((level, start)) = self.earliest().filter(|&(_, start)| start <= time) else {
                self.now = self.now.max(time);
                return None;
            };
            let first = self.slots[level][digit(start, level)];
            if level == 0 {
                // SAFETY: linked; at level 0 the slot's start is the deadline.
                unsafe { self.unlink(first) };
                self.now = self.now.max(start);
                return Some(first);
            }
            self.slots[level][digit(start, level)] = ptr::null_mut();
            self.occupied[level] &= !(1 << digit(start, level));
            self.now = start;
            let mut node = first;
            loop {
                // SAFETY: the nodes of the circle are alive and linked nowhere else.
                unsafe {
                    let next = (*node).next();
                    self.link(node);
                    if next == first {
                        break;
                    }
                    node = next;
                }
            }
        }
    }
}

/// A worker's wheel. Only the worker adds; whoever is cancelled takes itself out; the worker rings, or the monitor for it.
pub struct Timers {
    wheel: Mutex<Option<Box<Wheel>>>,
    /// Nothing happens before this tick; written under the lock.
    next: AtomicU64,
    /// Nodes in the wheel; written under the lock.
    count: AtomicUsize,
    /// Threads that are waking sleepers.
    ringing: AtomicUsize,
}

// SAFETY: nodes are touched under the lock.
unsafe impl Send for Timers {}
// SAFETY: as above.
unsafe impl Sync for Timers {}

impl Timers {
    pub const fn new() -> Self {
        Self {
            wheel: Mutex::new(None),
            next: AtomicU64::new(u64::MAX),
            count: AtomicUsize::new(0),
            ringing: AtomicUsize::new(0),
        }
    }

    /// The tick before which nothing happens; none if nobody sleeps.
    #[inline]
    pub fn next(&self) -> Option<u64> {
        let next = self.next.load(Ordering::Relaxed);
        (next != u64::MAX).then_some(next)
    }

    /// Whether somebody sleeps or is not queued yet after his sleep.
    pub fn any(&self) -> bool {
        // In this order: a ringer leaves `count` first and `ringing` when the woken are queued.
        self.count.load(Ordering::SeqCst) > 0 || self.ringing.load(Ordering::SeqCst) > 0
    }

    fn note(&self, wheel: &Wheel, count: usize) {
        let next = wheel.earliest().map_or(u64::MAX, |(_, start)| start);
        self.next.store(next, Ordering::Relaxed);
        self.count.store(count, Ordering::SeqCst);
    }

    /// Puts a sleeper to sleep until `deadline`, seen from `now`. True if nothing was to happen before.
    ///
    /// # Safety
    /// `node` stays put until it rang or was taken out.
    pub unsafe fn add(&self, home: usize, node: *mut Node, sleeper: Sleeper, now: u64, deadline: u64) -> bool {
        // SAFETY: contract.
        unsafe {
            node.write(Node { when: deadline.min(LIMIT) | (home as u64) << HOME, sleeper, ..Node::rung() });
            let mut wheel = lock(&self.wheel);
            let wheel = wheel.get_or_insert_with(Wheel::new);
            let count = self.count.load(Ordering::Relaxed);
            if count == 0 {
                wheel.now = now;
            }
            wheel.link(node);
            let before = self.next.load(Ordering::Relaxed);
            self.note(wheel, count + 1);
            self.next.load(Ordering::Relaxed) < before
        }
    }

    /// Takes a sleeper out. False if it rang.
    ///
    /// # Safety
    /// `node` was added here.
    pub unsafe fn remove(&self, node: *mut Node) -> bool {
        let mut wheel = lock(&self.wheel);
        // SAFETY: contract.
        unsafe {
            if (*node).has_rung() {
                return false;
            }
            let wheel = wheel.as_mut().expect("a node was added");
            wheel.unlink(node);
            self.note(wheel, self.count.load(Ordering::Relaxed) - 1);
        }
        true
    }

    /// Whether the node rang, looked at under the lock.
    ///
    /// # Safety
    /// `node` was added here.
    pub unsafe fn has_rung(&self, node: *const Node) -> bool {
        let _wheel = lock(&self.wheel);
        // SAFETY: contract.
        unsafe { (*node).has_rung() }
    }

    /// Wakes whose time has come. True if there was anybody.
    pub fn ring(&self, time: u64) -> bool {
        self.ringing.fetch_add(1, Ordering::SeqCst);
        let mut any = false;
        loop {
            let mut wakers = [const { None }; BATCH];
            let count = self.collect(time, &mut wakers);
            any |= count > 0;
            wakers.into_iter().flatten().for_each(Waker::wake);
            if count < BATCH {
                break;
            }
        }
        self.ringing.fetch_sub(1, Ordering::SeqCst);
        any
    }

    /// Takes out up to a batch of sleepers and gives how many.
    fn collect(&self, time: u64, wakers: &mut [Option<Waker>; BATCH]) -> usize {
        let mut wheel = lock(&self.wheel);
        let Some(wheel) = wheel.as_mut() else { return 0 };
        let mut count = 0;
        while count < BATCH
            && let Some(node) = wheel.due(time)
        {
            // SAFETY: the sleeper cannot end before it sees that it rang or takes the lock.
            unsafe {
                wakers[count] = Some((*node).sleeper.waker());
                // Release, the last access: the node is the sleeper's again; pairs with `has_rung`.
                (*node).next.store(RUNG, Ordering::Release);
            }
            count += 1;
        }
        self.note(wheel, self.count.load(Ordering::Relaxed) - count);
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(deadline: u64) -> Box<Node> {
        Box::new(Node { when: deadline, ..Node::rung() })
    }

    /// Deadlines near and far, added while time goes on, ring in order and never early.
    #[test]
    fn rings_in_order() {
        let mut wheel = Wheel::new();
        wheel.now = 123_456_789;
        let mut seed = 7u64;
        let mut random = move |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let mut nodes = Vec::new();
        let mut rung = 0;
        for round in 0..200 {
            for _ in 0..20 {
                let far = [1, 60, 5_000, 300_000, 20_000_000][random(5) as usize];
                let mut it = node(wheel.now + random(far) + u64::from(round % 2 == 0));
                // SAFETY: boxed, and in the list until the end.
                unsafe { wheel.link(&mut *it) };
                nodes.push(it);
            }
            let time = wheel.now + random(100_000);
            let mut last = 0;
            while let Some(it) = wheel.due(time) {
                // SAFETY: one of the boxed nodes.
                let deadline = unsafe { (*it).deadline() };
                assert!(deadline <= time && deadline >= last);
                last = deadline;
                rung += 1;
            }
            assert_eq!(wheel.now, time);
            assert!(wheel.earliest().is_none_or(|(_, start)| start > time));
        }
        while wheel.due(LIMIT).is_some() {
            rung += 1;
        }
        assert_eq!(rung, nodes.len());
        assert_eq!(wheel.occupied, [0; LEVELS]);
    }

    #[test]
    fn those_taken_out_do_not_ring() {
        let mut wheel = Wheel::new();
        let mut nodes: Vec<_> = (0..1000).map(|n| node(n * 37 % 5000)).collect();
        // SAFETY: boxed nodes that live to the end.
        unsafe {
            nodes.iter_mut().for_each(|it| wheel.link(&mut **it));
            for time in [100, 2000] {
                while wheel.due(time).is_some() {}
            }
            for it in nodes.iter_mut().filter(|it| it.deadline() > 2000) {
                wheel.unlink(&mut **it);
            }
        }
        assert!(wheel.due(LIMIT).is_none());
        assert_eq!(wheel.occupied, [0; LEVELS]);
    }
}
