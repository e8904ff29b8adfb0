//! Single characters, in texts and by themselves.

use super::edit::character;
use super::{bytes, char_count, index, is_ascii, text};
use crate::fault;
use core::ptr;
use qi_abi::{Error, Site, Str};

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_char_at(out: *mut u32, s: *const Str, number: i64, site: *const Site) -> *mut Error {
    // SAFETY: contract.
    let s = unsafe { &*s };
    if is_ascii(s) {
        let bytes = bytes(s);
        if (number as u64) < bytes.len() as u64 {
            // SAFETY: contract.
            unsafe { *out = u32::from(bytes[number as usize]) };
            return ptr::null_mut();
        }
        return fault::index(number, bytes.len() as i64, site);
    }
    let count = char_count(s) as i64;
    if number < 0 || number >= count {
        return fault::index(number, count, site);
    }
    // SAFETY: contract.
    unsafe { *out = char_from(s, index::offset(s, number as usize)) };
    ptr::null_mut()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_char_at_byte(s: *const Str, position: i64) -> u32 {
    // SAFETY: contract.
    unsafe { char_from(&*s, position as usize) }
}

fn char_from(s: &Str, offset: usize) -> u32 {
    text(s)[offset..].chars().next().map_or(0, |c| c as u32)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_char_byte_len(c: u32) -> i64 {
    character(c).len_utf8() as i64
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_char_is_alphabetic(c: u32) -> u8 {
    u8::from(character(c).is_alphabetic())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_char_is_numeric(c: u32) -> u8 {
    u8::from(character(c).is_numeric())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_char_is_whitespace(c: u32) -> u8 {
    u8::from(character(c).is_whitespace())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_char_upper(c: u32) -> u32 {
    single(character(c), character(c).to_uppercase())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_char_lower(c: u32) -> u32 {
    single(character(c), character(c).to_lowercase())
}

/// A mapping to several characters does not fit a 字符: the character stays.
fn single(c: char, mut mapped: impl Iterator<Item = char>) -> u32 {
    match (mapped.next(), mapped.next()) {
        (Some(only), None) => only as u32,
        _ => c as u32,
    }
}
