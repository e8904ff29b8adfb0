//! 选择: exactly one of several operations takes effect. All channels and tasks involved are locked in address order; ready arms are
//! tried from a random start; else a waiter is linked everywhere. Whoever serves one of them first claims the choice with one
//! compare-and-swap. A choice in progress is never linked, so it cannot pair with itself.

use crate::channel::{self, Attempt, Channel, State as ChannelState};
use crate::memory::{release, retain};
use crate::number::random_bits;
use crate::sync::MutexGuard;
use crate::task::object::TaskObject;
use crate::task::wait::{self, CLOSED, Choice, DONE, OnceGuard, Sleeper, Waiter, Waits, object};
use crate::task::wheel::Node;
use crate::task::{conclude_await, scheduler};
use core::ptr;
use core::sync::atomic::Ordering;
use core::task::Waker;
use qi_abi::{Header, Task, TypeInfo, status};
use smallvec::SmallVec;

/// Most choices have no more arms: then they are one allocation.
const FEW: usize = 4;

enum Kind {
    Receive,
    ReceiveOrNone { got: *mut u8 },
    Send,
    Await,
    Timeout { milliseconds: i64 },
    Default,
}

struct Arm {
    kind: Kind,
    target: *mut u8,
    place: *mut u8,
    waiter: Waiter,
}

/// A choice; one heap object from `qi_select_new` to the end of `qi_select_wait`.
pub struct Select {
    choice: Choice,
    arms: SmallVec<[Arm; FEW]>,
    timer: Option<Node>,
}

impl Select {
    /// # Safety
    /// `target` is null or a live counted object.
    unsafe fn add(&mut self, kind: Kind, target: *mut u8, place: *mut u8) {
        if !target.is_null() {
            // SAFETY: contract. The caller only lends it, but the choice outlives this call.
            unsafe { retain(target.cast()) };
        }
        let waiter = Waiter::done(Sleeper::NOBODY, target);
        self.arms.push(Arm { kind, target, place, waiter });
    }
}

impl Drop for Select {
    fn drop(&mut self) {
        for arm in &self.arms {
            if !arm.target.is_null() {
                // SAFETY: `add` took this reference.
                unsafe { release(arm.target.cast()) };
            }
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_select_new(arms: i64) -> *mut Select {
    Box::into_raw(Box::new(Select {
        choice: Choice::new(),
        arms: SmallVec::with_capacity(arms.clamp(0, 1 << 16) as usize),
        timer: None,
    }))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_select_recv(select: *mut Select, channel: *mut Channel, out: *mut u8) {
    // SAFETY: contract.
    unsafe { (*select).add(Kind::Receive, channel.cast(), out) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_select_recv_or_none(
    select: *mut Select,
    channel: *mut Channel,
    out: *mut u8,
    got: *mut u8,
) {
    // SAFETY: contract.
    unsafe { (*select).add(Kind::ReceiveOrNone { got }, channel.cast(), out) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_select_send(select: *mut Select, channel: *mut Channel, value: *mut u8) {
    // SAFETY: contract.
    unsafe { (*select).add(Kind::Send, channel.cast(), value) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_select_await(
    _result: *const TypeInfo,
    select: *mut Select,
    target: *mut Header,
    out: *mut u8,
) {
    // SAFETY: contract.
    unsafe { (*select).add(Kind::Await, target.cast(), out) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_select_timeout(select: *mut Select, milliseconds: i64) {
    // SAFETY: contract.
    unsafe { (*select).add(Kind::Timeout { milliseconds }, ptr::null_mut(), ptr::null_mut()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_select_default(select: *mut Select) {
    // SAFETY: contract.
    unsafe { (*select).add(Kind::Default, ptr::null_mut(), ptr::null_mut()) }
}

/// A locked channel or task; each at most once per choice.
enum Guard<'a> {
    Channel(MutexGuard<'a, ChannelState>),
    /// None if the task has finished.
    Task(Option<OnceGuard<'a>>),
}

/// Locks everything the arms wait for, in address order.
unsafe fn lock_all<'a>(arms: &[Arm]) -> SmallVec<[(usize, Guard<'a>); FEW]> {
    let mut targets: SmallVec<[(usize, bool); FEW]> = arms
        .iter()
        .filter(|arm| !arm.target.is_null())
        .map(|arm| (arm.target as usize, matches!(arm.kind, Kind::Await)))
        .collect();
    targets.sort_unstable();
    targets.dedup();
    // SAFETY: contract: borrowed channels and tasks outlive the choice.
    unsafe {
        targets
            .into_iter()
            .map(|(address, is_task)| {
                let guard = if is_task {
                    Guard::Task((*(address as *const TaskObject)).finished.lock())
                } else {
                    Guard::Channel((*(address as *const Channel)).lock())
                };
                (address, guard)
            })
            .collect()
    }
}

fn guard<'g, 'a>(guards: &'g mut [(usize, Guard<'a>)], target: *mut u8) -> &'g mut Guard<'a> {
    let at = guards.binary_search_by_key(&(target as usize), |(address, _)| *address).expect("all targets are locked");
    &mut guards[at].1
}

/// Tries one arm. `Some(state)` if it took effect.
unsafe fn attempt(arm: &Arm, guards: &mut [(usize, Guard<'_>)], woken: &mut Option<Waker>) -> Option<u32> {
    // SAFETY: contract: targets are alive and locked, places fit.
    unsafe {
        let result = match (&arm.kind, arm.target.is_null()) {
            (_, true) => return None,
            (Kind::Await, _) => {
                return (*arm.target.cast::<TaskObject>()).is_finished().then_some(DONE);
            }
            (kind, _) => {
                let Guard::Channel(state) = guard(guards, arm.target) else { return None };
                let channel = arm.target.cast::<Channel>();
                match kind {
                    Kind::Send => (*channel).try_send(state, arm.place, woken),
                    _ => (*channel).try_receive(state, arm.place, woken),
                }
            }
        };
        match result {
            Attempt::Done => Some(DONE),
            Attempt::Closed => Some(CLOSED),
            Attempt::Blocked => None,
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_select_wait(
    task: *mut Task,
    node: *mut *mut Select,
    out: *mut i64,
    select: *mut Select,
) -> i32 {
    let task = object(task);
    // SAFETY: contract: the running task, a choice whose arms are complete.
    unsafe {
        node.write(select);
        if wait::is_cancelled(task) {
            drop(Box::from_raw(select));
            return wait::fail_cancelled(task);
        }
        for arm in &(*select).arms {
            if let Kind::Send = arm.kind
                && let Err(error) = (*arm.target.cast::<Channel>()).share(arm.place)
            {
                drop(Box::from_raw(select));
                return wait::fail(task, error);
            }
        }
        let mut woken = None;
        let mut guards = lock_all(&(*select).arms);
        let count = (*select).arms.len();
        let start = if count == 0 { 0 } else { random_bits() as usize % count };
        for number in (0..count).map(|n| (start + n) % count) {
            if let Some(state) = attempt(&(&(*select).arms)[number], &mut guards, &mut woken) {
                drop(guards);
                woken.into_iter().for_each(Waker::wake);
                (*select).choice.claim(number as u32);
                (&mut (*select).arms)[number].waiter.state.store(state, Ordering::Relaxed);
                return pause_or_conclude(task, select, out);
            }
        }
        if let Some(number) = (*select).arms.iter().position(|arm| is_instant(&arm.kind)) {
            drop(guards);
            (*select).choice.claim(number as u32);
            return pause_or_conclude(task, select, out);
        }
        link(task, select, &mut guards);
        drop(guards);
        let shortest = (*select).arms.iter().filter_map(|arm| match arm.kind {
            Kind::Timeout { milliseconds } => Some(milliseconds as u64),
            _ => None,
        });
        if let Some(milliseconds) = shortest.min() {
            let node = (*select).timer.insert(Node::rung());
            scheduler::sleep(node, (*task).sleeper(), milliseconds);
        }
        wait::pending(task, Waits::Select)
    }
}

fn is_instant(kind: &Kind) -> bool {
    match kind {
        Kind::Default => true,
        Kind::Timeout { milliseconds } => *milliseconds <= 0,
        _ => false,
    }
}

unsafe fn link(task: *mut TaskObject, select: *mut Select, guards: &mut [(usize, Guard<'_>)]) {
    // SAFETY: the arms stay put from here on: the vector is not changed any more.
    unsafe {
        let shared = &raw const (*select).choice;
        for (number, arm) in (*select).arms.iter_mut().enumerate() {
            if arm.target.is_null() {
                continue;
            }
            arm.waiter = Waiter::for_arm((*task).sleeper(), shared, number as u32, arm.target, arm.place);
            match guard(guards, arm.target) {
                Guard::Task(waiters) => waiters.as_mut().expect("a finished task is a ready arm").push(&mut arm.waiter),
                Guard::Channel(state) => {
                    let channel = &*arm.target.cast::<Channel>();
                    channel.list(state, matches!(arm.kind, Kind::Send)).push(&mut arm.waiter);
                }
            }
        }
    }
}

/// Unlinks what is still linked. Taking each lock also waits for whoever serves the chosen arm.
unsafe fn unlink(select: *mut Select) {
    // SAFETY: targets are alive; waiters are linked in their target's list or nowhere.
    unsafe {
        for arm in &mut (*select).arms {
            if arm.target.is_null() || !arm.waiter.was_linked() {
                continue;
            }
            let waiter = &raw mut arm.waiter;
            if let Kind::Await = arm.kind {
                if let Some(mut waiters) = (*arm.target.cast::<TaskObject>()).finished.lock() {
                    waiters.remove(waiter);
                }
            } else {
                let channel = &*arm.target.cast::<Channel>();
                let mut state = channel.lock();
                let list = channel.list(&mut state, matches!(arm.kind, Kind::Send));
                if list.contains(waiter) {
                    list.remove(waiter);
                }
            }
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_select_wait_finish(task: *mut Task, node: *mut *mut Select, out: *mut i64) -> i32 {
    // SAFETY: contract: the node of the start.
    unsafe { step(object(task), *node, out) }
}

unsafe fn step(task: *mut TaskObject, select: *mut Select, out: *mut i64) -> i32 {
    // SAFETY: contract of the callers.
    unsafe {
        if (*select).choice.is_open() {
            let timeout = (*select).timer.as_ref().is_some_and(Node::has_rung);
            // A lost race means that an arm took effect after all.
            if timeout {
                let rings = (*select).arms.iter().enumerate().filter_map(|(number, arm)| match arm.kind {
                    Kind::Timeout { milliseconds } => Some((milliseconds, number)),
                    _ => None,
                });
                let (_, first) = rings.min().expect("a timer means an arm with a time");
                (*select).choice.claim(first as u32);
            } else if wait::is_cancelled(task) {
                (*select).choice.give_up();
            } else {
                return wait::pending(task, Waits::Select);
            }
        }
        unlink(select);
        if let Some(node) = &mut (*select).timer {
            scheduler::timers(node.home()).remove(node);
        }
        conclude(task, select, out)
    }
}

/// An arm was ready at once: goes on, or lets others run first when the task had its share.
unsafe fn pause_or_conclude(task: *mut TaskObject, select: *mut Select, out: *mut i64) -> i32 {
    // SAFETY: contract of the callers.
    unsafe {
        (*task).budget = (*task).budget.saturating_sub(1);
        if (*task).budget == 0 && !wait::may_go_on(task) {
            (*task).wake();
            return wait::pending(task, Waits::Turn);
        }
        conclude(task, select, out)
    }
}

/// Frees the choice and says what came of it.
unsafe fn conclude(task: *mut TaskObject, select: *mut Select, out: *mut i64) -> i32 {
    // SAFETY: nobody else refers to the choice any more.
    unsafe {
        let select = Box::from_raw(select);
        let Some(number) = select.choice.arm() else { return wait::fail_cancelled(task) };
        let arm = &select.arms[number];
        let closed = arm.waiter.state.load(Ordering::Acquire) == CLOSED;
        match arm.kind {
            Kind::Receive | Kind::Send if closed => {
                return wait::fail(task, channel::closed(matches!(arm.kind, Kind::Send)));
            }
            Kind::ReceiveOrNone { got } => *got = u8::from(!closed),
            Kind::Await => {
                let status = conclude_await(task, arm.target.cast(), arm.place);
                if status != status::READY {
                    return status;
                }
            }
            _ => {}
        }
        *out = number as i64;
    }
    status::READY
}
