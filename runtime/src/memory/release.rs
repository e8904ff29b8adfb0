//! Freeing. Iterative: objects whose last reference is gone wait in a list that runs through them, so the depth of a
//! structure costs neither stack nor memory; arrays are taken apart one element at a time, so width costs nothing.
//! Compiled code knows the parts of its types and adds to the list itself (`TypeInfo::release`).

use super::count::drop_count;
use super::object::{HEAP, free, raw_free};
use super::walk::with_objects;
use crate::types::{HandleType, elem, is_counted, stride};
use core::sync::atomic::AtomicI32;
use qi_abi::{ARRAY_DATA, ArrayObject, BOX_DATA, DeadList, ERROR_DATA, Error, Header, StrObject, TypeInfo, TypeKind};

/// Objects nobody refers to any more.
#[repr(C)]
pub struct Worklist {
    dead: DeadList,
    /// The element to go on at, of each array in the list that is being taken apart; the first of the list is the last here.
    elements: Vec<usize>,
}

/// Bit of an address in the list: an array with an entry in `elements`.
const UNDER_WAY: usize = 1;

impl Worklist {
    fn new() -> Self {
        Self { dead: DeadList { first: 0 }, elements: Vec::new() }
    }

    /// Gives up one reference; the object is freed later if it was the last.
    ///
    /// # Safety
    /// `object` is null or live, and the caller owns one reference.
    pub unsafe fn release(&mut self, object: *mut Header) {
        // SAFETY: contract; nobody refers to an object after its last reference.
        unsafe {
            if !object.is_null() && drop_count(object) {
                self.push(object, 0);
            }
        }
    }

    unsafe fn push(&mut self, object: *mut Header, bit: usize) {
        // SAFETY: a dead object has no use for its count.
        unsafe { object.cast::<usize>().write(self.dead.first) };
        self.dead.first = object as usize | bit;
    }

    unsafe fn pop(&mut self) -> Option<(*mut Header, bool)> {
        let first = self.dead.first;
        let object = (first & !UNDER_WAY) as *mut Header;
        if object.is_null() {
            return None;
        }
        // SAFETY: dead objects link to each other; a destructor may still look at the header.
        unsafe {
            self.dead.first = object.cast::<usize>().read();
            (*object).count = AtomicI32::new(1);
            (*object).flags = HEAP;
        }
        Some((object, first & UNDER_WAY != 0))
    }

    /// Gives up the references of the value at `place`, whose bytes are dead afterwards.
    ///
    /// # Safety
    /// `place` holds an owned value of the described type.
    pub unsafe fn release_value(&mut self, place: *mut u8, info: &TypeInfo) {
        // SAFETY: contract.
        unsafe {
            if let Some(release) = info.release {
                release(place, &raw mut self.dead);
            } else if is_counted(info) {
                with_objects(place, info, &mut |object| self.release(object));
            }
        }
    }

    /// # Safety
    /// Nobody refers to the objects in the list.
    unsafe fn run(&mut self) {
        // SAFETY: dead objects from the list; each is destroyed once.
        unsafe {
            while let Some((object, under_way)) = self.pop() {
                let next = if under_way { self.elements.pop().unwrap_or(0) } else { 0 };
                self.destroy(object, next);
            }
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
        // SAFETY: `len` elements lie behind the array's header, which is not touched while it is in the list.
        unsafe {
            let (len, stride) = ((*object.cast::<ArrayObject>()).len as usize, stride(elem));
            for index in next..len {
                // Below what the element leaves.
                self.push(object, UNDER_WAY);
                self.release_value(object.cast::<u8>().add(ARRAY_DATA + index * stride), elem);
                if self.dead.first != object as usize | UNDER_WAY {
                    self.elements.push(index + 1);
                    return false;
                }
                self.pop();
            }
        }
        true
    }
}

/// See `qi_abi::symbols::RELEASE_SHARED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_release_shared(object: *mut Header, dead: *mut DeadList) {
    // SAFETY: contract; a dead object has no use for its count.
    unsafe {
        if drop_count(object) {
            object.cast::<usize>().write((*dead).first);
            (*dead).first = object as usize;
        }
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
    let mut list = Worklist::new();
    // SAFETY: the caller gave up the last reference.
    unsafe {
        list.destroy(object, 0);
        list.run();
    }
}

/// # Safety
/// `place` holds an owned value of the described type; its bytes are dead afterwards.
pub unsafe fn release_value(place: *mut u8, info: &TypeInfo) {
    let mut list = Worklist::new();
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
