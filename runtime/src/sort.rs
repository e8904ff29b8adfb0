//! Sorting arrays whose elements have an order of their own: numbers, characters, truth values, texts. Everything else is
//! sorted by compiled code, which calls the program's comparison.

use crate::array::{data, qi_array_unique};
use crate::string::bytes;
use crate::types::elem;
use core::cmp::Ordering;
use qi_abi::{ArrayObject, Str, TypeInfo, TypeKind, type_flags};

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_array_sort(info: *const TypeInfo, place: *mut *mut ArrayObject) {
    // SAFETY: contract: the place of an array variable.
    unsafe {
        if (*place).is_null() || (**place).len < 2 {
            return;
        }
        qi_array_unique(info, place);
        sort(elem(&*info), *place);
    }
}

/// # Safety
/// `array` is private and its elements are described by `elem`.
unsafe fn sort(elem: &TypeInfo, array: *mut ArrayObject) {
    let unsigned = elem.flags & type_flags::UNSIGNED != 0;
    // SAFETY: contract; each view has the layout of the described kind.
    unsafe {
        match (elem.kind, elem.size, unsigned) {
            (TypeKind::Bool, ..) | (TypeKind::Int, 1, true) => elements::<u8>(array).sort_unstable(),
            (TypeKind::Int, 1, false) => elements::<i8>(array).sort_unstable(),
            (TypeKind::Int, 2, true) => elements::<u16>(array).sort_unstable(),
            (TypeKind::Int, 2, false) => elements::<i16>(array).sort_unstable(),
            (TypeKind::Char, ..) | (TypeKind::Int, 4, true) => elements::<u32>(array).sort_unstable(),
            (TypeKind::Int, 4, false) => elements::<i32>(array).sort_unstable(),
            (TypeKind::Int, 8, true) => elements::<u64>(array).sort_unstable(),
            (TypeKind::Int, 8, false) => elements::<i64>(array).sort_unstable(),
            (TypeKind::Float, 4, _) => elements::<f32>(array).sort_by(|a, b| float_order(f64::from(*a), f64::from(*b))),
            (TypeKind::Float, ..) => elements::<f64>(array).sort_by(|a, b| float_order(*a, *b)),
            // By bytes is by code point.
            (TypeKind::Str, ..) => elements::<Str>(array).sort_by(|a, b| bytes(a).cmp(bytes(b))),
            _ => unreachable!("compiled code sorts these"),
        }
    }
}

unsafe fn elements<'a, T>(array: *mut ArrayObject) -> &'a mut [T] {
    // SAFETY: contract of `sort`: nobody else sees the `len` elements.
    unsafe { core::slice::from_raw_parts_mut(data(array).cast(), (*array).len as usize) }
}

/// As `<` orders them, and what is not a number last; 0.0 and -0.0 keep their places.
fn float_order(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}
