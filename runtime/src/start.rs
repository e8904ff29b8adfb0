//! The life of a program: start, exit code, leak census. Plain programs start no threads and do not pull in the scheduler,
//! which registers itself here when the first task starts.

use crate::array;
use crate::error;
use crate::input_output;
use crate::interrupt;
use crate::memory::{census, release_constant_handles};
use crate::stack;
use crate::string;
use crate::value;
use core::ffi::{CStr, c_char};
use core::sync::atomic::{AtomicI32, AtomicPtr, AtomicUsize, Ordering};
use qi_abi::{ABI_VERSION, ArrayObject, Error, TypeInfo};

static ARGUMENTS: AtomicPtr<*const c_char> = AtomicPtr::new(core::ptr::null_mut());
static ARGUMENT_COUNT: AtomicI32 = AtomicI32::new(0);
/// A [`Finish`]; 0 while no task ever started.
static AT_END: AtomicUsize = AtomicUsize::new(0);

/// Waits for the tasks, and cancels them first if the entry failed; may change the exit code. False if some had to be
/// left running.
pub type Finish = fn(code: &mut i64, failed: bool) -> bool;

/// To be called when the first task starts: `finish` runs after the entry function, before the census.
pub fn at_end(finish: Finish) {
    AT_END.store(finish as usize, Ordering::Release);
}

/// Remembers the arguments and sets up the main thread.
pub fn begin(argc: i32, argv: *const *const c_char, abi: u32) {
    if abi != ABI_VERSION {
        input_output::die(2, &format!("程序按运行时接口 {abi} 编译，运行时是 {ABI_VERSION}；请重新编译"));
    }
    ARGUMENTS.store(argv.cast_mut(), Ordering::Relaxed);
    ARGUMENT_COUNT.store(argc, Ordering::Relaxed);
    census::start();
    value::choose_seed();
    stack::resize_main();
    stack::guard_thread();
    interrupt::flush_when_ended();
}

/// Waits for tasks, gives up what globals hold, flushes, counts what lives: the program's exit code.
///
/// # Safety
/// `release` is the program's, and runs once.
pub unsafe fn end(mut code: i64, failed: bool, release: unsafe extern "C" fn()) -> i32 {
    let finish = AT_END.load(Ordering::Acquire);
    // SAFETY: stored by `at_end` from a function pointer of this type.
    if finish == 0 || unsafe { core::mem::transmute::<usize, Finish>(finish)(&mut code, failed) } {
        // SAFETY: contract: no Qi code runs any more.
        unsafe { release() };
        release_constant_handles();
    }
    input_output::flush();
    let code = error::exit_code((code & 0xFF) as i32);
    match census::report() {
        Some(report) => {
            input_output::write_error(&format!("{report}\n"));
            if code == 0 { 3 } else { code }
        }
        None => code,
    }
}

/// See `qi_abi::symbols::START_PLAIN`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_start_plain(
    argc: i32,
    argv: *const *const c_char,
    abi: u32,
    run: unsafe extern "C" fn(out: *mut i64) -> *mut Error,
    release: unsafe extern "C" fn(),
) -> i32 {
    begin(argc, argv, abi);
    let mut code = 0;
    // SAFETY: contract: the entry function of a compiled program.
    let failure = unsafe { run(&mut code) };
    let failed = !failure.is_null();
    if failed {
        // SAFETY: owned by us.
        unsafe { error::qi_error_uncaught(failure) };
    }
    // SAFETY: contract.
    unsafe { end(code, failed, release) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_exit(code: i64) -> ! {
    input_output::flush();
    // SAFETY: ends the process; 最终 blocks do not run (documented).
    unsafe { libc::exit((code & 0xFF) as i32) }
}

/// The program's arguments without its name, as 数组<字符串>. Bytes that are not UTF-8 become U+FFFD.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_env_args(info: *const TypeInfo) -> *mut ArrayObject {
    let (argv, argc) = (ARGUMENTS.load(Ordering::Relaxed), ARGUMENT_COUNT.load(Ordering::Relaxed).max(0) as usize);
    // SAFETY: contract: `argv` is what main got.
    unsafe {
        let values = (1..argc).map(|index| string::new(&CStr::from_ptr(*argv.add(index)).to_string_lossy()));
        array::from_values(&*info, values)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_env_var(name: *const qi_abi::Str, out: *mut qi_abi::Str) -> u8 {
    // SAFETY: contract.
    let name = unsafe { string::text(&*name) };
    if name.is_empty() || name.contains(['=', '\0']) {
        return 0;
    }
    match std::env::var_os(name) {
        Some(value) => {
            // SAFETY: contract.
            unsafe { *out = string::new(&value.to_string_lossy()) };
            1
        }
        None => 0,
    }
}

/// Nanoseconds of a clock that never jumps.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_clock_monotonic() -> i64 {
    clock(libc::CLOCK_MONOTONIC)
}

/// Nanoseconds since 1970.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_clock_wall() -> i64 {
    clock(libc::CLOCK_REALTIME)
}

fn clock(which: libc::clockid_t) -> i64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a live place.
    unsafe { libc::clock_gettime(which, &mut now) };
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}
