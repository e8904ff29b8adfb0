//! 字符串: 16-byte values, short texts inline, long ones in counted objects. This file knows the representation; the topics
//! (`edit`, `search`, `convert`, `characters`, `c_text`) see texts only through it.

mod c_text;
mod characters;
mod convert;
mod edit;
pub mod index;
mod search;

pub use convert::float_text;

use crate::memory;
use crate::types::qi_type_string;
use core::ptr;
use core::sync::atomic::{AtomicU64, Ordering};
use qi_abi::{STR_DATA, Str, StrObject};

/// `StrObject::characters` when nobody counted yet.
pub const UNKNOWN: u64 = u64::MAX;

pub fn is_inline(s: &Str) -> bool {
    s.high & Str::INLINE_BIT != 0
}

pub fn byte_len(s: &Str) -> usize {
    if is_inline(s) { (s.high >> 56) as usize & 0xF } else { (s.high & Str::LENGTH_MASK) as usize }
}

/// The heap object of a long text, or null.
pub fn object(s: &Str) -> *mut StrObject {
    if is_inline(s) { ptr::null_mut() } else { s.low as *mut StrObject }
}

pub fn bytes(s: &Str) -> &[u8] {
    let len = byte_len(s);
    let object = object(s);
    if is_inline(s) {
        // SAFETY: an inline text lies in the first bytes of the value.
        unsafe { core::slice::from_raw_parts(ptr::from_ref(s).cast::<u8>(), len) }
    } else if object.is_null() {
        &[]
    } else {
        // SAFETY: contract: the object holds `len` bytes and lives as long as the value.
        unsafe { core::slice::from_raw_parts(object.cast::<u8>().add(STR_DATA), len) }
    }
}

pub fn text(s: &Str) -> &str {
    // SAFETY: contract: texts are UTF-8.
    unsafe { core::str::from_utf8_unchecked(bytes(s)) }
}

/// Whether every character is one byte. May scan (at most 15 bytes).
pub fn is_ascii(s: &Str) -> bool {
    if is_inline(s) { bytes(s).is_ascii() } else { s.high & Str::ASCII_BIT != 0 || byte_len(s) == 0 }
}

pub fn new(text: &str) -> Str {
    if text.len() <= Str::INLINE_MAX { inline(text.as_bytes()) } else { heap(&[text.as_bytes()], text.len()) }
}

/// The text made of the pieces.
pub fn concat(parts: &[&str]) -> Str {
    let len = parts.iter().map(|part| part.len()).sum();
    if len <= Str::INLINE_MAX {
        let mut buffer = [0; Str::INLINE_MAX];
        let mut at = 0;
        for part in parts {
            buffer[at..at + part.len()].copy_from_slice(part.as_bytes());
            at += part.len();
        }
        return inline(&buffer[..len]);
    }
    let mut pieces: [&[u8]; 3] = [&[]; 3];
    if parts.len() <= pieces.len() {
        for (piece, part) in pieces.iter_mut().zip(parts) {
            *piece = part.as_bytes();
        }
        return heap(&pieces, len);
    }
    new(&parts.concat())
}

fn inline(bytes: &[u8]) -> Str {
    let mut raw = [0; 16];
    raw[..bytes.len()].copy_from_slice(bytes);
    raw[15] = 0x80 | bytes.len() as u8;
    let value = u128::from_le_bytes(raw);
    Str { low: value as u64, high: (value >> 64) as u64 }
}

fn heap(parts: &[&[u8]], len: usize) -> Str {
    let object = allocate(len);
    let mut at = 0;
    for part in parts {
        // SAFETY: the parts add up to the capacity of the fresh object.
        unsafe { ptr::copy_nonoverlapping(part.as_ptr(), object.cast::<u8>().add(STR_DATA + at), part.len()) };
        at += part.len();
    }
    from_object(object, len, parts.iter().all(|part| part.is_ascii()))
}

fn from_object(object: *mut StrObject, len: usize, ascii: bool) -> Str {
    Str { low: object as u64, high: len as u64 | if ascii { Str::ASCII_BIT } else { 0 } }
}

fn allocate(capacity: usize) -> *mut StrObject {
    let object = memory::allocate(STR_DATA + capacity, &raw const qi_type_string, 0).cast::<StrObject>();
    // SAFETY: fresh memory.
    unsafe {
        (*object).capacity = capacity as u64;
        (*object).characters = UNKNOWN;
        (*object).index = 0;
    }
    object
}

/// Gives up the caller's reference.
pub fn release(s: Str) {
    // SAFETY: the value is owned and not used again.
    unsafe { memory::release(object(&s).cast()) }
}

/// One more owner of the same text.
pub fn copy(s: &Str) -> Str {
    // SAFETY: a live text's object is live or null.
    unsafe { memory::retain(object(s).cast()) };
    *s
}

/// Makes `s` a private object with room for `extra` more bytes and returns where they go; `set_len` follows.
fn room(s: &mut Str, extra: usize) -> *mut u8 {
    let len = byte_len(s);
    let need = len + extra;
    let old = object(s);
    // SAFETY: `old` is null or the live object of `s`, of which the caller owns a reference.
    unsafe {
        if !old.is_null() && memory::is_unique_or_privatize(old.cast()) {
            forget_caches(old);
            if ((*old).capacity as usize) < need {
                let capacity = grown(len, need);
                let moved = memory::raw_realloc(old.cast(), STR_DATA + capacity).cast::<StrObject>();
                (*moved).capacity = capacity as u64;
                s.low = moved as u64;
            }
        } else {
            let fresh = allocate(grown(len, need));
            ptr::copy_nonoverlapping(bytes(s).as_ptr(), fresh.cast::<u8>().add(STR_DATA), len);
            let ascii = is_ascii(s);
            release(*s);
            *s = from_object(fresh, len, ascii);
        }
        (s.low as *mut u8).add(STR_DATA + len)
    }
}

fn grown(len: usize, need: usize) -> usize {
    need.max(len * 2).max(32)
}

unsafe fn forget_caches(object: *mut StrObject) {
    // SAFETY: a private object: nobody else reads its caches.
    unsafe {
        memory::raw_free((*object).index as *mut u8);
        (*object).index = 0;
        (*object).characters = UNKNOWN;
    }
}

/// Appends in place. `tail` may be the same text, even the same value.
pub fn append(s: &mut Str, tail: &Str) {
    let (tail_value, extra) = (*tail, byte_len(tail));
    let len = byte_len(s);
    if extra == 0 {
        return;
    }
    if len + extra <= Str::INLINE_MAX && is_inline(s) {
        let mut buffer = [0; Str::INLINE_MAX];
        buffer[..len].copy_from_slice(bytes(s));
        buffer[len..len + extra].copy_from_slice(bytes(&tail_value));
        *s = inline(&buffer[..len + extra]);
        return;
    }
    let ascii = is_ascii(s) && is_ascii(&tail_value);
    let same = !object(s).is_null() && object(s) == object(&tail_value);
    let to = room(s, extra);
    // SAFETY: `room` made space for `extra` bytes; a tail that shares our object lies in front of them, wherever it moved.
    unsafe {
        let from = if same { to.sub(len) } else { bytes(&tail_value).as_ptr() };
        ptr::copy_nonoverlapping(from, to, extra);
    }
    s.high = (len + extra) as u64 | if ascii { Str::ASCII_BIT } else { 0 };
}

/// Number of characters; remembered in long texts that are not ASCII.
pub fn char_count(s: &Str) -> usize {
    if is_ascii(s) {
        return byte_len(s);
    }
    let object = object(s);
    if object.is_null() {
        return index::count(bytes(s));
    }
    let cache = characters(object);
    let known = cache.load(Ordering::Relaxed);
    if known != UNKNOWN {
        return known as usize;
    }
    let count = index::count(bytes(s));
    if is_writable(object) {
        // Everybody computes the same number, so a lost race is harmless.
        cache.store(count as u64, Ordering::Relaxed);
    }
    count
}

fn characters<'a>(object: *mut StrObject) -> &'a AtomicU64 {
    // SAFETY: the field of a live object, aligned; all shared accesses go through this.
    unsafe { AtomicU64::from_ptr(&raw mut (*object).characters) }
}

/// Literals may lie in read-only memory.
fn is_writable(object: *mut StrObject) -> bool {
    // SAFETY: a live object.
    unsafe { (*object).header.flags & memory::HEAP != 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_inline_and_long_ones_are_not() {
        for text_in in ["", "a", "中文字符串", "123456789012345"] {
            let s = new(text_in);
            assert!(is_inline(&s));
            assert_eq!(text(&s), text_in);
        }
        let s = new("1234567890123456");
        assert!(!is_inline(&s) && is_ascii(&s));
        assert_eq!(text(&s), "1234567890123456");
        release(s);
        assert_eq!(text(&Str { low: 0, high: 0 }), "");
    }

    #[test]
    fn append_grows_in_place_and_takes_itself() {
        let mut s = new("中文");
        for _ in 0..3 {
            let tail = s;
            append(&mut s, &tail);
        }
        assert_eq!(text(&s), "中文".repeat(8));
        let copied = copy(&s);
        append(&mut s, &new("!"));
        assert_eq!(text(&copied), "中文".repeat(8));
        assert_eq!(char_count(&s), 17);
        assert_eq!(char_count(&copied), 16);
        release(s);
        release(copied);
    }
}
