//! Shielding of a task's 最终 blocks: while one runs, a cancellation does not show until 5 s after the later of entry and request.

use super::object::TaskObject;
use super::run;
use crate::sync::{lock, spin};
use crate::timer::Alarm;
use core::sync::atomic::{AtomicU32, Ordering};
use std::sync::Mutex;

const MILLISECONDS: u64 = 5000;

const LOCKED: u32 = 1;
/// A cancellation applies to the task.
const WANTED: u32 = 2;
/// There is an alarm that ends the shield.
const ALARMED: u32 = 4;
/// 最终 blocks around the running code, times this.
const DEPTH: u32 = 8;

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

    /// Ends the shield after a while. Under the lock, so that the task cannot end in between.
    fn alarm(&mut self, task: *mut TaskObject) {
        let alarm = Alarm::new(MILLISECONDS, shield_ends, task as usize);
        lock(&ALARMS).push((task as usize, alarm));
        self.bits |= ALARMED;
    }

    /// Takes the alarm, if there is one; to be dropped without the lock, for that waits for an alarm that rings right now.
    fn disarm(&mut self, task: *mut TaskObject) -> Option<Alarm> {
        if !self.has(ALARMED) {
            return None;
        }
        self.bits &= !ALARMED;
        let mut alarms = lock(&ALARMS);
        let at = alarms.iter().position(|&(owner, _)| owner == task as usize)?;
        Some(alarms.swap_remove(at).1)
    }
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

/// A cancellation applies to the task: shows it unless a 最终 shields the task, and wakes it.
///
/// # Safety
/// `task` is alive.
pub unsafe fn request(task: *mut TaskObject) {
    // SAFETY: contract.
    unsafe {
        let mut shield = (*task).shield.lock();
        if shield.has(WANTED) {
            return;
        }
        shield.bits |= WANTED;
        if shield.depth() > 0 {
            return shield.alarm(task);
        }
        // Release pairs with the load in `wait::is_cancelled`.
        (*task).pending.store(1, Ordering::Release);
        drop(shield);
        (*task).wake();
    }
}

/// The scopes around the running task say whether it is cancelled.
///
/// # Safety
/// `task` is the running task.
pub unsafe fn set_wanted(task: *mut TaskObject, wanted: bool) {
    // SAFETY: contract.
    unsafe {
        let mut shield = (*task).shield.lock();
        if wanted {
            shield.bits |= WANTED;
            return;
        }
        shield.bits &= !WANTED;
        // Release, as in `request`.
        (*task).pending.store(0, Ordering::Release);
        let alarm = shield.disarm(task);
        drop(shield);
        drop(alarm);
    }
}

/// The task ends: nothing of its shield stays behind.
///
/// # Safety
/// `task` is the running task.
#[inline]
pub unsafe fn finish(task: *mut TaskObject) {
    // SAFETY: contract. A task that was never cancelled or shielded has no alarm. Relaxed: the flag is set by the task itself, or by a
    // canceller under the lock while the task is inside a 最终, which it then left under the lock.
    unsafe {
        if (*task).shield.0.load(Ordering::Relaxed) & ALARMED != 0 {
            let alarm = (*task).shield.lock().disarm(task);
            drop(alarm);
        }
    }
}

/// Runs when a shield lasted too long. The alarm is dropped before its task ends.
fn shield_ends(task: usize) {
    let task = task as *mut TaskObject;
    // SAFETY: see above.
    unsafe {
        // Release, as in `request`.
        (*task).pending.store(1, Ordering::Release);
        (*task).wake();
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
        shield.bits += DEPTH;
        if shield.depth() == 1 && shield.has(WANTED) {
            // Release, as in `request`.
            (*task).pending.store(0, Ordering::Release);
            shield.alarm(task);
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
    unsafe {
        let mut shield = (*task).shield.lock();
        if shield.depth() > 0 {
            shield.bits -= DEPTH;
        }
        if shield.depth() > 0 {
            return;
        }
        // Release, as in `request`.
        (*task).pending.store(u8::from(shield.has(WANTED)), Ordering::Release);
        let alarm = shield.disarm(task);
        drop(shield);
        drop(alarm);
    }
}
