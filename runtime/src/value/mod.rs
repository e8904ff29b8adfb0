//! Any value by its description: text, format, equality, order, hash. All iterative over the value's depth; only user
//! implementations (可打印 等同 可比较 散列) use the native stack.

mod compare;
mod format;
mod hash;
mod text;

pub use hash::{choose_seed, hash_bytes};
pub use text::{quoted, user_text, write_debug, write_display};

use crate::types::elem;
use qi_abi::{BOX_DATA, BoxObject, Dynamic, TypeInfo, TypeKind};

/// Looks through boxes, cells and 任意: the concrete value behind `place`, or null for an empty one.
///
/// # Safety
/// `place` holds a value of the described type.
unsafe fn concrete(mut place: *const u8, mut info: &'static TypeInfo) -> (*const u8, &'static TypeInfo) {
    loop {
        // SAFETY: contract; layouts by kind.
        unsafe {
            let object: *mut BoxObject = match info.kind {
                TypeKind::Box | TypeKind::Cell => {
                    let object = *place.cast::<*mut BoxObject>();
                    info = elem(info);
                    object
                }
                TypeKind::Dynamic => {
                    let dynamic = &*place.cast::<Dynamic>();
                    if dynamic.vtable.is_null() {
                        return (core::ptr::null(), info);
                    }
                    info = &*(*dynamic.vtable).info;
                    dynamic.data
                }
                _ => return (place, info),
            };
            if object.is_null() {
                return (core::ptr::null(), info);
            }
            place = object.cast::<u8>().add(BOX_DATA);
        }
    }
}

/// An integer of any width.
unsafe fn integer(place: *const u8, info: &TypeInfo) -> i128 {
    let signed = info.flags & qi_abi::type_flags::UNSIGNED == 0;
    // SAFETY: contract: an integer of `size` bytes.
    unsafe {
        match (info.size, signed) {
            (1, true) => place.cast::<i8>().read().into(),
            (1, false) => place.read().into(),
            (2, true) => place.cast::<i16>().read().into(),
            (2, false) => place.cast::<u16>().read().into(),
            (4, true) => place.cast::<i32>().read().into(),
            (4, false) => place.cast::<u32>().read().into(),
            (_, true) => place.cast::<i64>().read().into(),
            (_, false) => place.cast::<u64>().read().into(),
        }
    }
}

unsafe fn float(place: *const u8, info: &TypeInfo) -> f64 {
    // SAFETY: contract: a float of `size` bytes.
    unsafe { if info.size == 4 { place.cast::<f32>().read().into() } else { place.cast::<f64>().read() } }
}
