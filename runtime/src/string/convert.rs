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

/// The number in decimal. Nearly all are short texts.
pub fn from_number(negative: bool, value: u64) -> Str {
    if let Some(short) = short_number(negative, value) {
        return short;
    }
    new(&(if negative { -i128::from(value) } else { i128::from(value) }).to_string())
}

/// Composed in a register: what is stored byte by byte cannot be loaded as a word at once.
fn short_number(negative: bool, value: u64) -> Option<Str> {
    const EIGHT: u64 = 100_000_000;
    if value >= 100_000_000_000_000 {
        return None;
    }
    let (head, tail) = (value / EIGHT, value % EIGHT);
    let first = eight_digits(if head == 0 { tail } else { head });
    let zeros = (first.trailing_zeros() / 8).min(7);
    let mut text = u128::from((first | DIGIT_ZEROS) >> (8 * zeros));
    let mut len = 8 - zeros;
    if head != 0 {
        text |= u128::from(eight_digits(tail) | DIGIT_ZEROS) << (8 * len);
        len += 8;
    }
    if negative {
        text = (text << 8) | u128::from(b'-');
        len += 1;
    }
    Some(Str { low: text as u64, high: (text >> 64) as u64 | Str::INLINE_BIT | u64::from(len) << 56 })
}

/// "00000000"
const DIGIT_ZEROS: u64 = 0x3030_3030_3030_3030;

/// The eight decimal digits of a number, the first in the lowest byte. Halves, quarters and eighths are divided side by side:
/// a product and a shift that are exact for numbers of that size.
fn eight_digits(value: u64) -> u64 {
    debug_assert!(value < 100_000_000);
    let halves = (value / 10_000) | ((value % 10_000) << 32);
    let hundreds = ((halves * 10_486) >> 20) & 0x0000_007F_0000_007F;
    let quarters = hundreds | ((halves - 100 * hundreds) << 16);
    let tens = ((quarters * 103) >> 10) & 0x000F_000F_000F_000F;
    tens | ((quarters - 10 * tens) << 8)
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
        let mut values = vec![0, 1, -1, i64::MAX, i64::MIN];
        for digits in 0..18 {
            let power = 10_i64.pow(digits);
            values.extend([power - 1, power, power + 1, power * 9 + 12345, -power, 7 - power]);
        }
        for value in values {
            let s = from_number(value < 0, value.unsigned_abs());
            assert_eq!(text(&s), value.to_string());
            crate::string::release(s);
        }
        assert_eq!(text(&from_number(false, u64::MAX)), u64::MAX.to_string());
    }
}
