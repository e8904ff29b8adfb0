//! How a frame sleeps until something happens: waiter nodes in the frame, linked into lists under the lock of what is waited for.
//!
//! Protocol: the sleeper links its node under the lock, with a waker of its task. Whoever makes the event happen takes the
//! node out of the list, does the transfer, takes the waker, stores the state (its last access to the node), unlocks and
//! wakes. A sleeper that sees another state than `WAITING` therefore owns its node again. A node of a 选择 is first claimed for its
//! arm; a lost claim means the choice was already made, and the node is skipped.

use super::object::TaskObject;
use super::run::cancellation;
use crate::select::Select;
use core::ptr;
use core::sync::atomic::{AtomicU32, Ordering};
use core::task::Waker;
use qi_abi::{Error, NODE_WORDS, Task, status};

pub const WAITING: u32 = 0;
/// The operation took effect.
pub const DONE: u32 = 1;
/// The channel was closed.
pub const CLOSED: u32 = 2;

/// What a task waits for, for dumps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Waits {
    Nothing,
    Sleep,
    Turn,
    Task,
    Send,
    Receive,
    Select,
    Lock,
    Children,
    Input,
    Blocking,
    Network,
}

impl Waits {
    pub fn text(value: u8) -> &'static str {
        const NAMES: [&str; 12] = [
            "运行",
            "睡眠",
            "让出执行",
            "等待任务",
            "发送",
            "接收",
            "选择",
            "锁",
            "子任务",
            "输入",
            "阻塞操作",
            "网络",
        ];
        NAMES.get(value as usize).copied().unwrap_or("？")
    }
}

/// One wait; lies in the node words of a frame or in a 选择.
#[repr(C)]
pub struct Waiter {
    next: *mut Waiter,
    previous: *mut Waiter,
    waker: Option<Waker>,
    /// Where a received value goes, or a value to send lies.
    pub place: *mut u8,
    /// The 选择 this is an arm of, or null.
    select: *const Select,
    pub state: AtomicU32,
    /// Arm number, or the kind of a lock waiter.
    pub arm: u32,
    pub task: *mut TaskObject,
    /// What is waited for.
    pub target: *mut u8,
}

const _: () = assert!(size_of::<Waiter>() <= NODE_WORDS * 8);

impl Waiter {
    /// A wait that already took effect: what a budget pause leaves behind.
    pub fn done(task: *mut TaskObject, target: *mut u8) -> Self {
        Self {
            next: ptr::null_mut(),
            previous: ptr::null_mut(),
            waker: None,
            place: ptr::null_mut(),
            select: ptr::null(),
            state: AtomicU32::new(DONE),
            arm: 0,
            task,
            target,
        }
    }

    /// # Safety
    /// `task` is the running task.
    pub unsafe fn new(task: *mut TaskObject, target: *mut u8, place: *mut u8) -> Self {
        // SAFETY: contract.
        let waker = unsafe { (*task).waker() };
        Self { waker: Some(waker), place, state: AtomicU32::new(WAITING), ..Self::done(task, target) }
    }

    /// A thread that waits.
    pub fn for_thread(waker: Waker, place: *mut u8) -> Self {
        let state = AtomicU32::new(WAITING);
        Self { waker: Some(waker), place, state, ..Self::done(ptr::null_mut(), ptr::null_mut()) }
    }

    pub fn for_arm(task: *mut TaskObject, select: *const Select, arm: u32, target: *mut u8, place: *mut u8) -> Self {
        Self { place, select, arm, state: AtomicU32::new(WAITING), ..Self::done(task, target) }
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
    // SAFETY: the waiter was linked, so it and its 选择 are alive.
    unsafe {
        let select = (*waiter).select;
        if !select.is_null() && !(*select).claim((*waiter).arm) {
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
    pub fn task(&self) -> *mut TaskObject {
        // SAFETY: as `place`.
        unsafe { (*self.0).task }
    }

    /// Publishes the outcome; the waker is to be called after the lock is open.
    pub fn finish(self, state: u32) -> Option<Waker> {
        // SAFETY: the waiter stays alive until the state is stored, which is the last access. A 选择 lives until its task
        // has seen the claim *and* taken the lock we hold.
        unsafe {
            let select = (*self.0).select;
            let waker = if select.is_null() { (*self.0).waker.take() } else { (*select).waker() };
            // Release: the transferred value comes before; pairs with the load in `outcome`.
            (*self.0).state.store(state, Ordering::Release);
            waker
        }
    }
}

/// Whether a cancellation wants to be thrown.
///
/// # Safety
/// `task` is the running task.
#[inline]
pub unsafe fn is_cancelled(task: *mut TaskObject) -> bool {
    // SAFETY: contract. Acquire pairs with the store of whoever cancelled.
    unsafe { (*task).abi.pending.load(Ordering::Acquire) != 0 }
}

/// Hands an error to the caller.
///
/// # Safety
/// `task` is the running task; `error` is owned, and now the task's.
pub unsafe fn fail(task: *mut TaskObject, error: *mut Error) -> i32 {
    // SAFETY: contract.
    unsafe { (*task).abi.error = error };
    status::FAILED
}

/// # Safety
/// `task` is the running task.
pub unsafe fn fail_cancelled(task: *mut TaskObject) -> i32 {
    // SAFETY: contract.
    unsafe { fail(task, cancellation()) }
}

/// # Safety
/// `task` is the running task.
pub unsafe fn pending(task: *mut TaskObject, waits: Waits) -> i32 {
    // SAFETY: contract.
    unsafe { (*task).waits.store(waits as u8, Ordering::Relaxed) };
    status::PENDING
}

/// An operation took effect at once: goes on, or lets others run when the task had its share. `node` is then a finished wait.
///
/// # Safety
/// `task` is the running task, `node` its unused node, `target` what `finish` needs to know again.
#[inline]
pub unsafe fn ready(task: *mut TaskObject, node: *mut Waiter, target: *mut u8) -> i32 {
    // SAFETY: contract.
    unsafe {
        (*task).budget = (*task).budget.saturating_sub(1);
        if (*task).budget > 0 {
            return status::READY;
        }
        node.write(Waiter::done(task, target));
        (*task).wake();
        pending(task, Waits::Turn)
    }
}

/// The task object behind the pointer that compiled code passes.
#[inline]
pub fn object(task: *mut Task) -> *mut TaskObject {
    TaskObject::from_abi(task)
}

/// What became of a wait that is not part of a 选择.
///
/// # Safety
/// `node` is an initialised waiter.
pub unsafe fn outcome(node: *const Waiter) -> u32 {
    // SAFETY: contract. Acquire pairs with the store in `Claimed::finish`.
    unsafe { (*node).state.load(Ordering::Acquire) }
}

/// Drops the waker of a wait that was given up.
///
/// # Safety
/// `node` is linked nowhere.
pub unsafe fn forget(node: *mut Waiter) {
    // SAFETY: contract.
    unsafe { (*node).waker = None };
}
