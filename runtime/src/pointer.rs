//! 指针<T>: places of C programs. Values of the types C knows have the same bytes in Qi, so reading and writing is copying. Only
//! null is checked.

use crate::fault::qi_fault_null;
use crate::memory::out_of_memory;
use crate::types::stride;
use core::ptr;
use qi_abi::{Error, Site, TypeInfo};

#[unsafe(no_mangle)]
pub extern "C" fn qi_pointer_null() -> *mut u8 {
    ptr::null_mut()
}

#[unsafe(no_mangle)]
pub extern "C" fn qi_pointer_is_null(pointer: *mut u8) -> u8 {
    u8::from(pointer.is_null())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_pointer_new(info: *const TypeInfo, value: *const u8) -> *mut u8 {
    // SAFETY: contract: a value of the described type. C may free the block, so it comes from C's heap.
    unsafe {
        let size = (*info).size as usize;
        let place = libc::malloc(size.max(1)).cast::<u8>();
        if place.is_null() {
            out_of_memory();
        }
        ptr::copy_nonoverlapping(value, place, size);
        place
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_pointer_free(pointer: *mut u8) {
    // SAFETY: the user's duty: from malloc, and not freed yet.
    unsafe { libc::free(pointer.cast()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_pointer_at(info: *const TypeInfo, pointer: *mut u8, index: i64) -> *mut u8 {
    // SAFETY: contract: a static description.
    let step = unsafe { stride(&*info) } as isize;
    pointer.wrapping_offset((index as isize).wrapping_mul(step))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_pointer_read(
    info: *const TypeInfo,
    pointer: *const u8,
    out: *mut u8,
    site: *const Site,
) -> *mut Error {
    // SAFETY: contract.
    unsafe { copy(info, pointer, out, pointer, site) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_pointer_write(
    info: *const TypeInfo,
    pointer: *mut u8,
    value: *const u8,
    site: *const Site,
) -> *mut Error {
    // SAFETY: contract.
    unsafe { copy(info, value, pointer, pointer, site) }
}

unsafe fn copy(
    info: *const TypeInfo,
    from: *const u8,
    to: *mut u8,
    checked: *const u8,
    site: *const Site,
) -> *mut Error {
    // SAFETY: contract: a static description; places of Qi hold such values. That the user's place does is the user's duty.
    unsafe {
        if checked.is_null() {
            return qi_fault_null(site);
        }
        ptr::copy(from, to, (*info).size as usize);
    }
    ptr::null_mut()
}
