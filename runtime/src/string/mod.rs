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

/// Whether every character is one byte.
pub fn is_ascii(s: &Str) -> bool {
    if is_inline(s) {
        (s.low | s.high & !(0xFF << 56)) & 0x8080_8080_8080_8080 == 0
    } else {
        s.high & Str::ASCII_BIT != 0 || byte_len(s) == 0
    }
}

pub fn new(text: &str) -> Str {
    from_utf8(text.as_bytes())
}

/// A text of bytes that are known to be UTF-8.
fn from_utf8(bytes: &[u8]) -> Str {
    if bytes.len() <= Str::INLINE_MAX { inline(bytes) } else { heap(&[bytes], bytes.len()) }
}

/// The text made of the pieces.
pub fn concat(parts: &[&str]) -> Str {
    let len = parts.iter().map(|part| part.len()).sum();
    if len <= Str::INLINE_MAX {
        return parts.iter().fold(Str::EMPTY, |joined, part| inline_pair(&joined, &inline(part.as_bytes())));
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

/// A short text; the bytes behind it are zero.
pub fn inline(bytes: &[u8]) -> Str {
    let (low, high) = words(bytes);
    Str { low, high: high | Str::INLINE_BIT | (bytes.len() as u64) << 56 }
}

/// Up to 15 bytes as two words, without a loop: the loads overlap.
fn words(bytes: &[u8]) -> (u64, u64) {
    let n = bytes.len();
    debug_assert!(n <= Str::INLINE_MAX);
    if let (Some(first), Some(last)) = (bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        // In two steps because eight bytes leave nothing for the second word.
        let rest = u64::from_le_bytes(*last) >> (8 * (15 - n)) >> 8;
        return (u64::from_le_bytes(*first), rest);
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let last = u64::from(u32::from_le_bytes(*last)) << (8 * (n - 4));
        return (u64::from(u32::from_le_bytes(*first)) | last, 0);
    }
    match *bytes {
        [] => (0, 0),
        [a, .., z] => (u64::from(a) | u64::from(bytes[n / 2]) << (8 * (n / 2)) | u64::from(z) << (8 * (n - 1)), 0),
        [a] => (u64::from(a), 0),
    }
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

/// Where the bytes of an inline `tail` go if `s` is a private object with room for the whole value.
fn spare(s: &Str, tail: &Str) -> Option<*mut u8> {
    let object = object(s);
    if object.is_null() {
        return None;
    }
    // SAFETY: the live object of `s`; its fields may be read, and written when it is private.
    unsafe {
        let len = byte_len(s);
        let fits = (*object).capacity as usize >= len + size_of::<Str>();
        if (*object).header.count.load(Ordering::Relaxed) != 1 || !fits || (*object).index != 0 {
            return None;
        }
        if (*object).characters != UNKNOWN {
            (*object).characters += index::count(bytes(tail)) as u64;
        }
        Some(object.cast::<u8>().add(STR_DATA + len))
    }
}

/// Appends in place. `tail` may be the same text, even the same value.
#[inline]
pub fn append(s: &mut Str, tail: &Str) {
    if is_inline(tail)
        && let Some(to) = spare(s, tail)
    {
        // SAFETY: there is room for the whole value, of which only the text will count.
        unsafe { to.cast::<Str>().write_unaligned(*tail) };
        grew(s, byte_len(tail), is_ascii(tail));
        return;
    }
    append_any(s, tail);
}

/// `extra` bytes were written behind a text on the heap.
fn grew(s: &mut Str, extra: usize, ascii: bool) {
    let flag = if ascii { s.high & Str::ASCII_BIT } else { 0 };
    s.high = (byte_len(s) + extra) as u64 | flag;
}

#[inline(never)]
fn append_any(s: &mut Str, tail: &Str) {
    let (tail_value, extra) = (*tail, byte_len(tail));
    let len = byte_len(s);
    if extra == 0 {
        return;
    }
    if len + extra <= Str::INLINE_MAX && is_inline(s) {
        *s = inline_pair(s, &tail_value);
        return;
    }
    let ascii = is_ascii(s) && is_ascii(&tail_value);
    let counted = if is_ascii(s) { None } else { counted(s) };
    let same = !object(s).is_null() && object(s) == object(&tail_value);
    let to = room(s, extra);
    // SAFETY: `room` made space for `extra` bytes; a tail that shares our object lies in front of them, wherever it moved.
    unsafe {
        let from = if same { to.sub(len) } else { bytes(&tail_value).as_ptr() };
        ptr::copy_nonoverlapping(from, to, extra);
        if let Some(before) = counted {
            let tail = core::slice::from_raw_parts(to, extra);
            (*object(s)).characters = before + index::count(tail) as u64;
        }
    }
    s.high = (len + extra) as u64 | if ascii { Str::ASCII_BIT } else { 0 };
}

/// Two inline texts that fit into one.
fn inline_pair(a: &Str, b: &Str) -> Str {
    let text = |s: &Str| (u128::from(s.high & !(0xFF << 56)) << 64) | u128::from(s.low);
    let len = byte_len(a) + byte_len(b);
    // A full first text leaves nothing for the second, whose bits are zero then.
    let joined = text(a) | text(b) << (8 * byte_len(a));
    Str { low: joined as u64, high: (joined >> 64) as u64 | Str::INLINE_BIT | (len as u64) << 56 }
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

/// The number of characters, if it is remembered.
fn counted(s: &Str) -> Option<u64> {
    let object = object(s);
    let known = if object.is_null() { UNKNOWN } else { characters(object).load(Ordering::Relaxed) };
    (known != UNKNOWN).then_some(known)
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
    fn short_texts_of_every_length_join_to_themselves() {
        let all = "abcdefghijklmno";
        for len in 0..=Str::INLINE_MAX {
            for cut in 0..=len {
                let (a, b) = (new(&all[..cut]), new(&all[cut..len]));
                assert_eq!(text(&inline_pair(&a, &b)), &all[..len]);
                assert_eq!(inline_pair(&a, &b), new(&all[..len]));
            }
        }
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

    #[test]
    fn appending_keeps_the_number_of_characters() {
        let mut s = new("一个放在堆上的文本");
        let tails = ["中", "a", "", "é😀", "又一个放在堆上的文本", "plain text of more than fifteen bytes"];
        for tail in tails.iter().cycle().take(60) {
            let before = char_count(&s);
            let tail = new(tail);
            append(&mut s, &tail);
            assert_eq!(counted(&s), Some((before + char_count(&tail)) as u64));
            assert_eq!(char_count(&s), text(&s).chars().count());
            release(tail);
        }
        let shared = copy(&s);
        append(&mut s, &new("丙"));
        assert_eq!(counted(&s), Some(char_count(&shared) as u64 + 1));
        release(shared);
        release(s);
    }
}
