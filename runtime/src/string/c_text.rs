//! C字符串: NUL-terminated copies for calls of C functions.

use super::{bytes, new};
use crate::fault;
use crate::memory;
use core::ffi::{CStr, c_char};
use core::ptr;
use qi_abi::{Error, Site, Str};

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_c_text_new(out: *mut *mut u8, s: *const Str, site: *const Site) -> *mut Error {
    // SAFETY: contract.
    let bytes = unsafe { bytes(&*s) };
    if let Some(at) = bytes.iter().position(|&byte| byte == 0) {
        return fault::conversion(&format!("第 {at} 个字节是 0，不能作为 C字符串"), site);
    }
    let copy = memory::raw_alloc(bytes.len() + 1);
    // SAFETY: fresh memory of that size; `out` by contract.
    unsafe {
        ptr::copy_nonoverlapping(bytes.as_ptr(), copy, bytes.len());
        copy.add(bytes.len()).write(0);
        *out = copy;
    }
    ptr::null_mut()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_c_text_free(text: *mut u8) {
    // SAFETY: contract: from `qi_c_text_new`.
    unsafe { memory::raw_free(text) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_c_text_read(out: *mut Str, text: *const c_char, site: *const Site) -> *mut Error {
    // SAFETY: contract: null or NUL-terminated.
    let text = if text.is_null() { Ok("") } else { unsafe { CStr::from_ptr(text) }.to_str() };
    match text {
        Ok(text) => {
            // SAFETY: contract.
            unsafe { *out = new(text) };
            ptr::null_mut()
        }
        Err(error) => fault::conversion(&format!("C字符串的第 {} 个字节起不是 UTF-8", error.valid_up_to()), site),
    }
}
