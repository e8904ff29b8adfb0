//! Lengths, comparing, hashing, finding. Positions are character numbers.

use super::{byte_len, bytes, char_count, index, text};
use crate::value;
use qi_abi::Str;

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_len(s: *const Str) -> i64 {
    // SAFETY: contract.
    unsafe { char_count(&*s) as i64 }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_byte_len(s: *const Str) -> i64 {
    // SAFETY: contract.
    unsafe { byte_len(&*s) as i64 }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_equal(a: *const Str, b: *const Str) -> u8 {
    // SAFETY: contract.
    unsafe { u8::from(bytes(&*a) == bytes(&*b)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_compare(a: *const Str, b: *const Str) -> i64 {
    // UTF-8 bytes order as code points do.
    // SAFETY: contract.
    unsafe { bytes(&*a).cmp(bytes(&*b)) as i64 }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_hash(s: *const Str) -> i64 {
    // SAFETY: contract.
    unsafe { value::hash_bytes(bytes(&*s)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_find(s: *const Str, needle: *const Str, from: i64) -> i64 {
    // SAFETY: contract.
    let (s, needle) = unsafe { (&*s, text(&*needle)) };
    if from > char_count(s) as i64 {
        return -1;
    }
    let start = index::offset(s, from.max(0) as usize);
    text(s)[start..].find(needle).map_or(-1, |at| index::number(s, start + at) as i64)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_rfind(s: *const Str, needle: *const Str) -> i64 {
    // SAFETY: contract.
    let (s, needle) = unsafe { (&*s, text(&*needle)) };
    text(s).rfind(needle).map_or(-1, |at| index::number(s, at) as i64)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_contains(s: *const Str, needle: *const Str) -> u8 {
    // SAFETY: contract.
    unsafe { u8::from(text(&*s).contains(text(&*needle))) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_starts_with(s: *const Str, head: *const Str) -> u8 {
    // SAFETY: contract.
    unsafe { u8::from(bytes(&*s).starts_with(bytes(&*head))) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_ends_with(s: *const Str, tail: *const Str) -> u8 {
    // SAFETY: contract.
    unsafe { u8::from(bytes(&*s).ends_with(bytes(&*tail))) }
}
