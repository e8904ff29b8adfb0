//! 数组<T>: growable, contiguous, copied when a shared one is changed. Element moves and sizes follow the type description.

use crate::memory::{self, release_value, retain_value};
use crate::types::{elem, is_counted, stride};
use core::ptr;
use core::sync::atomic::AtomicI32;
use qi_abi::{ARRAY_DATA, ArrayObject, Error, Header, Site, TypeInfo, TypeKind, type_flags};

/// The immortal empty array; see `qi_abi::symbols::EMPTY_ARRAY`.
#[repr(transparent)]
pub struct EmptyArray(ArrayObject);

// SAFETY: immortal objects are never written.
unsafe impl Sync for EmptyArray {}

static UNIT: TypeInfo = TypeInfo::plain(TypeKind::Unit, 0, 0, "空");
static EMPTY_INFO: TypeInfo = {
    let mut info = TypeInfo::plain(TypeKind::Array, type_flags::COUNTED, 8, "数组");
    info.elem = &raw const UNIT;
    info
};

#[unsafe(no_mangle)]
pub static qi_empty_array: EmptyArray = EmptyArray(ArrayObject {
    header: Header { count: AtomicI32::new(0), flags: 0, info: &raw const EMPTY_INFO },
    len: 0,
    capacity: 0,
});

/// First element's address.
pub unsafe fn data(array: *const ArrayObject) -> *mut u8 {
    // SAFETY: elements lie behind the header (one past the end for the static empty array).
    unsafe { array.cast::<u8>().add(ARRAY_DATA).cast_mut() }
}

/// The elements as Rust values of the same layout.
///
/// # Safety
/// `array` is null or live for the result's use, and its elements have the layout of `T`.
pub unsafe fn values<'a, T>(array: *const ArrayObject) -> &'a [T] {
    // SAFETY: contract.
    unsafe {
        if array.is_null() || (*array).len == 0 {
            return &[];
        }
        core::slice::from_raw_parts(data(array).cast(), (*array).len as usize)
    }
}

/// A new array of values that have the layout of the element type and are owned by it from then on.
pub fn from_values<T>(info: &TypeInfo, values: impl Iterator<Item = T>) -> *mut ArrayObject {
    let values: Vec<T> = values.collect();
    debug_assert_eq!(stride(elem(info)), size_of::<T>());
    let array = new(info, values.len());
    // SAFETY: fresh array with room for them; the vector gives them up.
    unsafe {
        ptr::copy_nonoverlapping(values.as_ptr(), data(array).cast(), values.len());
        (*array).len = values.len() as u64;
    }
    let mut values = values;
    // SAFETY: the values moved out.
    unsafe { values.set_len(0) };
    array
}

/// A new array of as many values as there are, owned by it from then on.
pub fn collect<T>(info: &TypeInfo, values: impl Iterator<Item = T>) -> *mut ArrayObject {
    debug_assert_eq!(stride(elem(info)), size_of::<T>());
    let mut array = new(info, values.size_hint().0);
    let mut len = 0;
    for value in values {
        // SAFETY: the array is ours alone; it has room for one more after growing.
        unsafe {
            if len == (*array).capacity as usize {
                reserve(info, &mut array, 1);
            }
            data(array).cast::<T>().add(len).write(value);
            len += 1;
            (*array).len = len as u64;
        }
    }
    array
}

/// A new 数组<字节>.
pub fn from_bytes(info: &TypeInfo, bytes: &[u8]) -> *mut ArrayObject {
    let array = new(info, bytes.len());
    // SAFETY: fresh array with room for them.
    unsafe {
        ptr::copy_nonoverlapping(bytes.as_ptr(), data(array), bytes.len());
        (*array).len = bytes.len() as u64;
    }
    array
}

fn bytes_for(elem: &TypeInfo, capacity: usize) -> usize {
    match stride(elem).checked_mul(capacity) {
        Some(bytes) if bytes <= isize::MAX as usize / 2 => ARRAY_DATA + bytes,
        _ => memory::out_of_memory(),
    }
}

pub fn new(info: &TypeInfo, capacity: usize) -> *mut ArrayObject {
    let array = memory::allocate(bytes_for(elem(info), capacity), info, 0).cast::<ArrayObject>();
    // SAFETY: fresh memory.
    unsafe {
        (*array).len = 0;
        (*array).capacity = capacity as u64;
    }
    array
}

/// Makes the array in `place` private and able to hold `extra` more elements.
unsafe fn reserve(info: &TypeInfo, place: *mut *mut ArrayObject, extra: usize) {
    // SAFETY: contract: the place of an array variable.
    unsafe {
        let old = *place;
        let elem = elem(info);
        let len = if old.is_null() { 0 } else { (*old).len as usize };
        let need = len.saturating_add(extra);
        if need > i64::MAX as usize {
            memory::out_of_memory();
        }
        let unique = !old.is_null() && memory::is_unique_or_privatize(old.cast());
        if unique && (*old).capacity as usize >= need {
            return;
        }
        let capacity = if extra == 0 { need } else { need.max(len.saturating_mul(2)).max(4) };
        if unique {
            let moved = memory::raw_realloc(old.cast(), bytes_for(elem, capacity)).cast::<ArrayObject>();
            (*moved).capacity = capacity as u64;
            *place = moved;
            return;
        }
        let fresh = new(info, capacity);
        if len > 0 {
            copy_elements(elem, data(old), data(fresh), len);
            (*fresh).len = len as u64;
        }
        *place = fresh;
        memory::release(old.cast());
    }
}

/// Copies elements to uninitialised memory, retaining their parts.
unsafe fn copy_elements(elem: &TypeInfo, from: *const u8, to: *mut u8, count: usize) {
    let stride = stride(elem);
    // SAFETY: contract: `count` elements on both sides.
    unsafe {
        if is_counted(elem) {
            for index in 0..count {
                retain_value(from.add(index * stride), elem);
            }
        }
        ptr::copy_nonoverlapping(from, to, count * stride);
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_array_new(info: *const TypeInfo, capacity: i64) -> *mut ArrayObject {
    // SAFETY: contract.
    unsafe { new(&*info, capacity.max(0) as usize) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_array_repeat(
    out: *mut *mut ArrayObject,
    info: *const TypeInfo,
    value: *const u8,
    n: i64,
    site: *const Site,
) -> *mut Error {
    if n < 0 {
        return crate::fault::negative("数组长度", n, site);
    }
    // SAFETY: contract.
    unsafe {
        let (info, n) = (&*info, n as usize);
        let elem = elem(info);
        let (array, stride) = (new(info, n), stride(elem));
        // Values without content, of which there may be any number, take no copying.
        for index in 0..if stride == 0 { 0 } else { n } {
            retain_value(value, elem);
            ptr::copy_nonoverlapping(value, data(array).add(index * stride), elem.size as usize);
        }
        (*array).len = n as u64;
        *out = array;
    }
    ptr::null_mut()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_array_zeroed(
    out: *mut *mut ArrayObject,
    info: *const TypeInfo,
    n: i64,
    site: *const Site,
) -> *mut Error {
    if n < 0 {
        return crate::fault::negative("数组长度", n, site);
    }
    // SAFETY: contract.
    unsafe {
        let array = new(&*info, n as usize);
        ptr::write_bytes(data(array), 0, stride(elem(&*info)) * n as usize);
        (*array).len = n as u64;
        *out = array;
    }
    ptr::null_mut()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_array_reserve(info: *const TypeInfo, place: *mut *mut ArrayObject, extra: i64) {
    // SAFETY: contract.
    unsafe { reserve(&*info, place, extra.max(0) as usize) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_array_unique(info: *const TypeInfo, place: *mut *mut ArrayObject) {
    // SAFETY: contract.
    unsafe { reserve(&*info, place, 0) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_array_insert(
    info: *const TypeInfo,
    place: *mut *mut ArrayObject,
    index: i64,
    value: *mut u8,
    site: *const Site,
) -> *mut Error {
    // SAFETY: contract.
    unsafe {
        let info = &*info;
        let len = length(*place);
        if index < 0 || index > len {
            return crate::fault::index(index, len, site);
        }
        reserve(info, place, 1);
        let (elem, array) = (elem(info), *place);
        let (stride, index) = (stride(elem), index as usize);
        let at = data(array).add(index * stride);
        ptr::copy(at, at.add(stride), (len as usize - index) * stride);
        ptr::copy_nonoverlapping(value, at, elem.size as usize);
        ptr::write_bytes(value, 0, elem.size as usize);
        (*array).len += 1;
    }
    ptr::null_mut()
}

unsafe fn length(array: *const ArrayObject) -> i64 {
    // SAFETY: null or live by contract.
    unsafe { if array.is_null() { 0 } else { (*array).len as i64 } }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_array_remove(
    info: *const TypeInfo,
    place: *mut *mut ArrayObject,
    index: i64,
    out: *mut u8,
    site: *const Site,
) -> *mut Error {
    // SAFETY: contract.
    unsafe {
        let info = &*info;
        let len = length(*place);
        if index < 0 || index >= len {
            return crate::fault::index(index, len, site);
        }
        reserve(info, place, 0);
        let (elem, array) = (elem(info), *place);
        let (stride, index) = (stride(elem), index as usize);
        let at = data(array).add(index * stride);
        ptr::copy_nonoverlapping(at, out, elem.size as usize);
        ptr::copy(at.add(stride), at, (len as usize - index - 1) * stride);
        (*array).len -= 1;
    }
    ptr::null_mut()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_array_truncate(info: *const TypeInfo, place: *mut *mut ArrayObject, len: i64) {
    // SAFETY: contract.
    unsafe {
        let old_len = length(*place);
        let len = len.max(0);
        if len >= old_len {
            return;
        }
        reserve(&*info, place, 0);
        let (elem, array) = (elem(&*info), *place);
        let (stride, count) = (stride(elem), (old_len - len) as usize);
        let tail = data(array).add(len as usize * stride);
        (*array).len = len as u64;
        if !is_counted(elem) {
            return;
        }
        // Moved out first: releasing may run code of the program (a generator's clean-up) that looks at the array, and
        // appends to it.
        let mut dead = vec![0u128; (count * stride).div_ceil(size_of::<u128>())];
        let dead = dead.as_mut_ptr().cast::<u8>();
        ptr::copy_nonoverlapping(tail, dead, count * stride);
        for index in 0..count {
            release_value(dead.add(index * stride), elem);
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_array_slice(
    out: *mut *mut ArrayObject,
    info: *const TypeInfo,
    array: *mut ArrayObject,
    start: i64,
    end: i64,
    site: *const Site,
) -> *mut Error {
    // SAFETY: contract.
    unsafe {
        let (info, len) = (&*info, length(array));
        if start < 0 || end > len || start > end {
            return crate::fault::slice(start, end, len, site);
        }
        if !array.is_null() && end - start == len {
            memory::retain(array.cast());
            *out = array;
            return ptr::null_mut();
        }
        let (elem, count) = (elem(info), (end - start) as usize);
        let fresh = new(info, count);
        if count > 0 {
            copy_elements(elem, data(array).add(start as usize * stride(elem)), data(fresh), count);
            (*fresh).len = count as u64;
        }
        *out = fresh;
    }
    ptr::null_mut()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_array_concat(
    info: *const TypeInfo,
    a: *const ArrayObject,
    b: *const ArrayObject,
) -> *mut ArrayObject {
    // SAFETY: contract.
    unsafe {
        let (info, len_a, len_b) = (&*info, length(a) as usize, length(b) as usize);
        let elem = elem(info);
        let fresh = new(info, len_a + len_b);
        if len_a > 0 {
            copy_elements(elem, data(a), data(fresh), len_a);
        }
        if len_b > 0 {
            copy_elements(elem, data(b), data(fresh).add(len_a * stride(elem)), len_b);
        }
        (*fresh).len = (len_a + len_b) as u64;
        fresh
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_array_append(
    info: *const TypeInfo,
    place: *mut *mut ArrayObject,
    tail: *const ArrayObject,
) {
    // SAFETY: contract. The tail may be the same array: its elements are then read from where they moved.
    unsafe {
        let (info, count) = (&*info, length(tail) as usize);
        if count == 0 {
            return;
        }
        let same = ptr::eq(tail, *place);
        reserve(info, place, count);
        let (elem, array) = (elem(info), *place);
        let from = if same { data(array) } else { data(tail) };
        copy_elements(elem, from, data(array).add((*array).len as usize * stride(elem)), count);
        (*array).len += count as u64;
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_array_reverse(info: *const TypeInfo, place: *mut *mut ArrayObject) {
    // SAFETY: contract.
    unsafe {
        let len = length(*place) as usize;
        if len < 2 {
            return;
        }
        reserve(&*info, place, 0);
        let (stride, start) = (stride(elem(&*info)), data(*place));
        for index in 0..len / 2 {
            ptr::swap_nonoverlapping(start.add(index * stride), start.add((len - 1 - index) * stride), stride);
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_array_swap(
    info: *const TypeInfo,
    place: *mut *mut ArrayObject,
    i: i64,
    j: i64,
    site: *const Site,
) -> *mut Error {
    // SAFETY: contract.
    unsafe {
        let len = length(*place);
        for index in [i, j] {
            if index < 0 || index >= len {
                return crate::fault::index(index, len, site);
            }
        }
        reserve(&*info, place, 0);
        let (stride, start) = (stride(elem(&*info)), data(*place));
        if i != j {
            ptr::swap_nonoverlapping(start.add(i as usize * stride), start.add(j as usize * stride), stride);
        }
    }
    ptr::null_mut()
}
