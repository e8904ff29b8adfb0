//! Start and end of the runtime for C programs, and the last error of each thread.

use crate::input_output;
use crate::memory::census;
use crate::sync::lock;
use crate::task::{main, scheduler};
use core::cell::RefCell;
use core::ffi::{CStr, c_char};
use std::ffi::CString;
use std::sync::Mutex;

/// Version of this header: major * 10000 + minor * 100 + patch.
pub const QI_VERSION: u32 = 100;

/// What `qi_last_error` returns.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum QiError {
    /// No error since the last call of this thread.
    Ok = 0,
    /// A pointer argument was null.
    Null = 1,
    /// A text was not UTF-8.
    Utf8 = 2,
    /// Not a live object of the expected kind (freed already, or never one).
    Handle = 3,
    /// The runtime is not initialised, or was shut down.
    State = 4,
    /// The process is a fork of the one that started the runtime.
    Forked = 5,
    /// Qi code threw; the message is the error's.
    Thrown = 6,
    /// The channel is closed.
    Closed = 7,
    /// The operation would have to wait.
    WouldBlock = 8,
    /// A number is out of range.
    Argument = 9,
}

thread_local! {
    static LAST: RefCell<(QiError, CString)> = RefCell::new((QiError::Ok, CString::default()));
}

#[derive(Clone, Copy)]
enum State {
    Stopped,
    Running { process: u32 },
}

static STATE: Mutex<State> = Mutex::new(State::Stopped);

/// Records an error of this thread.
pub fn fail(error: QiError, message: &str) -> QiError {
    let text = CString::new(message.replace('\0', " ")).expect("zero bytes were replaced");
    LAST.set((error, text));
    error
}

pub fn succeed() {
    // Even an empty message takes memory.
    if last() != QiError::Ok {
        LAST.set((QiError::Ok, CString::default()));
    }
}

/// The error of this thread's last call.
pub fn last() -> QiError {
    LAST.with_borrow(|last| last.0)
}

/// Whether tasks may be used now; records the error if not.
pub fn is_running() -> bool {
    let state = *lock(&STATE);
    match state {
        State::Running { process } if process == std::process::id() => {
            succeed();
            true
        }
        State::Running { .. } => {
            fail(QiError::Forked, "运行时不能在 fork 出来的进程里使用");
            false
        }
        State::Stopped => {
            fail(QiError::State, "运行时没有初始化，或已关闭");
            false
        }
    }
}

/// Starts the runtime. Calling it again does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_runtime_init() {
    ensure_running();
}

/// For exported functions that run as tasks. False, with the error recorded, where tasks cannot be used.
pub fn ensure_running() -> bool {
    start();
    is_running()
}

fn start() {
    let mut state = lock(&STATE);
    if let State::Stopped = *state {
        census::start();
        crate::value::choose_seed();
        scheduler::start();
        *state = State::Running { process: std::process::id() };
    }
}

/// Waits until all tasks have ended and writes what is buffered. Tasks cannot be used afterwards until the next
/// `qi_runtime_init`. Not to be called from a task.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_runtime_shutdown() {
    if !is_running() {
        return;
    }
    if scheduler::on_worker() {
        fail(QiError::State, "不能在任务里关闭运行时");
        return;
    }
    *lock(&STATE) = State::Stopped;
    main::wait_for_all();
    input_output::flush();
    if let Some(report) = census::report() {
        input_output::write_error(&format!("{report}\n"));
    }
}

/// The error of this thread's last call, `QI_ERROR_OK` if it succeeded.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_last_error() -> QiError {
    last()
}

/// Its message; valid until the next call of this thread. Never null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_last_error_message() -> *const c_char {
    LAST.with_borrow(|last| last.1.as_ptr())
}

/// The version of the runtime that is linked, to compare with `QI_VERSION`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_runtime_version() -> u32 {
    QI_VERSION
}

/// Writes the message and ends the process with exit code 2. Never returns.
///
/// `message` may be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_panic(message: *const c_char) -> ! {
    let text = if message.is_null() {
        "程序中止".into()
    } else {
        // SAFETY: the caller passes a NUL-terminated text.
        unsafe { CStr::from_ptr(message) }.to_string_lossy()
    };
    input_output::die(2, &text)
}

/// Writes everything that was printed so far.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_print_flush() {
    input_output::flush();
}
