//! Scopes: who waits for a task and who cancels it. A 并发 or 限时 is a scope owned by the task that runs its body; the main scope and
//! the scope of detached tasks are static. A task counts in its scope from the start; it joins the scope's list, which is also the registry
//! of live tasks, when it suspends for the first time.
//!
//! Cancellation is sticky: a flag on scopes (copied to the scopes below) and on tasks. `pending` of a listed task is non-zero exactly when
//! a flag applies to it and no 最终 shields it; a task looks at its scope before it starts and when it is listed. The structure
//! (who is below whom) changes under `STRUCTURE`; lists of children under the scope's own lock; order of locks: STRUCTURE,
//! scope, shield.

use super::object::{TaskObject, flags, is_cancellation};
use super::settle::{self, Settler};
use super::shield::{self, request};
use super::wait::{self, Sleeper, Woken};
use super::{counts, deadlock, main, run};
use crate::error;
use crate::memory;
use crate::race;
use crate::sync::lock;
use crate::timer::Alarm;
use core::ptr;
use core::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering, fence};
use qi_abi::{Error, Header};
use std::sync::Mutex;

/// Why a scope is cancelled.
pub mod cause {
    /// An error of the body or a child, or a scope above.
    pub const CANCELLED: u8 = 1;
    /// Its own deadline passed.
    pub const DEADLINE: u8 = 2;
}

/// In `Scope::alive`: somebody waits until only those who wait are left.
const SETTLING: usize = 1 << (usize::BITS - 1);

pub struct Scope {
    /// The task that runs the body; null for the static scopes.
    pub owner: *mut TaskObject,
    /// The number of the owner's 最终 blocks around the body: see `shield`.
    level: u32,
    /// 取消 was thrown in the owner before.
    interrupted: bool,
    pub parent: *const Scope,
    /// [`cause`] bits.
    pub cancelled: AtomicU8,
    /// Children that have not ended, and `SETTLING`; falls to 0 under the lock of `state` only. The static scopes count elsewhere:
    /// see `alive`.
    alive: AtomicUsize,
    pub state: Mutex<ScopeState>,
}

pub struct ScopeState {
    tasks: *mut TaskObject,
    /// Scopes opened inside, by the owner or by children.
    nested: Vec<*const Scope>,
    /// First error of a child, later ones attached; private.
    pub failure: *mut Error,
    /// The owner, when it waits for the children.
    pub joiner: Sleeper,
    /// The owner had to wait for children.
    pub joined: bool,
    /// Tasks that wait until only they are left.
    pub settlers: Vec<Settler>,
    pub alarm: Option<Alarm>,
}

// SAFETY: see the fields' locks in the file comment.
unsafe impl Send for Scope {}
// SAFETY: as above.
unsafe impl Sync for Scope {}
// SAFETY: the pointers are used under the locks only.
unsafe impl Send for ScopeState {}

impl Scope {
    const fn new(owner: *mut TaskObject, parent: *const Scope, cancelled: u8) -> Self {
        Self {
            owner,
            level: 0,
            interrupted: false,
            parent,
            cancelled: AtomicU8::new(cancelled),
            alive: AtomicUsize::new(0),
            state: Mutex::new(ScopeState {
                tasks: ptr::null_mut(),
                nested: Vec::new(),
                failure: ptr::null_mut(),
                joiner: Sleeper::NOBODY,
                joined: false,
                settlers: Vec::new(),
                alarm: None,
            }),
        }
    }
    pub fn is_cancelled(&self) -> bool {
        // Acquire pairs with the canceller's swap in `cancel_below`.
        self.cancelled.load(Ordering::Acquire) != 0
    }

    /// Children that have not ended. Of a 并发: exact under the lock; of a static scope: may be too large, but is 0 only if there
    /// was a moment without any.
    pub fn alive(&self) -> usize {
        let alive = if self.owner.is_null() {
            counts::alive(self.which())
        } else {
            // Acquire pairs with the release in `leave`: what the children did comes before.
            self.alive.load(Ordering::Acquire) & !SETTLING
        };
        race::acquire(self);
        alive
    }

    /// Whether children that end look for tasks that wait for the others. Under the lock.
    pub fn set_settling(&self, settling: bool) {
        // SeqCst: see `look`.
        if settling {
            self.alive.fetch_or(SETTLING, Ordering::SeqCst);
        } else {
            self.alive.fetch_and(!SETTLING, Ordering::SeqCst);
        }
    }

    /// The level of the owner's code around the body.
    fn level_around(&self) -> u32 {
        // SAFETY: the parent outlives the scope.
        let parent = unsafe { &*self.parent };
        if ptr::eq(parent.owner, self.owner) { parent.level } else { 0 }
    }

    /// A 最终 stands between the scope and its parent, whose cancellation does not reach it.
    fn is_shielded(&self) -> bool {
        self.level > self.level_around()
    }

    /// Number of a static scope.
    fn which(&self) -> usize {
        usize::from(ptr::eq(self, &DETACHED))
    }
}

/// Owns what 主函数 and top-level tasks start; errors never cancel siblings here.
pub static MAIN: Scope = Scope::new(ptr::null_mut(), ptr::null(), 0);
/// 启动 后台.
pub static DETACHED: Scope = Scope::new(ptr::null_mut(), ptr::null(), 0);

static STRUCTURE: Mutex<()> = Mutex::new(());

/// Whether a task lives. The owner of a 并发 is one itself, so the static scopes tell.
pub fn any_alive() -> bool {
    MAIN.alive() + DETACHED.alive() > 0
}

/// The scope that a task started here and now belongs to.
pub fn for_new_task(detached: bool) -> *const Scope {
    let task = run::current();
    if detached {
        &raw const DETACHED
    } else if task.is_null() {
        &raw const MAIN
    } else {
        // SAFETY: the running task; only it changes the field.
        unsafe { (*task).scope }
    }
}

/// Counts a fresh task in its scope.
///
/// # Safety
/// `task` is not queued yet, its scope alive.
#[inline]
pub unsafe fn adopt(task: *mut TaskObject) {
    // SAFETY: contract.
    unsafe {
        let scope = &*(*task).scope;
        if scope.is_cancelled() {
            adopt_cancelled(task);
        }
        if scope.owner.is_null() {
            counts::started(scope.which());
        } else {
            // No ordering: the starter belongs to the scope, so the count is not 0 or the owner runs.
            scope.alive.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// What a 最终 starts is part of the clean-up.
#[cold]
unsafe fn adopt_cancelled(task: *mut TaskObject) {
    let starter = run::current();
    // SAFETY: contract of the caller; the starter runs.
    unsafe {
        if !starter.is_null() && shield::level(starter).1 {
            shield::inherit(task);
        }
    }
}

/// Whether a task is cancelled before it starts.
///
/// # Safety
/// `task` is the running task.
pub unsafe fn is_cancelled_at_start(task: *mut TaskObject) -> bool {
    // SAFETY: contract.
    unsafe { wait::is_cancelled(task) || ((*(*task).scope).is_cancelled() && !shield::is_inherited(task)) }
}

static NEXT_ID: AtomicU32 = AtomicU32::new(1);

/// Puts a task that suspends for the first time into its scope's list.
///
/// # Safety
/// `task` is the running task; it opened no scope that is not closed.
pub unsafe fn list(task: *mut TaskObject) {
    // SAFETY: contract; linked tasks are alive.
    unsafe {
        // Not 0, which would say that it stands in no list.
        (*task).id = NEXT_ID.fetch_add(1, Ordering::Relaxed).max(1);
        (*task).born = deadlock::coarse_time();
        let scope = &*(*task).scope;
        let mut state = lock(&scope.state);
        (*task).next = state.tasks;
        if !state.tasks.is_null() {
            (*state.tasks).previous = task;
        }
        state.tasks = task;
        if scope.is_cancelled() {
            request(task, 0);
        }
    }
}

/// Takes an ended task out of its scope and gives up the runtime's reference; its error fails a 并发.
///
/// # Safety
/// `task` has finished, and the caller owns a reference; `failure` is its error or null.
pub unsafe fn child_ended(task: *mut TaskObject, failure: *mut Error) {
    // SAFETY: contract; a scope lives until its last child left it under its lock.
    unsafe {
        shield::finish(task);
        let scope = &*(*task).scope;
        if !failure.is_null() {
            child_failed(task, scope, failure);
        }
        if (*task).is_listed() {
            unlink(&mut lock(&scope.state), task);
        }
        let is_main = (*task).has(flags::MAIN);
        // Before anybody learns that the task has ended: whoever waits for the last task counts what lives.
        memory::release(task.cast());
        race::release(scope);
        if scope.owner.is_null() {
            if is_main {
                main::entry_ends();
            }
            counts::ended(scope.which());
        } else {
            leave(scope);
        }
    }
}

unsafe fn child_failed(task: *mut TaskObject, scope: &Scope, failure: *mut Error) {
    // SAFETY: as `child_ended`.
    unsafe {
        if !scope.owner.is_null() && !is_cancellation(failure) {
            (*task).flags.fetch_or(flags::OBSERVED, Ordering::Relaxed);
            let copy = error::duplicate(failure);
            let _structure = lock(&STRUCTURE);
            record_failure(&mut lock(&scope.state), copy);
            cancel_below(scope, cause::CANCELLED);
        }
        if (*task).has(flags::MAIN) {
            main::failed(failure);
        }
    }
}

/// One child of a 并发 less. Whoever waits for the last one, or for all but those who wait themselves, is woken.
fn leave(scope: &Scope) {
    let mut now = scope.alive.load(Ordering::Relaxed);
    while now & SETTLING == 0 && now > 1 {
        // Release: what the child did comes before the owner's look at the count in `alive`; the scope is not touched afterwards.
        match scope.alive.compare_exchange_weak(now, now - 1, Ordering::Release, Ordering::Relaxed) {
            Ok(_) => return,
            Err(other) => now = other,
        }
    }
    // Perhaps the last: only under the lock, where the owner looks, so that the scope lives until we are done with it.
    let mut state = lock(&scope.state);
    let mut woken = Woken::default();
    let left = scope.alive.fetch_sub(1, Ordering::AcqRel) - 1;
    // SAFETY: whoever waits cannot end without the lock.
    unsafe {
        if left & SETTLING != 0 {
            settle::settled(scope, &mut state, &mut woken, ptr::null());
        }
        if left & !SETTLING == 0 {
            let joiner = core::mem::replace(&mut state.joiner, Sleeper::NOBODY);
            if !joiner.is_nobody() {
                woken.push(joiner.waker());
            }
        }
    }
    drop(state);
    woken.wake();
}

/// Tasks of the static scopes have ended: wakes who waits for that. False if nobody waits yet.
#[inline]
pub fn look() -> bool {
    let waiting = |scope: &Scope| scope.alive.load(Ordering::SeqCst) & SETTLING != 0;
    (waiting(&MAIN) || waiting(&DETACHED) || main::is_ending()) && look_closely()
}

#[cold]
fn look_closely() -> bool {
    // Of two that counted the last tasks one sees the other's count.
    fence(Ordering::SeqCst);
    wake_settlers(&MAIN);
    wake_settlers(&DETACHED);
    if main::is_ending() {
        main::look();
    }
    true
}

fn wake_settlers(scope: &Scope) {
    if scope.alive.load(Ordering::SeqCst) & SETTLING == 0 {
        return;
    }
    let mut woken = Woken::default();
    let mut state = lock(&scope.state);
    // SAFETY: whoever waits cannot end without the lock.
    unsafe { settle::settled(scope, &mut state, &mut woken, ptr::null()) };
    drop(state);
    woken.wake();
}

/// Adds an error to those of a scope. The same error seen again (a child's, awaited by the body) replaces the first sight: its
/// stack is longer.
///
/// # Safety
/// `failure` is private and owned; it becomes the scope's.
pub unsafe fn record_failure(state: &mut ScopeState, failure: *mut Error) {
    let first = state.failure;
    // SAFETY: contract; the scope's own error is private.
    unsafe {
        if first.is_null() {
            state.failure = failure;
        } else if error::same_origin(first, failure) {
            (*failure).attached = core::mem::replace(&mut (*first).attached, ptr::null_mut());
            memory::release(first.cast());
            state.failure = failure;
        } else {
            error::attach(first, failure);
        }
    }
}

unsafe fn unlink(state: &mut ScopeState, task: *mut TaskObject) {
    // SAFETY: linked tasks are alive while the lock is held.
    unsafe {
        let (next, previous) = ((*task).next, (*task).previous);
        if previous.is_null() {
            state.tasks = next;
        } else {
            (*previous).next = next;
        }
        if !next.is_null() {
            (*next).previous = previous;
        }
    }
}

/// Cancels a scope and everything below it, its owner's body included.
pub fn cancel(scope: &Scope, cause: u8) {
    let _structure = lock(&STRUCTURE);
    cancel_below(scope, cause);
}

/// `STRUCTURE` is held.
fn cancel_below(scope: &Scope, cause: u8) {
    if scope.cancelled.fetch_or(cause, Ordering::AcqRel) & cause != 0 {
        return;
    }
    let mut pending = vec![ptr::from_ref(scope)];
    while let Some(scope) = pending.pop() {
        // SAFETY: scopes live while they are in the structure, which does not change under its lock.
        let scope = unsafe { &*scope };
        let state = lock(&scope.state);
        // SAFETY: linked tasks and owners of open scopes are alive.
        unsafe {
            let mut task = state.tasks;
            while !task.is_null() {
                request(task, 0);
                task = (*task).next;
            }
            if !scope.owner.is_null() {
                request(scope.owner, scope.level);
            }
        }
        for &nested in &state.nested {
            // SAFETY: as above.
            if unsafe { !(*nested).is_shielded() } {
                // SAFETY: as above.
                unsafe { (*nested).cancelled.fetch_or(cause::CANCELLED, Ordering::AcqRel) };
                pending.push(nested);
            }
        }
    }
}

/// `取消()` of a handle: the task and the scopes it opened.
///
/// # Safety
/// `task` is referenced by the caller.
pub unsafe fn cancel_task(task: *mut TaskObject) {
    // SAFETY: contract; a task's scopes stay in the structure under its lock.
    unsafe {
        let _structure = lock(&STRUCTURE);
        (*task).flags.fetch_or(flags::CANCELLED, Ordering::AcqRel);
        if (*task).is_finished() {
            return;
        }
        request(task, 0);
        cancel_owned(task, |level| level == 0);
    }
}

/// Cancels the scopes at some levels that the task has opened. `STRUCTURE` is held.
///
/// # Safety
/// `task` is alive.
unsafe fn cancel_owned(task: *mut TaskObject, at: impl Fn(u32) -> bool) {
    // SAFETY: contract; a task's scopes stay in the structure under its lock.
    unsafe {
        let mut scope = (*task).scope;
        while ptr::eq((*scope).owner, task) {
            if at((*scope).level) {
                cancel_below(&*scope, cause::CANCELLED);
            }
            scope = (*scope).parent;
        }
    }
}

/// Runs when a shield lasted too long: the clean-up is cancelled, with all it started. The alarm is dropped before its task ends.
pub fn shield_ends(task: usize) {
    let task = task as *mut TaskObject;
    let _structure = lock(&STRUCTURE);
    // SAFETY: see above.
    unsafe {
        if shield::expire(task) {
            cancel_owned(task, |level| level > 0);
            (*task).wake();
        }
    }
}

/// Whether a cancellation applies to the task, once those under way have reached it.
///
/// # Safety
/// `task` is the running task.
pub unsafe fn was_reached(task: *mut TaskObject) -> bool {
    drop(lock(&STRUCTURE));
    // SAFETY: contract.
    unsafe { wait::is_cancelled(task) }
}

/// Opens a scope in the running task.
pub fn enter() -> *mut Scope {
    let task = run::current();
    if task.is_null() {
        // Plain main cannot wait; lowering makes every function with a 并发 suspendable, so this is unreachable from Qi.
        return Box::into_raw(Box::new(Scope::new(task, &raw const MAIN, 0)));
    }
    // SAFETY: the running task and its innermost scope.
    unsafe {
        if !(*task).is_listed() {
            list(task);
        }
        let _structure = lock(&STRUCTURE);
        let parent = &*(*task).scope;
        let (level, hides) = shield::level(task);
        let mut scope = Scope { level, interrupted: (*task).is_interrupted(), ..Scope::new(task, parent, 0) };
        if parent.is_cancelled() && !(hides && scope.is_shielded()) {
            *scope.cancelled.get_mut() = cause::CANCELLED;
        }
        (*task).set_interrupted(false);
        let scope = Box::into_raw(Box::new(scope));
        lock(&parent.state).nested.push(scope);
        (*task).scope = scope;
        scope
    }
}

/// Closes the innermost scope of its owner, whose children have ended. What outer cancellations say applies again.
///
/// # Safety
/// `scope` comes from `enter` and is not used afterwards; returns whether an outer cancellation is pending.
pub unsafe fn close(scope: *mut Scope) -> bool {
    // SAFETY: contract; owner and parent outlive the scope.
    unsafe {
        let task = (*scope).owner;
        let structure = lock(&STRUCTURE);
        let scope = Box::from_raw(scope);
        let parent = &*scope.parent;
        lock(&parent.state).nested.retain(|&nested| !ptr::eq(nested, &raw const *scope));
        (*task).scope = parent;
        let outside = !scope.is_shielded() && parent.is_cancelled();
        let itself = scope.level == 0 && (*task).has(flags::CANCELLED);
        let alarm = if outside || itself { None } else { shield::withdraw(task, scope.level) };
        let wanted = wait::is_cancelled(task);
        (*task).set_interrupted(scope.interrupted || (wanted && (*task).is_interrupted()));
        drop(structure);
        drop(alarm);
        wanted
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_task_cancel(task: *mut Header) {
    if !task.is_null() {
        // SAFETY: contract: a borrowed handle.
        unsafe { cancel_task(task.cast()) }
    }
}

/// Calls `visit` with every listed task, static scopes first, and how deep its scope lies. Gives the number of the others: those
/// that never suspended.
pub fn each_task(mut visit: impl FnMut(&TaskObject, usize)) -> usize {
    let _structure = lock(&STRUCTURE);
    let mut pending = vec![(&raw const DETACHED, 0), (&raw const MAIN, 0)];
    let mut others = 0;
    while let Some((scope, depth)) = pending.pop() {
        // SAFETY: scopes and linked tasks are alive under the locks.
        unsafe {
            let state = lock(&(*scope).state);
            let mut task = state.tasks;
            let mut all = Vec::new();
            while !task.is_null() {
                all.push(task);
                task = (*task).next;
            }
            others += (*scope).alive().saturating_sub(all.len());
            all.iter().rev().for_each(|&task| visit(&*task, depth));
            pending.extend(state.nested.iter().map(|&nested| (nested, depth + 1)));
        }
    }
    others
}
