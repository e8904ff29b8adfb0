//! Native stacks: how much of this thread's is left, and the message when one overflows all the same.

use core::cell::Cell;
use core::ptr;
use std::sync::OnceLock;

/// Kept free for runtime code below the point where compiled code stops recursing.
const RESERVE: usize = 160 << 10;
const ALTERNATE: usize = 64 << 10;

/// In MiB, where `QI_STACK` says nothing; only what is used takes memory.
const DEFAULT: usize = 100;
/// Linux keeps 128 MiB below the main thread's stack free.
const MAIN_MAX: usize = 120 << 20;

thread_local! {
    /// Lowest address compiled code may use; 0 until known.
    static LIMIT: Cell<usize> = const { Cell::new(0) };
    /// Address in the middle of the stack; 0 until known.
    static MIDDLE: Cell<usize> = const { Cell::new(0) };
}

/// See `qi_abi::symbols::STACK_IS_LOW`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_stack_is_low() -> u8 {
    let mut limit = LIMIT.get();
    if limit == 0 {
        limit = find_limit();
        LIMIT.set(limit);
    }
    u8::from(here() < limit)
}

/// Whether less than half of this thread's stack is left.
pub fn is_half_used() -> bool {
    let mut middle = MIDDLE.get();
    if middle == 0 {
        middle = bounds().map_or(1, |(low, size)| low + size / 2);
        MIDDLE.set(middle);
    }
    here() < middle
}

fn here() -> usize {
    // A literal would live in static memory.
    let local = 0u8;
    core::hint::black_box(ptr::from_ref(&local)) as usize
}

#[cold]
fn find_limit() -> usize {
    let Some((low, size)) = bounds() else { return 1 };
    low + RESERVE.min(size / 4)
}

/// Lowest usable address and size of this thread's stack.
#[cfg(target_os = "linux")]
fn bounds() -> Option<(usize, usize)> {
    // SAFETY: the attributes are initialised by the first call and destroyed once.
    unsafe {
        let mut attributes: libc::pthread_attr_t = core::mem::zeroed();
        if libc::pthread_getattr_np(libc::pthread_self(), &mut attributes) != 0 {
            return None;
        }
        let (mut low, mut size, mut guard) = (ptr::null_mut(), 0, 0);
        let found = libc::pthread_attr_getstack(&attributes, &mut low, &mut size) == 0
            && libc::pthread_attr_getguardsize(&attributes, &mut guard) == 0;
        libc::pthread_attr_destroy(&mut attributes);
        // The main thread's stack grows on demand and keeps a gap below; its lower end may be unlimited.
        let size_used = size.min(1 << 30);
        found.then_some((low as usize + size - size_used + guard, size_used - guard))
    }
}

#[cfg(target_os = "macos")]
fn bounds() -> Option<(usize, usize)> {
    // SAFETY: plain queries about this thread.
    unsafe {
        let thread = libc::pthread_self();
        let size = libc::pthread_get_stacksize_np(thread);
        Some((libc::pthread_get_stackaddr_np(thread) as usize - size, size))
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn bounds() -> Option<(usize, usize)> {
    None
}

/// The stack of every thread that runs Qi code, in bytes.
pub fn size() -> usize {
    static SIZE: OnceLock<usize> = OnceLock::new();
    *SIZE.get_or_init(|| {
        let wanted = std::env::var("QI_STACK").ok().and_then(|it| it.parse::<usize>().ok());
        wanted.filter(|it| (1..=1 << 20).contains(it)).unwrap_or(DEFAULT) << 20
    })
}

/// Lets the main thread's stack grow as far as those of the workers. To be called before anything asks where it ends.
#[cfg(target_os = "linux")]
pub fn resize_main() {
    let size = size().min(MAIN_MAX) as libc::rlim_t;
    // SAFETY: plain queries and requests about limits of this process.
    unsafe {
        let mut limit: libc::rlimit = core::mem::zeroed();
        if libc::getrlimit(libc::RLIMIT_STACK, &mut limit) == 0 {
            limit.rlim_cur = limit.rlim_max.min(size);
            libc::setrlimit(libc::RLIMIT_STACK, &limit);
        }
    }
}
#[cfg(not(target_os = "linux"))]
pub fn resize_main() {}

/// Gives this thread an alternate signal stack and reports overflows of the normal one.
pub fn guard_thread() {
    // The stack is never freed: threads of the runtime live as long as the program.
    // SAFETY: sigaction and sigaltstack get valid, fully initialised arguments.
    unsafe {
        let memory = libc::mmap(
            ptr::null_mut(),
            ALTERNATE,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        );
        if memory == libc::MAP_FAILED {
            return;
        }
        let stack = libc::stack_t { ss_sp: memory, ss_flags: 0, ss_size: ALTERNATE };
        libc::sigaltstack(&stack, ptr::null_mut());
        let mut action: libc::sigaction = core::mem::zeroed();
        action.sa_sigaction = on_fault as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigaction(libc::SIGSEGV, &action, ptr::null_mut());
        libc::sigaction(libc::SIGBUS, &action, ptr::null_mut());
    }
    if LIMIT.get() == 0 {
        LIMIT.set(find_limit());
    }
}

/// Ends the process: a fault near the stack's end is an overflow, any other one gets its default action.
extern "C" fn on_fault(signal: libc::c_int, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    // SAFETY: only async-signal-safe calls; `info` comes from the kernel.
    unsafe {
        let address = (*info).si_addr() as usize;
        let limit = LIMIT.get();
        if limit != 0 && address < limit && address + (8 << 20) > limit {
            crate::input_output::flush_in_signal();
            let message = "错误：栈溢出\n";
            libc::write(2, message.as_ptr().cast(), message.len());
            libc::_exit(2);
        }
        libc::signal(signal, libc::SIG_DFL);
    }
}
