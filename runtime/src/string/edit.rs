//! Joining, cutting and changing texts.

use super::convert::{from_char, from_number};
use super::{append, bytes, concat, copy, index, new, text};
use crate::array;
use crate::fault;
use core::ptr;
use qi_abi::{ArrayObject, Error, Site, Str, TypeInfo};
use unicode_width::UnicodeWidthStr;

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_concat(out: *mut Str, a: *const Str, b: *const Str) {
    // SAFETY: contract.
    unsafe { *out = concat(&[text(&*a), text(&*b)]) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_append(s: *mut Str, tail: *const Str) {
    // SAFETY: contract; the tail is copied first because it may be the same place.
    unsafe {
        let tail = *tail;
        append(&mut *s, &tail)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_append_char(s: *mut Str, c: u32) {
    // SAFETY: contract.
    unsafe { append(&mut *s, &from_char(c)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_append_int(s: *mut Str, value: i64) {
    // SAFETY: contract.
    unsafe { append_number(&mut *s, value < 0, value.unsigned_abs()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_append_uint(s: *mut Str, value: u64) {
    // SAFETY: contract.
    unsafe { append_number(&mut *s, false, value) }
}

fn append_number(s: &mut Str, negative: bool, value: u64) {
    let text = from_number(negative, value);
    append(s, &text);
    super::release(text);
}

/// A 字符 as Rust sees it; contract: always a scalar value.
pub fn character(c: u32) -> char {
    char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_slice(
    out: *mut Str,
    s: *const Str,
    start: i64,
    end: i64,
    site: *const Site,
) -> *mut Error {
    // SAFETY: contract.
    let s = unsafe { &*s };
    let count = super::char_count(s) as i64;
    if start < 0 || end > count || start > end {
        return fault::slice(start, end, count, site);
    }
    let (from, to) = (index::offset(s, start as usize), index::offset(s, end as usize));
    let result = if to - from == bytes(s).len() { copy(s) } else { new(&text(s)[from..to]) };
    // SAFETY: contract.
    unsafe { *out = result };
    ptr::null_mut()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_replace(out: *mut Str, s: *const Str, from: *const Str, to: *const Str) {
    // SAFETY: contract.
    unsafe {
        let (from, to) = (text(&*from), text(&*to));
        *out = if from.is_empty() { copy(&*s) } else { new(&text(&*s).replace(from, to)) }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_split(info: *const TypeInfo, s: *const Str, separator: *const Str) -> *mut ArrayObject {
    // SAFETY: contract: the array's elements are texts.
    unsafe {
        let (info, s, separator) = (&*info, text(&*s), text(&*separator));
        let mut separators = separator.chars();
        match (separators.next(), separators.next()) {
            (None, _) => array::collect(info, s.chars().map(|c| from_char(c as u32))),
            (Some(only), None) => array::collect(info, s.split(only).map(new)),
            _ => array::collect(info, s.split(separator).map(new)),
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_lines(info: *const TypeInfo, s: *const Str) -> *mut ArrayObject {
    // SAFETY: contract.
    unsafe { array::collect(&*info, text(&*s).lines().map(new)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_chars(info: *const TypeInfo, s: *const Str) -> *mut ArrayObject {
    // SAFETY: contract: the array's elements are 字符.
    unsafe { array::collect(&*info, text(&*s).chars().map(|c| c as u32)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_bytes(info: *const TypeInfo, s: *const Str) -> *mut ArrayObject {
    // SAFETY: contract: the array's elements are 字节.
    unsafe { array::from_bytes(&*info, bytes(&*s)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_join(out: *mut Str, parts: *const ArrayObject, separator: *const Str) {
    // SAFETY: contract: an array of texts.
    unsafe {
        let parts: Vec<&str> = array::values::<Str>(parts).iter().map(text).collect();
        *out = new(&parts.join(text(&*separator)));
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_trim(out: *mut Str, s: *const Str) {
    // SAFETY: contract.
    unsafe { *out = part(&*s, text(&*s).trim()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_trim_start(out: *mut Str, s: *const Str) {
    // SAFETY: contract.
    unsafe { *out = part(&*s, text(&*s).trim_start()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_trim_end(out: *mut Str, s: *const Str) {
    // SAFETY: contract.
    unsafe { *out = part(&*s, text(&*s).trim_end()) }
}

/// A part of `s` as a text of its own; the whole is only counted.
fn part(s: &Str, part: &str) -> Str {
    if part.len() == bytes(s).len() { copy(s) } else { new(part) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_upper(out: *mut Str, s: *const Str) {
    // SAFETY: contract.
    unsafe { *out = new(&text(&*s).to_uppercase()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_lower(out: *mut Str, s: *const Str) {
    // SAFETY: contract.
    unsafe { *out = new(&text(&*s).to_lowercase()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_reverse(out: *mut Str, s: *const Str) {
    // SAFETY: contract.
    unsafe { *out = new(&text(&*s).chars().rev().collect::<String>()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_repeat(out: *mut Str, s: *const Str, count: i64, site: *const Site) -> *mut Error {
    if count < 0 {
        return fault::negative("重复次数", count, site);
    }
    // SAFETY: contract.
    let s = unsafe { text(&*s) };
    if s.len().checked_mul(count as usize).is_none_or(|len| len > isize::MAX as usize / 2) {
        crate::memory::out_of_memory();
    }
    // SAFETY: contract.
    unsafe { *out = new(&s.repeat(count as usize)) };
    ptr::null_mut()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_width(s: *const Str) -> i64 {
    // SAFETY: contract.
    unsafe { text(&*s).width() as i64 }
}
