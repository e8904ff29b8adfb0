//! Scopes: who waits for a task and who cancels it. A 并发 or 限时 is a scope owned by the task that runs its body; the main scope and
//! the scope of detached tasks are static. Every task is in exactly one list, so the scopes are also the registry of live tasks.
//!
//! Cancellation is sticky: a flag on scopes (copied to the scopes below) and on tasks. `pending` of a task is non-zero exactly when a flag
//! applies to it and no 最终 shields it. The structure (who is below whom) changes under `STRUCTURE`; lists of children under
//! the scope's own lock; order of locks: STRUCTURE, scope, shield.

use super::object::{TaskObject, flags, is_cancellation};
use super::settle::{self, Settler};
use super::{main, run};
use crate::error;
use crate::memory;
use crate::sync::lock;
use crate::timer::Alarm;
use core::ptr;
use core::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use core::task::Waker;
use qi_abi::{Error, Header};
use std::sync::Mutex;

/// Why a scope is cancelled.
pub mod cause {
    /// An error of the body or a child, or a scope above.
    pub const CANCELLED: u8 = 1;
    /// Its own deadline passed.
    pub const DEADLINE: u8 = 2;
}

pub struct Scope {
    /// The task that runs the body; null for the static scopes.
    pub owner: *mut TaskObject,
    pub parent: *const Scope,
    /// [`cause`] bits.
    pub cancelled: AtomicU8,
    pub state: Mutex<ScopeState>,
}

pub struct ScopeState {
    tasks: *mut TaskObject,
    pub alive: usize,
    /// Scopes opened inside, by the owner or by children.
    nested: Vec<*const Scope>,
    /// First error of a child, later ones attached; private.
    pub failure: *mut Error,
    /// The owner, when it waits for the children.
    pub joiner: Option<Waker>,
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
            parent,
            cancelled: AtomicU8::new(cancelled),
            state: Mutex::new(ScopeState {
                tasks: ptr::null_mut(),
                alive: 0,
                nested: Vec::new(),
                failure: ptr::null_mut(),
                joiner: None,
                joined: false,
                settlers: Vec::new(),
                alarm: None,
            }),
        }
    }
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire) != 0
    }
}

/// Owns what 主函数 and top-level tasks start; errors never cancel siblings here.
pub static MAIN: Scope = Scope::new(ptr::null_mut(), ptr::null(), 0);
/// 启动 后台.
pub static DETACHED: Scope = Scope::new(ptr::null_mut(), ptr::null(), 0);

static STRUCTURE: Mutex<()> = Mutex::new(());
/// Tasks that have not ended.
pub static ALIVE: AtomicUsize = AtomicUsize::new(0);

/// Shielding of a task's 最终 blocks.
#[derive(Default)]
pub struct Shield {
    depth: u32,
    /// A cancellation applies to the task.
    wanted: bool,
    /// Ends the shield 5 s after the later of entry and request.
    alarm: Option<Alarm>,
}

const SHIELD_MILLISECONDS: u64 = 5000;

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

/// Puts a fresh task into its scope's list.
///
/// # Safety
/// `task` is not scheduled yet, its scope alive.
pub unsafe fn adopt(task: *mut TaskObject) {
    ALIVE.fetch_add(1, Ordering::Relaxed);
    // SAFETY: contract; linked tasks are alive.
    unsafe {
        let scope = &*(*task).owner;
        let mut state = lock(&scope.state);
        state.alive += 1;
        (*task).next = state.tasks;
        if !state.tasks.is_null() {
            (*state.tasks).previous = task;
        }
        state.tasks = task;
        if scope.is_cancelled() {
            request(task);
        }
    }
}

/// Takes an ended task out of its scope and gives up the caller's reference; its error fails a 并发.
///
/// # Safety
/// `task` has finished, and the caller owns a reference; `failure` is its error or null.
pub unsafe fn child_ended(task: *mut TaskObject, failure: *mut Error) {
    // SAFETY: contract; a scope lives until its last child was taken out under its lock.
    unsafe {
        drop(core::mem::take(&mut *lock(&(*task).shield)));
        let scope = &*(*task).owner;
        let is_static = scope.owner.is_null();
        if !failure.is_null() && !is_static && !is_cancellation(failure) {
            (*task).flags.fetch_or(flags::OBSERVED, Ordering::Relaxed);
            let copy = error::duplicate(failure);
            let _structure = lock(&STRUCTURE);
            record_failure(&mut lock(&scope.state), copy);
            cancel_below(scope, cause::CANCELLED);
        }
        if !failure.is_null() && (*task).has(flags::MAIN) {
            main::failed(failure);
        }
        unlink(&mut lock(&scope.state), task);
        // Before anybody learns that the task has ended: whoever waits for the last task counts what lives.
        memory::release(task.cast());
        let mut state = lock(&scope.state);
        state.alive -= 1;
        let joiner = if state.alive == 0 { state.joiner.take() } else { None };
        let empty = state.alive == 0;
        let settlers = settle::settled(&mut state);
        drop(state);
        if let Some(joiner) = joiner {
            joiner.wake();
        }
        settle::wake(settlers);
        ALIVE.fetch_sub(1, Ordering::AcqRel);
        if is_static && empty {
            main::scope_emptied();
        }
    }
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
                request(task);
                task = (*task).next;
            }
            if !scope.owner.is_null() {
                request(scope.owner);
            }
        }
        for &nested in &state.nested {
            // SAFETY: as above.
            unsafe { (*nested).cancelled.fetch_or(cause::CANCELLED, Ordering::AcqRel) };
            pending.push(nested);
        }
    }
}

/// A cancellation applies to the task: shows it unless a 最终 shields the task, and wakes it.
///
/// # Safety
/// `task` is alive.
unsafe fn request(task: *mut TaskObject) {
    // SAFETY: contract.
    unsafe {
        let mut shield = lock(&(*task).shield);
        if shield.wanted {
            return;
        }
        shield.wanted = true;
        if shield.depth > 0 {
            shield.alarm = Some(Alarm::new(SHIELD_MILLISECONDS, shield_ends, task as usize));
            return;
        }
        (*task).abi.pending.store(1, Ordering::Release);
        drop(shield);
        (*task).wake();
    }
}

/// Runs when a shield lasted too long. The alarm is dropped before its task ends.
fn shield_ends(task: usize) {
    let task = task as *mut TaskObject;
    // SAFETY: see above.
    unsafe {
        (*task).abi.pending.store(1, Ordering::Release);
        (*task).wake();
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
        if (*task).has(flags::FINISHED) {
            return;
        }
        request(task);
        let mut scope = (*task).scope;
        while ptr::eq((*scope).owner, task) {
            cancel_below(&*scope, cause::CANCELLED);
            scope = (*scope).parent;
        }
    }
}

/// Opens a scope in the running task.
pub fn enter() -> *mut Scope {
    let task = run::current();
    if task.is_null() {
        // Plain main cannot wait; lowering makes every function with a 并发 suspendable, so this is unreachable from Qi.
        return Box::into_raw(Box::new(Scope::new(task, &raw const MAIN, 0)));
    }
    let _structure = lock(&STRUCTURE);
    // SAFETY: the running task and its innermost scope.
    unsafe {
        let parent = &*(*task).scope;
        let inherited = if parent.is_cancelled() { cause::CANCELLED } else { 0 };
        let scope = Box::into_raw(Box::new(Scope::new(task, parent, inherited)));
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
        let _structure = lock(&STRUCTURE);
        let parent = &*(*scope).parent;
        lock(&parent.state).nested.retain(|&nested| !ptr::eq(nested, scope));
        (*task).scope = parent;
        let wanted = parent.is_cancelled() || (*task).has(flags::CANCELLED);
        let mut shield = lock(&(*task).shield);
        shield.wanted = wanted;
        let mut alarm = None;
        if !wanted {
            (*task).interrupted = false;
            (*task).abi.pending.store(0, Ordering::Release);
            alarm = shield.alarm.take();
        }
        drop(shield);
        drop(alarm);
        drop(Box::from_raw(scope));
        wanted
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_shield_enter() {
    let task = run::current();
    if task.is_null() {
        return;
    }
    // SAFETY: the running task.
    unsafe {
        let mut shield = lock(&(*task).shield);
        shield.depth += 1;
        if shield.depth == 1 && shield.wanted {
            (*task).abi.pending.store(0, Ordering::Release);
            shield.alarm = Some(Alarm::new(SHIELD_MILLISECONDS, shield_ends, task as usize));
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_shield_leave() {
    let task = run::current();
    if task.is_null() {
        return;
    }
    // SAFETY: the running task.
    let alarm = unsafe {
        let mut shield = lock(&(*task).shield);
        shield.depth = shield.depth.saturating_sub(1);
        if shield.depth > 0 {
            return;
        }
        (*task).abi.pending.store(usize::from(shield.wanted), Ordering::Release);
        shield.alarm.take()
    };
    // Outside the lock: waits for an alarm that rings right now.
    drop(alarm);
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_task_cancel(task: *mut Header) {
    if !task.is_null() {
        // SAFETY: contract: a borrowed handle.
        unsafe { cancel_task(task.cast()) }
    }
}

/// Calls `visit` with every live task, static scopes first, and how deep its scope lies.
pub fn each_task(mut visit: impl FnMut(&TaskObject, usize)) {
    let _structure = lock(&STRUCTURE);
    let mut pending = vec![(&raw const DETACHED, 0), (&raw const MAIN, 0)];
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
            all.iter().rev().for_each(|&task| visit(&*task, depth));
            pending.extend(state.nested.iter().map(|&nested| (nested, depth + 1)));
        }
    }
}
