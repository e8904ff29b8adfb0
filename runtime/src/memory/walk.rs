//! Finds the counted objects that a value refers to. Recursion follows the nesting of the *type* (finite and small); what hangs
//! below the objects is the business of whoever called.

use super::count::retain;
use crate::types::{elem, field_info, fields, is_counted, stride, tag, variant};
use qi_abi::{
    ARRAY_DATA, ArrayObject, BOX_DATA, Closure, Dynamic, ERROR_DATA, Error, FieldInfo, Header, Str, TypeInfo, TypeKind,
};

/// Calls `visit` with each object that the value at `place` refers to directly (never null).
///
/// # Safety
/// `place` holds a value of the described type.
pub unsafe fn with_objects(place: *const u8, info: &TypeInfo, visit: &mut impl FnMut(*mut Header)) {
    // SAFETY: contract; each cast follows the layout that `qi_abi` fixes for the kind.
    unsafe {
        let object: *mut Header = match info.kind {
            TypeKind::Unit | TypeKind::Bool | TypeKind::Char | TypeKind::Int | TypeKind::Float | TypeKind::Pointer => {
                return;
            }
            TypeKind::Str => {
                let text = &*place.cast::<Str>();
                if text.high & Str::INLINE_BIT != 0 {
                    return;
                }
                text.low as *mut Header
            }
            TypeKind::Struct | TypeKind::Map => return with_fields(place, fields(info), visit),
            TypeKind::Enum => {
                if is_counted(info) {
                    with_fields(place, variant(info, tag(place, info)).1, visit);
                }
                return;
            }
            TypeKind::Array | TypeKind::Box | TypeKind::Cell | TypeKind::Error | TypeKind::Handle => {
                *place.cast::<*mut Header>()
            }
            TypeKind::Closure => (*place.cast::<Closure>()).env.cast(),
            TypeKind::Dynamic => (*place.cast::<Dynamic>()).data.cast(),
        };
        if !object.is_null() {
            visit(object);
        }
    }
}

unsafe fn with_fields(place: *const u8, fields: &[FieldInfo], visit: &mut impl FnMut(*mut Header)) {
    for field in fields {
        let info = field_info(field);
        if is_counted(info) {
            // SAFETY: the field lies inside the value.
            unsafe { with_objects(place.add(field.offset as usize), info, visit) }
        }
    }
}

/// Calls `visit` with each object that `object` itself refers to. Handles say nothing: their contents are their own business.
///
/// # Safety
/// `object` is live and not being changed.
pub unsafe fn with_children(object: *mut Header, visit: &mut impl FnMut(*mut Header)) {
    // SAFETY: the header's description fixes the layout.
    unsafe {
        let info = &*(*object).info;
        match info.kind {
            TypeKind::Array => {
                let elem = elem(info);
                if !is_counted(elem) {
                    return;
                }
                let (len, stride) = ((*object.cast::<ArrayObject>()).len as usize, stride(elem));
                for index in 0..len {
                    with_objects(object.cast::<u8>().add(ARRAY_DATA + index * stride), elem, visit);
                }
            }
            TypeKind::Box | TypeKind::Cell => with_objects(object.cast::<u8>().add(BOX_DATA), elem(info), visit),
            TypeKind::Error => {
                let error = object.cast::<Error>();
                with_objects(object.cast::<u8>().add(ERROR_DATA), &*(*error).payload, visit);
                if !(*error).attached.is_null() {
                    visit((*error).attached.cast());
                }
            }
            _ => {}
        }
    }
}

/// Retains every object the value refers to: the bytes may then be copied.
///
/// # Safety
/// `place` holds a value of the described type.
pub unsafe fn retain_value(place: *const u8, info: &TypeInfo) {
    if is_counted(info) {
        // SAFETY: contract.
        unsafe { with_objects(place, info, &mut |object| retain(object)) }
    }
}

/// See `qi_abi::symbols::VALUE_RETAIN`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_value_retain(place: *const u8, info: *const TypeInfo) {
    // SAFETY: contract.
    unsafe { retain_value(place, &*info) }
}
