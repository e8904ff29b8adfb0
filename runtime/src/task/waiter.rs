//! Waiter nodes, the lists they stand in, and choices among several waits. Knows nothing of tasks: `loom` checks this file.
//!
//! Protocol: the sleeper links its node under the lock of what it waits for, with a waker. Whoever makes the event happen
//! takes the node out of the list, does the transfer, takes the waker, stores the state (its last access to the node), unlocks
//! and wakes. A sleeper that sees another state than `WAITING` therefore owns its node again. A node of a 选择 is first
//! claimed for its arm; a lost claim means the choice was already made, and the node is skipped.

use crate::sync::{AtomicU32, AtomicUsize, race};
use core::cell::UnsafeCell;
use core::ptr;
use core::sync::atomic::Ordering;
use core::task::Waker;

pub const WAITING: u32 = 0;
/// The operation took effect.
pub const DONE: u32 = 1;
/// The channel was closed.
pub const CLOSED: u32 = 2;

/// One wait; lies in the node words of a frame or in a 选择.
#[repr(C)]
pub struct Waiter {
    next: *mut Waiter,
    previous: *mut Waiter,
    waker: Option<Waker>,
    /// Where a received value goes, or a value to send lies.
    pub place: *mut u8,
    /// The choice this is an arm of, or null.
    choice: *const Choice,
    pub state: AtomicU32,
    /// Arm number, or the kind of a lock waiter.
    pub arm: u32,
    /// Who waits, for locks; the choice's or wait's own business otherwise.
    pub task: *mut u8,
    /// What is waited for.
    pub target: *mut u8,
}

impl Waiter {
    /// A wait that already took effect: what a budget pause leaves behind.
    pub fn done(task: *mut u8, target: *mut u8) -> Self {
        Self {
            next: ptr::null_mut(),
            previous: ptr::null_mut(),
            waker: None,
            place: ptr::null_mut(),
            choice: ptr::null(),
            state: AtomicU32::new(DONE),
            arm: 0,
            task,
            target,
        }
    }

    /// A wait of a task, or of a thread (then `task` is null).
    pub fn new(waker: Waker, task: *mut u8, target: *mut u8, place: *mut u8) -> Self {
        Self { waker: Some(waker), place, state: AtomicU32::new(WAITING), ..Self::done(task, target) }
    }

    pub fn for_arm(task: *mut u8, choice: *const Choice, arm: u32, target: *mut u8, place: *mut u8) -> Self {
        Self { place, choice, arm, state: AtomicU32::new(WAITING), ..Self::done(task, target) }
    }
}

/// Wakers to call once the locks are open again.
#[derive(Default)]
pub struct Woken {
    first: Option<Waker>,
    rest: Vec<Waker>,
}

impl Woken {
    pub fn push(&mut self, waker: Option<Waker>) {
        if self.first.is_none() {
            self.first = waker;
        } else {
            self.rest.extend(waker);
        }
    }
    pub fn wake(self) {
        self.first.into_iter().chain(self.rest).for_each(Waker::wake);
    }
}

/// First in, first out; guarded by the lock of what is waited for.
pub struct List {
    head: *mut Waiter,
    tail: *mut Waiter,
}

impl List {
    pub const fn new() -> Self {
        Self { head: ptr::null_mut(), tail: ptr::null_mut() }
    }

    /// # Safety
    /// `waiter` stays put and is linked nowhere else until it is taken out.
    pub unsafe fn push(&mut self, waiter: *mut Waiter) {
        // SAFETY: contract; the tail is linked and so alive.
        unsafe {
            (*waiter).next = ptr::null_mut();
            (*waiter).previous = self.tail;
            if self.tail.is_null() {
                self.head = waiter;
            } else {
                (*self.tail).next = waiter;
            }
        }
        self.tail = waiter;
    }

    /// Takes a waiter out.
    ///
    /// # Safety
    /// `waiter` is linked in this list.
    pub unsafe fn remove(&mut self, waiter: *mut Waiter) {
        // SAFETY: contract; neighbours are linked and so alive.
        unsafe {
            let (next, previous) = ((*waiter).next, (*waiter).previous);
            if previous.is_null() {
                self.head = next;
            } else {
                (*previous).next = next;
            }
            if next.is_null() {
                self.tail = previous;
            } else {
                (*next).previous = previous;
            }
            (*waiter).next = ptr::null_mut();
            (*waiter).previous = ptr::null_mut();
        }
    }

    /// The first waiter that can be served, taken out. Arms of choices that were made otherwise are dropped on the way.
    pub fn claim_first(&mut self) -> Option<Claimed> {
        while !self.head.is_null() {
            let waiter = self.head;
            // SAFETY: linked waiters are alive while the list's lock is held.
            unsafe {
                self.remove(waiter);
                if let Some(claimed) = claim(waiter) {
                    return Some(claimed);
                }
            }
        }
        None
    }

    /// Ends every wait with this state.
    pub fn claim_all(&mut self, state: u32) -> Woken {
        let mut woken = Woken::default();
        while let Some(claimed) = self.claim_first() {
            woken.push(claimed.finish(state));
        }
        woken
    }

    /// Whether `waiter` is still linked here.
    ///
    /// # Safety
    /// `waiter` is alive and, if linked, linked in this list.
    pub unsafe fn contains(&self, waiter: *const Waiter) -> bool {
        // SAFETY: contract.
        unsafe { !(*waiter).previous.is_null() || ptr::eq(self.head, waiter) }
    }
}

/// A waiter that is out of its list and whose outcome is ours to decide.
pub struct Claimed(*mut Waiter);

unsafe fn claim(waiter: *mut Waiter) -> Option<Claimed> {
    // SAFETY: the waiter was linked, so it and its choice are alive.
    unsafe {
        let choice = (*waiter).choice;
        if !choice.is_null() && !(*choice).claim((*waiter).arm) {
            return None;
        }
    }
    Some(Claimed(waiter))
}

impl Claimed {
    pub fn place(&self) -> *mut u8 {
        // SAFETY: claimed waiters stay alive until `finish`.
        unsafe { (*self.0).place }
    }
    pub fn arm(&self) -> u32 {
        // SAFETY: as `place`.
        unsafe { (*self.0).arm }
    }
    pub fn task(&self) -> *mut u8 {
        // SAFETY: as `place`.
        unsafe { (*self.0).task }
    }

    /// Publishes the outcome; the waker is to be called after the lock is open.
    pub fn finish(self, state: u32) -> Option<Waker> {
        // SAFETY: the waiter stays alive until the state is stored, which is the last access. A choice lives until its task
        // has seen the claim *and* taken the lock we hold.
        unsafe {
            let choice = (*self.0).choice;
            let waker = if choice.is_null() { (*self.0).waker.take() } else { (*choice).take_waker() };
            race::release(self.0);
            // Release: the transferred value comes before; pairs with the load in `outcome`.
            (*self.0).state.store(state, Ordering::Release);
            waker
        }
    }
}

/// What became of a wait that is not part of a 选择.
///
/// # Safety
/// `node` is an initialised waiter.
pub unsafe fn outcome(node: *const Waiter) -> u32 {
    // SAFETY: contract. Acquire pairs with the store in `Claimed::finish`.
    let state = unsafe { (*node).state.load(Ordering::Acquire) };
    if state != WAITING {
        race::acquire(node);
    }
    state
}

/// Drops the waker of a wait that was given up.
///
/// # Safety
/// `node` is linked nowhere.
pub unsafe fn forget(node: *mut Waiter) {
    // SAFETY: contract.
    unsafe { (*node).waker = None };
}

const OPEN: usize = 0;
const GIVEN_UP: usize = usize::MAX;

/// One of several waits takes effect. Lives until the chooser saw the decision and took the locks of all arms.
pub struct Choice {
    /// `OPEN`, arm + 1, or `GIVEN_UP`.
    decision: AtomicUsize,
    /// The chooser's; taken by whoever claims.
    waker: UnsafeCell<Option<Waker>>,
}

impl Choice {
    pub fn new() -> Self {
        Self { decision: AtomicUsize::new(OPEN), waker: UnsafeCell::new(None) }
    }

    /// # Safety
    /// No arm is linked yet.
    pub unsafe fn set_waker(&self, waker: Waker) {
        // SAFETY: contract: nobody else looks.
        unsafe { *self.waker.get() = Some(waker) };
    }

    /// # Safety
    /// Only for whoever claimed an arm.
    unsafe fn take_waker(&self) -> Option<Waker> {
        // SAFETY: contract: one claimer.
        unsafe { (*self.waker.get()).take() }
    }

    fn decide(&self, decision: usize) -> bool {
        // AcqRel: what the arms' places hold came before the link, and the claim before the transfer.
        self.decision.compare_exchange(OPEN, decision, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// Decides for an arm; false if the decision was made already.
    pub fn claim(&self, arm: u32) -> bool {
        self.decide(arm as usize + 1)
    }

    /// Decides for none; false if an arm took effect.
    pub fn give_up(&self) -> bool {
        self.decide(GIVEN_UP)
    }

    pub fn is_open(&self) -> bool {
        self.decision.load(Ordering::Acquire) == OPEN
    }

    /// The arm that took effect; None if the choice was given up. Not while it is open.
    pub fn arm(&self) -> Option<usize> {
        let decision = self.decision.load(Ordering::Acquire);
        debug_assert_ne!(decision, OPEN);
        (decision != GIVEN_UP).then(|| decision.wrapping_sub(1))
    }
}
