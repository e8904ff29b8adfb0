//! Runtime objects that hold a value of Rust, behind a handle: a pattern, an answer, a server.

use crate::memory::{self, Worklist};
use crate::types::HandleType;
use core::ptr;
use qi_abi::Header;

#[repr(C)]
pub struct Holder<T> {
    header: Header,
    pub content: Box<T>,
}

impl<T> Holder<T> {
    pub const fn kind(name: &'static str) -> HandleType {
        HandleType::new(name, destroy::<T>)
    }

    /// `kind` comes from [`Self::kind`] of the same type.
    pub fn object(content: Box<T>, kind: &'static HandleType) -> *mut Header {
        let object = memory::allocate_handle(size_of::<Self>(), kind);
        // SAFETY: fresh memory.
        unsafe { ptr::write(&raw mut (*object.cast::<Self>()).content, content) };
        object
    }
}

unsafe fn destroy<T>(object: *mut Header, _: &mut Worklist) {
    // SAFETY: no reference is left.
    unsafe {
        ptr::drop_in_place(&raw mut (*object.cast::<Holder<T>>()).content);
        memory::free(object);
    }
}
