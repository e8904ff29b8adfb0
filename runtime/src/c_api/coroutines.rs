//! Coroutines of C programs: functions that are called again until they return null, interleaved with others.

use super::state::{QiError, fail, is_running};
use crate::sync::lock;
use crate::task::helper;
use crate::task::scheduler;
use core::ffi::c_void;
use std::sync::Mutex;

/// One step of a C coroutine: null when it has ended, anything else to be called again.
pub type QiCoroutineFunction = Option<unsafe extern "C" fn(context: *mut c_void) -> *mut c_void>;

#[derive(Clone, Copy)]
struct Coroutine {
    step: unsafe extern "C" fn(*mut c_void) -> *mut c_void,
    context: *mut c_void,
}

// SAFETY: the caller of `qi_spawn_coroutine` promises that steps may run on any thread, one at a time.
unsafe impl Send for Coroutine {}

impl Coroutine {
    fn has_more(&self) -> bool {
        // SAFETY: contract of `qi_spawn_coroutine`.
        unsafe { !(self.step)(self.context).is_null() }
    }
}

/// Registered and not yet started, and how many were ever registered.
static WAITING: Mutex<(Vec<Coroutine>, usize)> = Mutex::new((Vec::new(), 0));

/// Registers a coroutine and gives its number (from 0). It runs inside `qi_run_scheduler`, its steps one after the other but not
/// always on the same thread. `SIZE_MAX` (with an error) if `function` is null or the runtime does not run.
///
/// Ownership: `context` stays the caller's and must live until the coroutine has ended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_spawn_coroutine(function: QiCoroutineFunction, context: *mut c_void) -> usize {
    if !is_running() {
        return usize::MAX;
    }
    let Some(step) = function else {
        fail(QiError::Null, "函数指针是空的");
        return usize::MAX;
    };
    let mut waiting = lock(&WAITING);
    waiting.0.push(Coroutine { step, context });
    waiting.1 += 1;
    waiting.1 - 1
}

/// Runs the registered coroutines, also those registered meanwhile, and returns when none is left.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_run_scheduler() {
    if !is_running() {
        return;
    }
    loop {
        let batch = core::mem::take(&mut lock(&WAITING).0);
        if batch.is_empty() {
            return;
        }
        let running: Vec<_> = batch
            .into_iter()
            .map(|coroutine| {
                helper::spawn(async move {
                    let coroutine = coroutine;
                    while coroutine.has_more() {
                        smol::future::yield_now().await;
                    }
                })
            })
            .collect();
        scheduler::before_blocking();
        for task in running {
            smol::block_on(task);
        }
    }
}

/// Lets others run. In a C function this cannot suspend the task: only the thread gives way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_yield() {
    std::thread::yield_now();
}
