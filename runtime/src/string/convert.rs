//! Texts from and to numbers, characters and bytes.

use super::edit::character;
use super::{inline, new, text};
use crate::array;
use crate::fault;
use crate::value::quoted;
use core::ptr;
use qi_abi::{ArrayObject, Error, Site, Str};

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_from_char(out: *mut Str, c: u32) {
    // SAFETY: contract.
    unsafe { *out = from_char(c) }
}

pub fn from_char(c: u32) -> Str {
    let mut buffer = [0; 4];
    inline(character(c).encode_utf8(&mut buffer).as_bytes())
}

/// Bytes of the longest 64-bit number.
pub const DIGITS: usize = 20;

/// The number in decimal, at the end of the buffer.
pub fn decimal(negative: bool, value: u64, buffer: &mut [u8; DIGITS]) -> &[u8] {
    const PAIRS: [[u8; 2]; 100] = {
        let mut pairs = [[0; 2]; 100];
        let mut n = 0;
        while n < 100 {
            pairs[n] = [b'0' + (n / 10) as u8, b'0' + (n % 10) as u8];
            n += 1;
        }
        pairs
    };
    let (mut at, mut rest) = (DIGITS, value);
    while rest >= 10 {
        at -= 2;
        buffer[at..at + 2].copy_from_slice(&PAIRS[(rest % 100) as usize]);
        rest /= 100;
    }
    if rest > 0 || at == DIGITS {
        at -= 1;
        buffer[at] = b'0' + rest as u8;
    }
    if negative {
        at -= 1;
        buffer[at] = b'-';
    }
    &buffer[at..]
}

fn from_number(negative: bool, value: u64) -> Str {
    super::from_utf8(decimal(negative, value, &mut [0; DIGITS]))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_from_int(out: *mut Str, value: i64) {
    // SAFETY: contract.
    unsafe { *out = from_number(value < 0, value.unsigned_abs()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_from_uint(out: *mut Str, value: u64) {
    // SAFETY: contract.
    unsafe { *out = from_number(false, value) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_from_float(out: *mut Str, value: f64) {
    // SAFETY: contract.
    unsafe { *out = new(&float_text(value)) }
}

/// Shortest form that reads back the same, with `.0` when integral; an exponent below 1e-5 and from 1e16 on.
pub fn float_text(value: f64) -> String {
    format!("{value:?}")
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_parse_int(out: *mut i64, s: *const Str, site: *const Site) -> *mut Error {
    // SAFETY: contract.
    let s = unsafe { text(&*s) };
    match s.parse::<i64>() {
        Ok(value) => {
            // SAFETY: contract.
            unsafe { *out = value };
            ptr::null_mut()
        }
        Err(_) => fault::conversion(&format!("不能把 {} 转换为整数", quoted(s)), site),
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_parse_sized(
    out: *mut i64,
    s: *const Str,
    bits: i64,
    signed: i64,
    site: *const Site,
) -> *mut Error {
    // SAFETY: contract.
    let s = unsafe { text(&*s) };
    let range = if signed == 0 { 0..=(1i128 << bits) - 1 } else { -(1i128 << (bits - 1))..=(1i128 << (bits - 1)) - 1 };
    match s.parse::<i128>() {
        Ok(value) if range.contains(&value) => {
            // SAFETY: contract.
            unsafe { *out = value as i64 };
            ptr::null_mut()
        }
        _ => {
            let name = if signed == 0 { "无符号" } else { "整数" };
            fault::conversion(&format!("不能把 {} 转换为{name}{bits}", quoted(s)), site)
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_parse_float(out: *mut f64, s: *const Str, site: *const Site) -> *mut Error {
    // SAFETY: contract.
    let s = unsafe { text(&*s) };
    match s.parse::<f64>() {
        Ok(value) => {
            // SAFETY: contract.
            unsafe { *out = value };
            ptr::null_mut()
        }
        Err(_) => fault::conversion(&format!("不能把 {} 转换为浮点数", quoted(s)), site),
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_str_from_bytes(out: *mut Str, bytes: *const ArrayObject, site: *const Site) -> *mut Error {
    // SAFETY: contract: an array of 字节.
    match core::str::from_utf8(unsafe { array::values::<u8>(bytes) }) {
        Ok(text) => {
            // SAFETY: contract.
            unsafe { *out = new(text) };
            ptr::null_mut()
        }
        Err(error) => fault::conversion(&format!("第 {} 个字节起不是 UTF-8", error.valid_up_to()), site),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_rust_writes_them() {
        for value in [0, 1, 9, 10, 99, 100, 101, 12345, -1, -10, i64::MAX, i64::MIN] {
            let mut buffer = [0; DIGITS];
            assert_eq!(decimal(value < 0, value.unsigned_abs(), &mut buffer), value.to_string().as_bytes());
        }
        assert_eq!(decimal(false, u64::MAX, &mut [0; DIGITS]), u64::MAX.to_string().as_bytes());
    }
}
