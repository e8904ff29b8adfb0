//! Time for C programs.

use super::registry::{self, Kind};
use super::state::{QiError, fail, is_running, succeed};
use super::tasks::QiTaskFunction;
use crate::memory::census;
use crate::sync::lock;
use crate::task::{deadlock, helper};
use core::ffi::c_void;
use core::ptr;
use core::time::Duration;
use qi_abi::{TypeInfo, TypeKind};
use smol::Timer;
use std::sync::{Arc, Mutex};

static TIMER: TypeInfo = TypeInfo::plain(TypeKind::Pointer, 0, 8, "C 定时器");

/// A call that will be made later, by a job of its own: it may take as long as it likes.
pub struct QiTimer {
    /// None once it was made. Locked while it is made.
    call: Arc<Mutex<Option<Call>>>,
    _job: async_task::Task<()>,
}

struct Call {
    function: unsafe extern "C" fn(*mut c_void),
    context: *mut c_void,
}

// SAFETY: the header says that the call is made on another thread.
unsafe impl Send for Call {}

async fn ring(call: Arc<Mutex<Option<Call>>>, milliseconds: u64) {
    Timer::after(Duration::from_millis(milliseconds)).await;
    let mut call = lock(&call);
    if let Some(Call { function, context }) = call.take() {
        // SAFETY: the caller of `qi_timer_start` promises that the function may be called with this.
        unsafe { function(context) };
        deadlock::external_ends();
    }
}

/// Calls `function(context)` once, on a worker, after the given time. Null (with an error) if `function` is null, the time is
/// negative or the runtime does not run.
///
/// Ownership: freed with `qi_timer_free`, also after it rang.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_timer_start(
    milliseconds: i64,
    function: QiTaskFunction,
    context: *mut c_void,
) -> *mut QiTimer {
    if !is_running() {
        return ptr::null_mut();
    }
    let (Some(function), Ok(milliseconds)) = (function, u64::try_from(milliseconds)) else {
        fail(QiError::Argument, "函数指针是空的，或时间是负数");
        return ptr::null_mut();
    };
    deadlock::external_begins();
    let call = Arc::new(Mutex::new(Some(Call { function, context })));
    let job = helper::spawn(ring(Arc::clone(&call), milliseconds));
    let timer = Box::into_raw(Box::new(QiTimer { call, _job: job }));
    census::born(&raw const TIMER);
    registry::add(timer, Kind::Timer);
    timer
}

/// Stops a timer and frees it; waits for a call that happens right now. Not to be called from that call. Null does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_timer_free(timer: *mut QiTimer) {
    if timer.is_null() {
        return succeed();
    }
    if registry::remove(timer, Kind::Timer) {
        census::died(&raw const TIMER);
        // SAFETY: taken out of the registry by us alone.
        let timer = unsafe { Box::from_raw(timer) };
        if lock(&timer.call).take().is_some() {
            deadlock::external_ends();
        }
    }
}

/// The calling thread sleeps. Nothing happens if the time is not positive.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_sleep_thread(milliseconds: i64) {
    std::thread::sleep(Duration::from_millis(milliseconds.max(0) as u64));
}
