//! Texts and printing for C programs.

use super::registry::{self, Kind};
use super::state::{QiError, fail, succeed};
use crate::memory::census;
use crate::string;
use core::ffi::{CStr, c_char};
use core::ptr;
use qi_abi::{TypeInfo, TypeKind};

static TEXT: TypeInfo = TypeInfo::plain(TypeKind::Pointer, 0, 8, "C 字符串");

/// A text: UTF-8, immutable.
pub struct QiString {
    /// With a zero byte behind it.
    bytes: Box<[u8]>,
}

impl QiString {
    pub fn text(&self) -> &str {
        // SAFETY: checked when it was made.
        unsafe { core::str::from_utf8_unchecked(&self.bytes[..self.bytes.len() - 1]) }
    }
}

pub fn publish(parts: &[&str]) -> *mut QiString {
    let mut bytes = parts.concat().into_bytes();
    bytes.push(0);
    let text = Box::into_raw(Box::new(QiString { bytes: bytes.into_boxed_slice() }));
    census::born(&raw const TEXT);
    registry::add(text, Kind::Text);
    succeed();
    text
}

fn from_utf8(bytes: &[u8]) -> *mut QiString {
    match core::str::from_utf8(bytes) {
        Ok(text) => publish(&[text]),
        Err(error) => {
            fail(QiError::Utf8, &format!("第 {} 个字节起不是 UTF-8", error.valid_up_to()));
            ptr::null_mut()
        }
    }
}

/// A copy of a NUL-terminated text. Null if `data` is null or not UTF-8.
///
/// Ownership: the result is freed with `qi_string_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_string_new(data: *const c_char) -> *mut QiString {
    if data.is_null() {
        fail(QiError::Null, "文本指针是空的");
        return ptr::null_mut();
    }
    // SAFETY: the caller passes a NUL-terminated text.
    from_utf8(unsafe { CStr::from_ptr(data) }.to_bytes())
}

/// A copy of `length` bytes, which may contain zeros. Null as for `qi_string_new`.
///
/// Ownership: the result is freed with `qi_string_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_string_from_bytes(data: *const c_char, length: usize) -> *mut QiString {
    if length == 0 {
        return publish(&[]);
    }
    if data.is_null() || length > isize::MAX as usize {
        fail(QiError::Null, "文本指针是空的，或长度不可能");
        return ptr::null_mut();
    }
    // SAFETY: the caller passes that many bytes.
    from_utf8(unsafe { core::slice::from_raw_parts(data.cast(), length) })
}

/// `a` followed by `b`. Null if one of them is not a live text.
///
/// Ownership: reads its arguments; the result is freed with `qi_string_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_string_concat(a: *const QiString, b: *const QiString) -> *mut QiString {
    if !registry::check(a, Kind::Text) || !registry::check(b, Kind::Text) {
        return ptr::null_mut();
    }
    // SAFETY: live texts.
    unsafe { publish(&[(*a).text(), (*b).text()]) }
}

/// Frees a text. Null does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_string_free(text: *mut QiString) {
    if text.is_null() {
        return succeed();
    }
    if registry::remove(text, Kind::Text) {
        census::died(&raw const TEXT);
        // SAFETY: boxed by `publish` and taken out of the registry by us alone.
        drop(unsafe { Box::from_raw(text) });
    }
}

/// Its bytes, with a zero behind them; valid until it is freed. Null if it is not a live text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_string_data(text: *const QiString) -> *const c_char {
    if !registry::check(text, Kind::Text) {
        return ptr::null();
    }
    // SAFETY: a live text.
    unsafe { (*text).bytes.as_ptr().cast() }
}

/// Its length in bytes; 0 if it is not a live text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_string_length(text: *const QiString) -> usize {
    // SAFETY: a live text.
    if registry::check(text, Kind::Text) { unsafe { (*text).text().len() } } else { 0 }
}

/// Its length in characters; 0 if it is not a live text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_string_characters(text: *const QiString) -> usize {
    // SAFETY: a live text.
    if registry::check(text, Kind::Text) { unsafe { string::index::count((*text).text().as_bytes()) } } else { 0 }
}

/// Prints a number and a line break, in one piece.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_print_int(value: i64) {
    crate::input_output::print_line(&value.to_string());
    succeed();
}

/// Prints a text and a line break, in one piece.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_print_string(text: *const QiString) {
    if registry::check(text, Kind::Text) {
        // SAFETY: a live text.
        crate::input_output::print_line(unsafe { (*text).text() });
    }
}
