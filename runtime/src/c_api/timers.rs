//! Time for C programs.

use super::registry::{self, Kind};
use super::state::{QiError, fail, is_running, succeed};
use super::tasks::QiTaskFunction;
use crate::memory::census;
use crate::timer::Alarm;
use crate::types::type_info;
use core::ffi::c_void;
use core::ptr;
use core::time::Duration;
use qi_abi::{TypeInfo, TypeKind};

static TIMER: TypeInfo = type_info(TypeKind::Pointer, 0, 8, "C 定时器");

/// A call that will be made later.
pub struct QiTimer {
    alarm: Option<Alarm>,
    function: unsafe extern "C" fn(*mut c_void),
    context: *mut c_void,
}

fn ring(timer: usize) {
    // SAFETY: the timer is freed only after its alarm.
    unsafe {
        let timer = timer as *const QiTimer;
        ((*timer).function)((*timer).context);
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
    let timer = Box::into_raw(Box::new(QiTimer { alarm: None, function, context }));
    census::born(&raw const TIMER);
    registry::add(timer, Kind::Timer);
    // SAFETY: ours until it is returned; the call reads only what is set already.
    unsafe { (*timer).alarm = Some(Alarm::new(milliseconds, ring, timer as usize)) };
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
        // SAFETY: taken out of the registry by us alone; the alarm goes first.
        unsafe {
            drop((*timer).alarm.take());
            drop(Box::from_raw(timer));
        }
    }
}

/// The calling thread sleeps. Nothing happens if the time is not positive.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_sleep_thread(milliseconds: i64) {
    std::thread::sleep(Duration::from_millis(milliseconds.max(0) as u64));
}
