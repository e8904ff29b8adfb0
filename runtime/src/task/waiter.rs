//! Waiter nodes, the lists they stand in, and choices among several waits. Knows nothing of tasks: `loom` checks this file.
//!
//! Protocol: the sleeper links its node under the lock of what it waits for. Whoever makes the event happen takes the node out of
//! the list, does the transfer, clones the sleeper's waker, stores the node's state (the last access to the node), unlocks and
//! wakes. A sleeper that sees another state than `WAITING` therefore owns its node again. It is alive until its waker is cloned: it
//! cannot end before it saw the node's state or took the lock. A node of a 选择 is first claimed for its arm; a lost claim means
//! the choice was already made, and the node is skipped.

use super::sleeper::Sleeper;
use crate::sync::{AtomicU32, AtomicUsize, race, spin};
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
    /// Where a received value goes, or a value to send lies.
    pub place: *mut u8,
    /// The choice this is an arm of, or null.
    choice: *const Choice,
    pub state: AtomicU32,
    /// Arm number, or the kind of a lock waiter.
    pub arm: u32,
    sleeper: Sleeper,
    /// What is waited for.
    pub target: *mut u8,
}

impl Waiter {
    /// A wait that already took effect: what a budget pause leaves behind.
    pub fn done(sleeper: Sleeper, target: *mut u8) -> Self {
        Self {
            next: ptr::null_mut(),
            previous: ptr::null_mut(),
            place: ptr::null_mut(),
            choice: ptr::null(),
            state: AtomicU32::new(DONE),
            arm: 0,
            sleeper,
            target,
        }
    }

    pub fn new(sleeper: Sleeper, target: *mut u8, place: *mut u8) -> Self {
        Self { place, state: AtomicU32::new(WAITING), ..Self::done(sleeper, target) }
    }

    pub fn for_arm(sleeper: Sleeper, choice: *const Choice, arm: u32, target: *mut u8, place: *mut u8) -> Self {
        Self { choice, arm, ..Self::new(sleeper, target, place) }
    }

    /// Whether the node of an arm was linked.
    pub fn was_linked(&self) -> bool {
        !self.sleeper.is_nobody()
    }
}

/// Wakers to call once the locks are open again.
#[derive(Default)]
pub struct Woken {
    first: Option<Waker>,
    rest: Vec<Waker>,
}

impl Woken {
    #[inline]
    pub fn push(&mut self, waker: Waker) {
        if self.first.is_none() {
            self.first = Some(waker);
        } else {
            self.rest.push(waker);
        }
    }

    #[inline]
    pub fn wake(self) {
        self.first.into_iter().for_each(Waker::wake);
        self.rest.into_iter().for_each(Waker::wake);
    }
}

/// Takes a waiter out of the list that begins at `head`.
///
/// # Safety
/// `waiter` is linked in that list.
unsafe fn unlink(waiter: *mut Waiter, head: &mut *mut Waiter) {
    // SAFETY: contract; neighbours are linked and so alive.
    unsafe {
        let (next, previous) = ((*waiter).next, (*waiter).previous);
        if previous.is_null() {
            *head = next;
        } else {
            (*previous).next = next;
        }
        if !next.is_null() {
            (*next).previous = previous;
        }
        (*waiter).next = ptr::null_mut();
        (*waiter).previous = ptr::null_mut();
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
        // SAFETY: contract.
        unsafe {
            if (*waiter).next.is_null() {
                self.tail = (*waiter).previous;
            }
            unlink(waiter, &mut self.head);
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
    pub fn sleeper(&self) -> Sleeper {
        // SAFETY: as `place`.
        unsafe { (*self.0).sleeper }
    }

    /// Publishes the outcome; the waker is to be called after the lock is open.
    #[inline]
    pub fn finish(self, state: u32) -> Waker {
        // Those of a choice stay until the sleeper has seen the claim *and* taken the lock we hold.
        // SAFETY: the waiter and its sleeper stay alive until the state is stored, which is the last access.
        unsafe {
            let waker = (*self.0).sleeper.waker();
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

const LOCKED: usize = 1;
const HAPPENED: usize = 2;

/// Something that happens once and those who wait for it, in one word: the first waiter, a lock for the list, and whether it
/// has happened. The order of the waiters does not matter: all of them are served.
pub struct Once(AtomicUsize);

impl Once {
    pub fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    #[inline]
    pub fn has_happened(&self) -> bool {
        // Acquire pairs with the release in `happen`: what happened can be read.
        self.0.load(Ordering::Acquire) & HAPPENED != 0
    }

    /// The list, locked; None if it has happened.
    #[inline]
    pub fn lock(&self) -> Option<OnceGuard<'_>> {
        let mut round = 0;
        // Acquire in both operations: pairs with the unlock in `OnceGuard::drop` or with `happen`.
        let mut now = self.0.load(Ordering::Acquire);
        loop {
            if now & HAPPENED != 0 {
                return None;
            }
            if now & LOCKED != 0 {
                spin(round);
                round += 1;
                now = self.0.load(Ordering::Acquire);
                continue;
            }
            match self.0.compare_exchange_weak(now, now | LOCKED, Ordering::Acquire, Ordering::Acquire) {
                Ok(_) => return Some(OnceGuard { once: self, head: ptr::with_exposed_provenance_mut(now) }),
                Err(other) => now = other,
            }
        }
    }

    /// It has happened. Called once.
    #[inline]
    pub fn happen(&self) -> Woken {
        // Release: what happened comes before; pairs with `has_happened`. Most often nobody waits.
        if self.0.compare_exchange(0, HAPPENED, Ordering::Release, Ordering::Relaxed).is_ok() {
            return Woken::default();
        }
        self.serve()
    }

    #[cold]
    fn serve(&self) -> Woken {
        let mut guard = self.lock().expect("it happens once");
        let mut woken = Woken::default();
        while !guard.head.is_null() {
            let waiter = guard.head;
            // SAFETY: linked waiters are alive while the list is locked.
            unsafe {
                guard.remove(waiter);
                if let Some(claimed) = claim(waiter) {
                    woken.push(claimed.finish(DONE));
                }
            }
        }
        core::mem::forget(guard);
        // Release: pairs with `has_happened`, and unlocks.
        self.0.store(HAPPENED, Ordering::Release);
        woken
    }
}

/// The waiters of a [`Once`] that has not happened.
pub struct OnceGuard<'a> {
    once: &'a Once,
    head: *mut Waiter,
}

impl OnceGuard<'_> {
    /// # Safety
    /// `waiter` stays put and is linked nowhere else until it is taken out.
    pub unsafe fn push(&mut self, waiter: *mut Waiter) {
        // SAFETY: contract; the head is linked and so alive.
        unsafe {
            (*waiter).previous = ptr::null_mut();
            (*waiter).next = self.head;
            if !self.head.is_null() {
                (*self.head).previous = waiter;
            }
        }
        self.head = waiter;
    }

    /// # Safety
    /// `waiter` is linked here.
    pub unsafe fn remove(&mut self, waiter: *mut Waiter) {
        // SAFETY: contract.
        unsafe { unlink(waiter, &mut self.head) };
    }
}

impl Drop for OnceGuard<'_> {
    fn drop(&mut self) {
        // Release: changes of the list come before; pairs with `Once::lock`.
        self.once.0.store(self.head.expose_provenance(), Ordering::Release);
    }
}

const OPEN: usize = 0;
const GIVEN_UP: usize = usize::MAX;

/// One of several waits takes effect. Lives until the chooser saw the decision and took the locks of all arms.
pub struct Choice {
    /// `OPEN`, arm + 1, or `GIVEN_UP`.
    decision: AtomicUsize,
}

impl Choice {
    pub fn new() -> Self {
        Self { decision: AtomicUsize::new(OPEN) }
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
