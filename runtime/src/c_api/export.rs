//! What compiled 导出 functions and C callbacks call. Not in the header.

use super::state::{QiError, fail, succeed};
use super::thread;
use crate::error;
use crate::input_output;
use crate::memory;
use crate::task::object::flags;
use crate::task::scope::MAIN;
use crate::task::{await_error, run, scheduler};
use qi_abi::{Error, SpawnInfo};

/// See `qi_abi::symbols::EXPORT_FAILED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_export_failed(failure: *mut Error) {
    let mut message = String::new();
    // SAFETY: contract: owned by this call.
    unsafe {
        if let Err(second) = error::write_message(&mut message, failure) {
            message.push_str("（取错误消息时又出错）");
            memory::release(second.cast());
        }
        memory::release(failure.cast());
    }
    fail(QiError::Thrown, &message);
}

/// See `qi_abi::symbols::EXPORT_RUN`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_export_run(info: *const SpawnInfo, args: *mut u8, out: *mut u8) {
    scheduler::start();
    // SAFETY: contract: a static description and its argument record, which moves into the task.
    unsafe {
        let task = run::spawn_in(&*info, args, flags::OBSERVED, &raw const MAIN);
        thread::join(task.cast());
        let failure = await_error(task.cast(), out);
        memory::release(task);
        if failure.is_null() {
            succeed();
        } else {
            qi_export_failed(failure);
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
