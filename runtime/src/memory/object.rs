//! Allocation of objects. Blocks need no size to be freed; running out of memory is fatal.

use super::{allocator, census};
use crate::types::{HandleType, elem};
use core::ptr;
use core::sync::atomic::AtomicI32;
use qi_abi::{BOX_DATA, BoxObject, Header, TypeInfo, TypeKind, object_flags};

/// Header flag: allocated by the runtime (literals are not), so its caches may be written even when it is immortal.
pub const HEAP: u32 = 1 << 8;

/// 内存不足 is not catchable: message, exit code 2.
#[cold]
pub fn out_of_memory() -> ! {
    crate::input_output::die(2, "内存不足")
}

/// Memory aligned to 16.
pub fn raw_alloc(size: usize) -> *mut u8 {
    let memory = allocator::malloc(size.max(1));
    if memory.is_null() {
        out_of_memory();
    }
    memory.cast()
}

/// # Safety
/// `memory` comes from `raw_alloc` or `raw_realloc` and is not used afterwards.
pub unsafe fn raw_realloc(memory: *mut u8, size: usize) -> *mut u8 {
    // SAFETY: contract.
    let memory = unsafe { allocator::realloc(memory.cast(), size.max(1)) };
    if memory.is_null() {
        out_of_memory();
    }
    memory.cast()
}

/// # Safety
/// `memory` is null or comes from `raw_alloc` or `raw_realloc`, and is not used afterwards.
pub unsafe fn raw_free(memory: *mut u8) {
    // SAFETY: contract.
    unsafe { allocator::free(memory.cast()) }
}

/// An object of `size` bytes (header included) with count 1; everything behind the header is uninitialised.
pub fn allocate(size: usize, info: *const TypeInfo, flags: u32) -> *mut Header {
    let object = raw_alloc(size).cast::<Header>();
    // SAFETY: fresh memory of at least a header's size.
    unsafe { ptr::write(object, Header { count: AtomicI32::new(1), flags: flags | HEAP, info }) };
    census::born(info);
    object
}

/// A runtime object with identity, born shared; everything behind the header is zero.
pub fn allocate_handle(size: usize, kind: &'static HandleType) -> *mut Header {
    let object = allocate(size, &raw const kind.info, 0);
    // SAFETY: fresh memory of `size` bytes.
    unsafe {
        ptr::write_bytes(object.cast::<u8>().add(size_of::<Header>()), 0, size - size_of::<Header>());
        (*object).count = AtomicI32::new(-1);
    }
    object
}

/// Gives an object's memory back; its parts are no longer needed.
///
/// # Safety
/// `object` comes from `allocate`, and nobody uses it any more.
pub unsafe fn free(object: *mut Header) {
    // SAFETY: live until here.
    unsafe {
        census::died((*object).info);
        raw_free(object.cast());
    }
}

/// See the function table.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_box_new(info: *const TypeInfo) -> *mut BoxObject {
    // SAFETY: contract: the description of a box or cell.
    let info = unsafe { &*info };
    let flags = if info.kind == TypeKind::Cell { object_flags::CONFINED } else { 0 };
    allocate(BOX_DATA + elem(info).size as usize, info, flags).cast()
}

/// See `qi_abi::symbols::BOX_UNIQUE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_box_unique(place: *mut *mut BoxObject) {
    // SAFETY: contract: the place of a box, which the copy replaces.
    unsafe {
        let old = *place;
        if old.is_null() || super::is_unique_or_privatize(old.cast()) {
            return;
        }
        let info = &*(*old).header.info;
        let copy = qi_box_new(info);
        let content = elem(info);
        let from = old.cast::<u8>().add(BOX_DATA);
        super::retain_value(from, content);
        ptr::copy_nonoverlapping(from, copy.cast::<u8>().add(BOX_DATA), content.size as usize);
        *place = copy;
        super::release(old.cast());
    }
}
