//! From character numbers to byte offsets. ASCII texts need nothing; other long texts remember the offset of every 64th
//! character, built on first use; short ones are scanned.

use super::{byte_len, bytes, char_count, is_ascii, is_writable, object};
use crate::memory;
use core::sync::atomic::{AtomicU64, Ordering};
use qi_abi::{Str, StrObject};

const STEP: usize = 64;
/// Shorter texts are scanned.
const MIN_BYTES: usize = 256;

/// Characters in UTF-8 bytes: those that do not continue one.
pub fn count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte as i8 >= -64).count()
}

/// Byte offset of character `number`; the byte length if `number` is the character count.
pub fn offset(s: &Str, number: usize) -> usize {
    if is_ascii(s) {
        return number;
    }
    if number == char_count(s) {
        return byte_len(s);
    }
    match table(s) {
        Some(table) => {
            let start = table[number / STEP] as usize;
            start + scan(&bytes(s)[start..], number % STEP)
        }
        None => scan(bytes(s), number),
    }
}

/// Character number of a byte offset that is a border.
pub fn number(s: &Str, offset: usize) -> usize {
    if is_ascii(s) {
        return offset;
    }
    match table(s) {
        Some(table) => {
            let block = table.partition_point(|&start| start as usize <= offset) - 1;
            block * STEP + count(&bytes(s)[table[block] as usize..offset])
        }
        None => count(&bytes(s)[..offset]),
    }
}

/// Length in bytes of the first `skip` characters.
fn scan(bytes: &[u8], mut skip: usize) -> usize {
    let mut at = 0;
    while let Some(block) = bytes.get(at..at + STEP) {
        let inside = count(block);
        if inside > skip {
            break;
        }
        skip -= inside;
        at += STEP;
    }
    loop {
        while bytes.get(at).is_some_and(|&byte| (byte as i8) < -64) {
            at += 1;
        }
        if skip == 0 || at >= bytes.len() {
            return at;
        }
        skip -= 1;
        at += 1;
    }
}

fn table(s: &Str) -> Option<&[u32]> {
    let len = byte_len(s);
    let object = object(s);
    if object.is_null() || len < MIN_BYTES || len > u32::MAX as usize || !is_writable(object) {
        return None;
    }
    let entries = char_count(s) / STEP + 1;
    let cell = index_cell(object);
    // Acquire pairs with the exchange that published the table.
    let mut known = cell.load(Ordering::Acquire);
    if known == 0 {
        let built = build(bytes(s), entries);
        known = match cell.compare_exchange(0, built as u64, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => built as u64,
            Err(other) => {
                // SAFETY: built above and never published.
                unsafe { memory::raw_free(built.cast()) };
                other
            }
        };
    }
    // SAFETY: a published table has an entry per started block and lives as long as the text is not changed.
    Some(unsafe { core::slice::from_raw_parts(known as *const u32, entries) })
}

fn index_cell<'a>(object: *mut StrObject) -> &'a AtomicU64 {
    // SAFETY: the field of a live object, aligned; all shared accesses go through this.
    unsafe { AtomicU64::from_ptr(&raw mut (*object).index) }
}

fn build(bytes: &[u8], entries: usize) -> *mut u32 {
    let table = memory::raw_alloc(entries * 4).cast::<u32>();
    let mut number = 0;
    for (offset, &byte) in bytes.iter().enumerate() {
        if byte as i8 >= -64 {
            if number % STEP == 0 {
                // SAFETY: there is an entry per started block.
                unsafe { table.add(number / STEP).write(offset as u32) };
            }
            number += 1;
        }
    }
    if number % STEP == 0 {
        // SAFETY: the last entry, for the position behind a full block.
        unsafe { table.add(number / STEP).write(bytes.len() as u32) };
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::string::{new, release};

    #[test]
    fn offsets_and_numbers_agree_with_char_indices() {
        for repeats in [1, 3, 20, 64, 128, 301] {
            let text = "a中é😀".repeat(repeats);
            let s = new(&text);
            for (n, (at, _)) in text.char_indices().enumerate() {
                assert_eq!(offset(&s, n), at);
                assert_eq!(number(&s, at), n);
            }
            assert_eq!(offset(&s, repeats * 4), text.len());
            assert_eq!(number(&s, text.len()), repeats * 4);
            release(s);
        }
    }
}
