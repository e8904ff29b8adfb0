//! Shielding of a task's 最终 blocks: while one runs, a cancellation does not show until 5 s after the later of entry and request.
//! That holds for what cancels the task from outside the block, not for the scopes that the block opens: each cancellation has a
//! level, the number of 最终 blocks around the scope it comes from, and shows where the running code is at that level.

use super::object::TaskObject;
use super::{run, scope};
use crate::sync::{lock, spin};
use crate::timer::Alarm;
use core::sync::atomic::{AtomicU32, Ordering};
use std::sync::Mutex;

const MILLISECONDS: u64 = 5000;

const LOCKED: u32 = 1;
/// There is an alarm that ends the shield.
const ALARMED: u32 = 2;
/// The alarm rang: every cancellation shows.
const EXPIRED: u32 = 4;
/// A cancellation of level 0 applies to the task. Those of the levels above are the bits above.
const WANTED: u32 = 8;
/// Deeper levels count as the last.
const LEVELS: u32 = 9;
/// 最终 blocks around the running code, times this; what does not fit wraps around.
const DEPTH: u32 = WANTED << LEVELS;

/// A word with a lock: `pending` of the task changes under it.
pub struct Shield(AtomicU32);

/// The alarms that end shields, by task.
static ALARMS: Mutex<Vec<(usize, Alarm)>> = Mutex::new(Vec::new());

struct Guard<'a> {
    shield: &'a Shield,
    bits: u32,
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        // Release pairs with the acquire in `lock`.
        self.shield.0.store(self.bits, Ordering::Release);
    }
}

impl Guard<'_> {
    fn has(&self, bit: u32) -> bool {
        self.bits & bit != 0
    }
    fn depth(&self) -> u32 {
        self.bits / DEPTH
    }

    /// Whether a cancellation of a level around this one applies.
    fn hides(&self) -> bool {
        self.has(wanted(self.depth()) - WANTED)
    }

    fn shows(&self) -> bool {
        self.has(wanted(self.depth())) || (self.has(EXPIRED) && self.hides())
    }

    /// Tells the suspension points of the task, and says what it told.
    fn show(&self, task: *mut TaskObject) -> bool {
        let shows = self.shows();
        // SAFETY: contract of the callers. Release pairs with the load in `wait::is_cancelled`.
        unsafe { (*task).pending.store(u8::from(shows), Ordering::Release) };
        shows
    }

    /// Ends the shield after a while, if it hides something. Under the lock, so that the task cannot end in between.
    fn arm(&mut self, task: *mut TaskObject) {
        if self.has(ALARMED | EXPIRED) || !self.hides() {
            return;
        }
        let alarm = Alarm::new(MILLISECONDS, scope::shield_ends, task as usize);
        lock(&ALARMS).push((task as usize, alarm));
        self.bits |= ALARMED;
    }

    /// Takes the alarm, if there is one and the shield hides nothing; to be dropped without any lock, for that waits for an alarm
    /// that rings right now.
    fn disarm(&mut self, task: *mut TaskObject) -> Option<Alarm> {
        if self.hides() {
            return None;
        }
        self.bits &= !EXPIRED;
        self.take_alarm(task)
    }

    fn take_alarm(&mut self, task: *mut TaskObject) -> Option<Alarm> {
        if !self.has(ALARMED) {
            return None;
        }
        self.bits &= !ALARMED;
        let mut alarms = lock(&ALARMS);
        let at = alarms.iter().position(|&(owner, _)| owner == task as usize)?;
        Some(alarms.swap_remove(at).1)
    }
}

/// The bit of a cancellation of this level.
fn wanted(level: u32) -> u32 {
    WANTED << level.min(LEVELS - 1)
}

impl Shield {
    pub fn new() -> Self {
        Self(AtomicU32::new(0))
    }

    fn lock(&self) -> Guard<'_> {
        let mut round = 0;
        loop {
            // Acquire pairs with the release of the guard before.
            let bits = self.0.fetch_or(LOCKED, Ordering::Acquire);
            if bits & LOCKED == 0 {
                return Guard { shield: self, bits };
            }
            spin(round);
            round += 1;
        }
    }
}

/// A cancellation of this level applies to the task: shows it unless a 最终 shields the task, and wakes it.
///
/// # Safety
/// `task` is alive.
pub unsafe fn request(task: *mut TaskObject, level: u32) {
    // SAFETY: contract.
    unsafe {
        let mut shield = (*task).shield.lock();
        if shield.has(wanted(level)) {
            return;
        }
        shield.bits |= wanted(level);
        shield.arm(task);
        let shows = shield.show(task);
        drop(shield);
        if shows {
            (*task).wake();
        }
    }
}

/// No cancellation of this level applies to the task any more. To be dropped without any lock.
///
/// # Safety
/// `task` is the running task, at that level.
pub unsafe fn withdraw(task: *mut TaskObject, level: u32) -> Option<Alarm> {
    // SAFETY: contract.
    unsafe {
        let mut shield = (*task).shield.lock();
        shield.bits &= !wanted(level);
        shield.show(task);
        shield.disarm(task)
    }
}

/// Every cancellation shows from here on. To be followed by a wake. False if the shield has ended meanwhile.
///
/// # Safety
/// `task` is alive.
pub unsafe fn expire(task: *mut TaskObject) -> bool {
    // SAFETY: contract.
    unsafe {
        let mut shield = (*task).shield.lock();
        if !shield.has(ALARMED) {
            return false;
        }
        shield.bits |= EXPIRED;
        shield.show(task);
        true
    }
}

/// The number of 最终 blocks around the running code, and whether they hide a cancellation from it.
///
/// # Safety
/// `task` is the running task.
pub unsafe fn level(task: *mut TaskObject) -> (u32, bool) {
    // SAFETY: contract.
    let shield = unsafe { (*task).shield.lock() };
    (shield.depth(), shield.hides() && !shield.has(EXPIRED))
}

/// A task that a shielded one starts is shielded like it.
///
/// # Safety
/// `task` is not queued yet.
pub unsafe fn inherit(task: *mut TaskObject) {
    // SAFETY: contract.
    unsafe { (*task).shield.lock().bits = DEPTH };
}

/// Whether the task, not started yet, is one of those.
///
/// # Safety
/// `task` is the running task.
pub unsafe fn is_inherited(task: *mut TaskObject) -> bool {
    // SAFETY: contract.
    unsafe { (*task).shield.lock().depth() > 0 }
}

/// The task ends: nothing of its shield stays behind.
///
/// # Safety
/// `task` is the running task.
#[inline]
pub unsafe fn finish(task: *mut TaskObject) {
    // A task that was never cancelled or shielded has no alarm. Relaxed: the flag is set by the task itself, or by a canceller under
    // the lock while the task is inside a 最终, which it then left under the lock.
    // SAFETY: contract.
    unsafe {
        if (*task).shield.0.load(Ordering::Relaxed) & ALARMED != 0 {
            let alarm = (*task).shield.lock().take_alarm(task);
            drop(alarm);
        }
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
        let mut shield = (*task).shield.lock();
        shield.bits = shield.bits.wrapping_add(DEPTH);
        shield.arm(task);
        shield.show(task);
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
        let mut shield = (*task).shield.lock();
        shield.bits = shield.bits.wrapping_sub(DEPTH);
        let alarm = shield.disarm(task);
        shield.show(task);
        alarm
    };
    drop(alarm);
}
