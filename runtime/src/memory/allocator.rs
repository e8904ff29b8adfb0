//! Where all memory comes from: mimalloc, whose threads have free lists of their own. A checker that watches malloc (a
//! sanitizer in the program, valgrind around it) or `QI_ALLOC=system` gets the system's allocator instead. Rust's own
//! allocations come from here too, so that a task is as cheap as an object.

use core::alloc::{GlobalAlloc, Layout};
use core::ffi::{CStr, c_char, c_void};
use core::sync::atomic::{AtomicU8, Ordering};

const UNKNOWN: u8 = 0;
const MIMALLOC: u8 = 1;
const SYSTEM: u8 = 2;

/// Decided by the first allocation, for good.
static CHOICE: AtomicU8 = AtomicU8::new(UNKNOWN);

/// What all blocks are aligned to.
const ALIGN: usize = 16;

#[inline]
fn is_system() -> bool {
    // Relaxed: whoever decides comes to the same result.
    match CHOICE.load(Ordering::Relaxed) {
        MIMALLOC => false,
        SYSTEM => true,
        _ => choose(),
    }
}

#[cold]
fn choose() -> bool {
    let system = asked_for_system() || is_watched();
    CHOICE.store(if system { SYSTEM } else { MIMALLOC }, Ordering::Relaxed);
    system
}

fn asked_for_system() -> bool {
    environment(c"QI_ALLOC").is_some_and(|value| value == c"system")
}

/// A sanitizer is linked in, or valgrind has put its library in front.
fn is_watched() -> bool {
    let symbols = [c"__asan_report_load1", c"__tsan_acquire", c"__lsan_do_leak_check"];
    // SAFETY: looks up a name.
    let linked = |name: &&CStr| unsafe { !libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()).is_null() };
    let valgrind = |it: &CStr| it.to_bytes().windows(8).any(|part| part == b"vgpreloa");
    symbols.iter().any(linked) || environment(c"LD_PRELOAD").is_some_and(valgrind)
}

/// Without allocating, unlike `std::env`.
fn environment(name: &CStr) -> Option<&'static CStr> {
    // SAFETY: the first allocation comes before anything of ours changes the environment.
    unsafe {
        let value: *const c_char = libc::getenv(name.as_ptr());
        (!value.is_null()).then(|| CStr::from_ptr(value))
    }
}

/// Memory aligned to 16, or null.
#[inline]
pub fn malloc(size: usize) -> *mut c_void {
    // SAFETY: both accept any size. mimalloc aligns to 16 what is larger than 8.
    unsafe { if is_system() { libc::malloc(size) } else { libmimalloc_sys::mi_malloc(size.max(ALIGN)) } }
}

/// # Safety
/// `memory` is null or comes from here, and is not used afterwards unless the result is null.
#[inline]
pub unsafe fn realloc(memory: *mut c_void, size: usize) -> *mut c_void {
    // SAFETY: contract.
    unsafe {
        if is_system() { libc::realloc(memory, size) } else { libmimalloc_sys::mi_realloc(memory, size.max(ALIGN)) }
    }
}

/// # Safety
/// `memory` is null or comes from here, and is not used afterwards.
#[inline]
pub unsafe fn free(memory: *mut c_void) {
    // SAFETY: contract.
    unsafe { if is_system() { libc::free(memory) } else { libmimalloc_sys::mi_free(memory) } }
}

/// Rust would abort with a message of its own.
#[inline]
fn or_die(memory: *mut u8) -> *mut u8 {
    if memory.is_null() {
        super::out_of_memory();
    }
    memory
}

/// Rust's collections, futures and threads of the runtime.
struct Allocator;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

// SAFETY: blocks of `malloc` are aligned to 16; larger alignments are asked for; `free` takes both.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= ALIGN {
            return or_die(malloc(layout.size()).cast());
        }
        // SAFETY: a power of two, at least a pointer's size.
        unsafe {
            if is_system() {
                let mut memory = core::ptr::null_mut();
                let failed = libc::posix_memalign(&raw mut memory, layout.align(), layout.size()) != 0;
                return or_die(if failed { core::ptr::null_mut() } else { memory.cast() });
            }
            or_die(libmimalloc_sys::mi_malloc_aligned(layout.size(), layout.align()).cast())
        }
    }

    #[inline]
    unsafe fn dealloc(&self, memory: *mut u8, _: Layout) {
        // SAFETY: contract.
        unsafe { free(memory.cast()) }
    }

    #[inline]
    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: contract.
        unsafe {
            if layout.align() <= ALIGN {
                return or_die(realloc(memory.cast(), size).cast());
            }
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            core::ptr::copy_nonoverlapping(memory, new, layout.size().min(size));
            self.dealloc(memory, layout);
            new
        }
    }
}
