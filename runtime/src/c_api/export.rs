//! What compiled 导出 functions and C callbacks call. Not in the header.

use super::registry::{self, Kind};
use super::state::{self, QiError, fail, succeed};
use super::text::{self, QiString};
use super::thread;
use crate::error;
use crate::input_output;
use crate::memory;
use crate::string;
use crate::task::object::flags;
use crate::task::scope::MAIN;
use crate::task::{await_error, run};
use core::ffi::c_int;
use core::ptr;
use core::sync::atomic::{AtomicU32, Ordering};
use qi_abi::{Error, SpawnInfo, Str};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

/// See `qi_abi::symbols::EXPORT_FAILED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_export_failed(failure: *mut Error) -> c_int {
    let mut message = String::new();
    // SAFETY: contract: owned by this call.
    unsafe {
        if let Err(second) = error::write_message(&mut message, failure) {
            message.push_str("（取错误消息时又出错）");
            memory::release(second.cast());
        }
        memory::release(failure.cast());
    }
    fail(QiError::Thrown, &message) as c_int
}

/// See `qi_abi::symbols::EXPORT_SUCCEEDED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_export_succeeded() {
    succeed();
}

/// See `qi_abi::symbols::EXPORT_TEXTS`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_export_texts(from: *const *const QiString, to: *mut Str, count: usize) -> c_int {
    // SAFETY: contract: arrays of that many; what is in the first is checked before it is read.
    unsafe {
        let from = core::slice::from_raw_parts(from, count);
        if !from.iter().all(|&it| registry::check(it, Kind::Text)) {
            return state::last() as c_int;
        }
        for (index, &it) in from.iter().enumerate() {
            to.add(index).write(string::new((*it).text()));
        }
    }
    0
}

/// See `qi_abi::symbols::EXPORT_TEXT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_export_text(value: *mut Str) -> *mut QiString {
    // SAFETY: contract: an owned text.
    let value = unsafe { value.read() };
    let text = text::publish(&[string::text(&value)]);
    string::release(value);
    text
}

/// See `qi_abi::symbols::EXPORT_RUN`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_export_run(info: *const SpawnInfo, args: *mut u8, out: *mut u8) -> c_int {
    // SAFETY: contract: a static description and its argument record, which moves into the task.
    unsafe {
        if !state::ensure_running() {
            return refuse(&*info, args);
        }
        let failure = run_task(&*info, args, out);
        if failure.is_null() {
            succeed();
            0
        } else {
            qi_export_failed(failure)
        }
    }
}

/// The code of the error for a task that cannot run.
///
/// # Safety
/// `args` is an argument record of that task, owned by this call.
pub unsafe fn refuse(info: &SpawnInfo, args: *mut u8) -> c_int {
    // SAFETY: contract.
    unsafe {
        if let Some(args_info) = info.args.as_ref() {
            memory::release_value(args, args_info);
        }
    }
    state::last() as c_int
}

/// Runs a task while this thread waits for it.
unsafe fn run_task(info: &'static SpawnInfo, args: *const u8, out: *mut u8) -> *mut Error {
    // SAFETY: contract of the callers: as `qi_export_run`.
    unsafe {
        let task = run::spawn_in(info, args, flags::OBSERVED, &raw const MAIN);
        thread::join(task.cast());
        let failure = await_error(task.cast(), out);
        memory::release(task);
        failure
    }
}

/// Libraries that are being initialised: their flags, and who does it.
static STARTING: Mutex<Vec<(usize, ThreadId)>> = Mutex::new(Vec::new());
/// Some library is no longer being initialised.
static STARTED: Condvar = Condvar::new();

/// See `qi_abi::symbols::LIBRARY_START`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_library_start(
    flag: *const AtomicU32,
    run: Option<unsafe extern "C" fn() -> *mut Error>,
    info: *const SpawnInfo,
) -> *mut Error {
    // SAFETY: contract: a static flag.
    if !unsafe { claim_start(&*flag) } {
        return ptr::null_mut();
    }
    crate::value::choose_seed();
    // SAFETY: contract: a function of the library, or the description of a task without arguments.
    let failure = unsafe {
        match run {
            Some(run) => run(),
            None => {
                if !state::ensure_running() {
                    input_output::die(2, "库的顶层变量不能在 fork 出来的进程里初始化");
                }
                run_task(&*info, ptr::null(), ptr::null_mut())
            }
        }
    };
    let mut starting = starting();
    starting.retain(|it| it.0 != flag.addr());
    // SAFETY: as above. Release: what was initialised comes before; pairs with the load in the exported functions.
    unsafe { (*flag).store(u32::from(failure.is_null()), Ordering::Release) };
    drop(starting);
    STARTED.notify_all();
    failure
}

fn starting() -> MutexGuard<'static, Vec<(usize, ThreadId)>> {
    STARTING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits while another thread initialises. False if nothing is left to do for this one.
fn claim_start(flag: &AtomicU32) -> bool {
    let (address, this) = (ptr::from_ref(flag).addr(), std::thread::current().id());
    let mut starting = starting();
    loop {
        if flag.load(Ordering::Acquire) != 0 {
            return false;
        }
        match starting.iter().find(|it| it.0 == address) {
            None => {
                starting.push((address, this));
                return true;
            }
            // An initialiser called C, which called an exported function.
            Some(it) if it.1 == this => return false,
            Some(_) => starting = STARTED.wait(starting).unwrap_or_else(PoisonError::into_inner),
        }
    }
}

/// See `qi_abi::symbols::CALLBACK_FAILED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_callback_failed(failure: *mut Error) -> ! {
    // SAFETY: contract: owned by this call.
    unsafe { error::qi_error_uncaught(failure) };
    input_output::die(2, "错误不能离开 C 回调")
}
