//! Freeing. Iterative: objects whose last reference is gone wait in a worklist, so the depth of a structure costs heap, not
//! stack; arrays are taken apart one element at a time, so width costs nothing.

use super::count::drop_count;
use super::object::{free, raw_free};
use super::walk::with_objects;
use crate::types::{HandleType, elem, is_counted, stride};
use qi_abi::{ARRAY_DATA, ArrayObject, BOX_DATA, ERROR_DATA, Error, Header, StrObject, TypeInfo, TypeKind};

/// Objects nobody refers to any more, with the array element to go on at.
#[derive(Default)]
pub struct Worklist(Vec<(*mut Header, usize)>);

impl Worklist {
    /// Gives up one reference; the object is freed later if it was the last.
    ///
    /// # Safety
    /// `object` is null or live, and the caller owns one reference.
    pub unsafe fn release(&mut self, object: *mut Header) {
        // SAFETY: contract.
        if unsafe { !object.is_null() && drop_count(object) } {
            self.0.push((object, 0));
        }
    }

    /// Gives up the references of the value at `place`, whose bytes are dead afterwards.
    ///
    /// # Safety
    /// `place` holds an owned value of the described type.
    pub unsafe fn release_value(&mut self, place: *mut u8, info: &TypeInfo) {
        if is_counted(info) {
            // SAFETY: contract.
            unsafe { with_objects(place, info, &mut |object| self.release(object)) }
        }
    }

    /// # Safety
    /// Nobody refers to the objects in the list.
    unsafe fn run(&mut self) {
        while let Some((object, next)) = self.0.pop() {
            // SAFETY: dead objects from the list; each is destroyed once.
            unsafe { self.destroy(object, next) }
        }
    }

    unsafe fn destroy(&mut self, object: *mut Header, next: usize) {
        // SAFETY: the header's description fixes the layout; nobody else refers to the object.
        unsafe {
            let info = &*(*object).info;
            match info.kind {
                TypeKind::Str => raw_free((*object.cast::<StrObject>()).index as *mut u8),
                TypeKind::Array if !self.destroy_elements(object, elem(info), next) => return,
                TypeKind::Box | TypeKind::Cell => {
                    self.release_value(object.cast::<u8>().add(BOX_DATA), elem(info));
                }
                TypeKind::Error => {
                    let error = object.cast::<Error>();
                    self.release_value(object.cast::<u8>().add(ERROR_DATA), &*(*error).payload);
                    self.release((*error).attached.cast());
                    raw_free((*error).sites.cast());
                }
                TypeKind::Handle => {
                    let handle = (*object).info.cast::<HandleType>();
                    return ((*handle).destroy)(object, self);
                }
                _ => {}
            }
            free(object);
        }
    }

    /// Releases elements from `next` on; false if it stopped at an element whose objects must go first.
    unsafe fn destroy_elements(&mut self, object: *mut Header, elem: &TypeInfo, next: usize) -> bool {
        if !is_counted(elem) {
            return true;
        }
        // SAFETY: `len` elements lie behind the array's header.
        unsafe {
            let (len, stride) = ((*object.cast::<ArrayObject>()).len as usize, stride(elem));
            for index in next..len {
                let depth = self.0.len();
                self.release_value(object.cast::<u8>().add(ARRAY_DATA + index * stride), elem);
                if self.0.len() > depth && index + 1 < len {
                    self.0.insert(depth, (object, index + 1));
                    return false;
                }
            }
        }
        true
    }
}

/// # Safety
/// `object` is null or live, and the caller owns one reference, which it loses.
#[inline]
pub unsafe fn release(object: *mut Header) {
    // SAFETY: contract.
    unsafe {
        if !object.is_null() && drop_count(object) {
            destroy(object);
        }
    }
}

#[inline(never)]
unsafe fn destroy(object: *mut Header) {
    let mut list = Worklist::default();
    // SAFETY: the caller gave up the last reference.
    unsafe {
        list.destroy(object, 0);
        list.run();
    }
}

/// # Safety
/// `place` holds an owned value of the described type; its bytes are dead afterwards.
pub unsafe fn release_value(place: *mut u8, info: &TypeInfo) {
    let mut list = Worklist::default();
    // SAFETY: contract.
    unsafe {
        list.release_value(place, info);
        list.run();
    }
}

/// See `qi_abi::symbols::RELEASE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_release(object: *mut Header) {
    // SAFETY: contract.
    unsafe { release(object) }
}

/// See `qi_abi::symbols::VALUE_RELEASE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_value_release(place: *mut u8, info: *const TypeInfo) {
    // SAFETY: contract.
    unsafe { release_value(place, &*info) }
}
