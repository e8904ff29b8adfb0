//! Counted blocks of memory for C programs.

use super::registry::{self, Kind};
use super::state::{QiError, fail, succeed};
use crate::memory::{self, census};
use crate::sync::lock;
use core::ffi::c_void;
use core::ptr;
use qi_abi::{TypeInfo, TypeKind};
use std::sync::Mutex;

static BLOCK: TypeInfo = TypeInfo::plain(TypeKind::Pointer, 0, 8, "C 内存块");
/// In front of the bytes: the count, kept at 16 for alignment.
const HEAD: usize = 16;
static COUNTS: Mutex<()> = Mutex::new(());

/// A block of `size` bytes, aligned to 16, with one owner. Null if the size is impossible. The bytes are zero.
///
/// Ownership: the caller owns the block until `qi_free_ptr`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_malloc(size: usize) -> *mut c_void {
    if size > isize::MAX as usize - HEAD {
        fail(QiError::Argument, "内存块太大");
        return ptr::null_mut();
    }
    // SAFETY: calloc accepts any size.
    let memory = unsafe { libc::calloc(1, HEAD + size) };
    if memory.is_null() {
        memory::out_of_memory();
    }
    let block = memory.cast::<u8>().wrapping_add(HEAD);
    // SAFETY: room for the count.
    unsafe { memory.cast::<u64>().write(1) };
    census::born(&raw const BLOCK);
    registry::add(block, Kind::Block);
    succeed();
    block.cast()
}

fn count(block: *mut c_void) -> *mut u64 {
    block.cast::<u8>().wrapping_sub(HEAD).cast()
}

/// One more owner of the block.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_retain_ptr(ptr: *mut c_void) {
    let _counts = lock(&COUNTS);
    if registry::check(ptr, Kind::Block) {
        // SAFETY: a live block.
        unsafe { *count(ptr) += 1 };
    }
}

/// One owner less; the last one frees the block. Null does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_free_ptr(ptr: *mut c_void) {
    if ptr.is_null() {
        return succeed();
    }
    let _counts = lock(&COUNTS);
    if !registry::check(ptr, Kind::Block) {
        return;
    }
    // SAFETY: a live block; the last owner frees it.
    unsafe {
        *count(ptr) -= 1;
        if *count(ptr) == 0 {
            registry::remove(ptr, Kind::Block);
            census::died(&raw const BLOCK);
            libc::free(count(ptr).cast());
        }
    }
}
