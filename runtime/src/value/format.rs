//! Template holes with a specification, `{价格:>10.2}`: fill, alignment, sign, `#`, `0`, width in terminal columns, precision,
//! and one of `x X b o e E ?`.

use super::text::{write_debug, write_display};
use super::{concrete, float, integer};
use crate::fault;
use crate::string;
use core::ptr;
use qi_abi::{Error, Site, Str, TypeInfo, TypeKind};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

#[derive(Clone, Copy, PartialEq, Debug)]
enum Align {
    Left,
    Center,
    Right,
}

#[derive(PartialEq, Debug)]
struct Spec {
    fill: char,
    align: Option<Align>,
    plus: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
    kind: Option<char>,
}

const MAX_WIDTH: usize = 1_000_000;

impl Spec {
    fn parse(text: &str) -> Option<Self> {
        let mut spec = Spec {
            fill: ' ',
            align: None,
            plus: false,
            alternate: false,
            zero: false,
            width: 0,
            precision: None,
            kind: None,
        };
        let mut rest = text.trim_end();
        let mut chars = rest.chars();
        if let (Some(fill), Some(align)) = (chars.next(), chars.next().and_then(alignment)) {
            (spec.fill, spec.align) = (fill, Some(align));
            rest = chars.as_str();
        } else {
            rest = rest.trim_start();
            if let Some(align) = rest.chars().next().and_then(alignment) {
                spec.align = Some(align);
                rest = rest[1..].trim_start();
            }
        }
        if let Some(after) = rest.strip_prefix('+') {
            (spec.plus, rest) = (true, after);
        }
        if let Some(after) = rest.strip_prefix('#') {
            (spec.alternate, rest) = (true, after);
        }
        if let Some(after) = rest.strip_prefix('0') {
            (spec.zero, rest) = (true, after);
        }
        (spec.width, rest) = number(rest)?;
        if let Some(after) = rest.strip_prefix('.') {
            let (precision, after_digits) = number(after)?;
            if after_digits.len() == after.len() {
                return None;
            }
            (spec.precision, rest) = (Some(precision), after_digits);
        }
        let mut chars = rest.chars();
        spec.kind = chars.next();
        let known = spec.kind.is_none_or(|kind| "xXboeE?".contains(kind));
        (known && chars.next().is_none()).then_some(spec)
    }
}

fn alignment(c: char) -> Option<Align> {
    match c {
        '<' => Some(Align::Left),
        '^' => Some(Align::Center),
        '>' => Some(Align::Right),
        _ => None,
    }
}

/// Leading digits and what follows; none is 0.
fn number(text: &str) -> Option<(usize, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if end == 0 {
        return Some((0, text));
    }
    let value = text[..end].parse::<usize>().ok().filter(|&value| value <= MAX_WIDTH)?;
    Some((value, &text[end..]))
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_value_format(
    out: *mut Str,
    info: *const TypeInfo,
    place: *const u8,
    spec: *const Str,
    site: *const Site,
) -> *mut Error {
    // SAFETY: contract.
    unsafe {
        let spec_text = string::text(&*spec);
        let (place, info) = concrete(place, &*info);
        let Some(spec) = Spec::parse(spec_text).filter(|spec| fits(spec, info)) else {
            return fault::conversion(
                &format!("格式说明 {} 对 {} 无效", super::quoted(spec_text), type_name(info)),
                site,
            );
        };
        match format(&spec, place, info) {
            Ok(text) => {
                *out = string::new(&text);
                ptr::null_mut()
            }
            Err(error) => error,
        }
    }
}

fn type_name(info: &TypeInfo) -> &'static str {
    crate::types::text_of(&info.name)
}

fn fits(spec: &Spec, info: &TypeInfo) -> bool {
    match spec.kind {
        Some('x' | 'X' | 'b' | 'o') => info.kind == TypeKind::Int,
        Some('e' | 'E') => matches!(info.kind, TypeKind::Int | TypeKind::Float),
        _ => true,
    }
}

unsafe fn format(spec: &Spec, place: *const u8, info: &'static TypeInfo) -> Result<String, *mut Error> {
    // SAFETY: contract of the caller.
    unsafe {
        let user = info.text.is_some() || info.message.is_some();
        match info.kind {
            TypeKind::Int if !user && !place.is_null() => Ok(pad_number(spec, integer_parts(spec, place, info))),
            TypeKind::Float if !user && !place.is_null() => Ok(pad_number(spec, float_parts(spec, place, info))),
            kind => {
                let mut text = String::new();
                if spec.kind == Some('?') {
                    write_debug(&mut text, place, info, spec.precision)?;
                } else {
                    write_display(&mut text, place, info, spec.precision)?;
                }
                if let (Some(max), TypeKind::Str | TypeKind::Char) = (spec.precision, kind)
                    && let Some((at, _)) = text.char_indices().nth(max)
                {
                    text.truncate(at);
                }
                Ok(pad(spec, text, Align::Left))
            }
        }
    }
}

/// Sign and prefix, digits.
type Parts = (String, String);

unsafe fn integer_parts(spec: &Spec, place: *const u8, info: &TypeInfo) -> Parts {
    // SAFETY: contract of the caller.
    let value = unsafe { integer(place, info) };
    // Other bases show the bits of the type, as two's complement.
    let bits = value as u128 & (u128::MAX >> (128 - 8 * info.size));
    let (prefix, digits) = match spec.kind {
        Some('x') => ("0x", format!("{bits:x}")),
        Some('X') => ("0x", format!("{bits:X}")),
        Some('b') => ("0b", format!("{bits:b}")),
        Some('o') => ("0o", format!("{bits:o}")),
        kind => {
            let magnitude = value.unsigned_abs();
            let digits = match (kind, spec.precision) {
                (Some('e'), Some(n)) => format!("{magnitude:.n$e}"),
                (Some('e'), None) => format!("{magnitude:e}"),
                (Some('E'), Some(n)) => format!("{magnitude:.n$E}"),
                (Some('E'), None) => format!("{magnitude:E}"),
                (_, Some(n)) if n > 0 => format!("{magnitude}.{:0>n$}", ""),
                _ => magnitude.to_string(),
            };
            return (sign(value < 0, spec), digits);
        }
    };
    let mut head = sign(false, spec);
    if spec.alternate {
        head.push_str(prefix);
    }
    (head, digits)
}

unsafe fn float_parts(spec: &Spec, place: *const u8, info: &TypeInfo) -> Parts {
    // SAFETY: contract of the caller.
    let value = unsafe { float(place, info) };
    let magnitude = value.abs();
    let single = info.size == 4;
    let digits = match (spec.kind, spec.precision) {
        (Some('e'), Some(n)) => format!("{magnitude:.n$e}"),
        (Some('E'), Some(n)) => format!("{magnitude:.n$E}"),
        (Some('e'), None) if single => format!("{:e}", magnitude as f32),
        (Some('E'), None) if single => format!("{:E}", magnitude as f32),
        (Some('e'), None) => format!("{magnitude:e}"),
        (Some('E'), None) => format!("{magnitude:E}"),
        (_, Some(n)) => format!("{magnitude:.n$}"),
        (_, None) if single => format!("{:?}", magnitude as f32),
        (_, None) => format!("{magnitude:?}"),
    };
    (sign(value.is_sign_negative() && !value.is_nan(), spec), digits)
}

fn sign(negative: bool, spec: &Spec) -> String {
    String::from(match (negative, spec.plus) {
        (true, _) => "-",
        (false, true) => "+",
        (false, false) => "",
    })
}

/// Zeros go between sign and digits.
fn pad_number(spec: &Spec, (mut head, digits): Parts) -> String {
    if spec.zero {
        let missing = spec.width.saturating_sub(head.len() + digits.len());
        head.extend(core::iter::repeat_n('0', missing));
    }
    pad(spec, head + &digits, Align::Right)
}

/// Fills up to the width, counted in terminal columns; what a wide fill cannot cover is made up with blanks.
fn pad(spec: &Spec, text: String, default: Align) -> String {
    let missing = spec.width.saturating_sub(text.width());
    if missing == 0 {
        return text;
    }
    let (left, right) = match spec.align.unwrap_or(default) {
        Align::Left => (0, missing),
        Align::Right => (missing, 0),
        Align::Center => (missing / 2, missing - missing / 2),
    };
    let mut out = String::with_capacity(text.len() + missing);
    fill(&mut out, spec.fill, left);
    out.push_str(&text);
    fill(&mut out, spec.fill, right);
    out
}

fn fill(out: &mut String, c: char, columns: usize) {
    let each = c.width().unwrap_or(1).max(1);
    out.extend(core::iter::repeat_n(c, columns / each));
    out.extend(core::iter::repeat_n(' ', columns % each));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::qi_type_string;

    fn show<T>(kind: TypeKind, value: T, spec: &str) -> String {
        let info: &'static TypeInfo = match kind {
            TypeKind::Str => &qi_type_string,
            kind => Box::leak(Box::new(TypeInfo::plain(kind, 0, size_of::<T>() as u32, "类型"))),
        };
        let spec = Spec::parse(spec).expect("a valid specification");
        // SAFETY: the description fits the value.
        unsafe { format(&spec, (&raw const value).cast(), info) }.expect("no user code runs")
    }

    #[test]
    fn numbers() {
        assert_eq!(show(TypeKind::Int, 42i64, "5"), "   42");
        assert_eq!(show(TypeKind::Int, -42i64, "06"), "-00042");
        assert_eq!(show(TypeKind::Int, 255i64, "#x"), "0xff");
        assert_eq!(show(TypeKind::Int, 255i64, "#010b"), "0b11111111");
        assert_eq!(show(TypeKind::Int, -1i8, "X"), "FF");
        assert_eq!(show(TypeKind::Int, 7i64, "+"), "+7");
        assert_eq!(show(TypeKind::Int, 1234i64, "e"), "1.234e3");
        assert_eq!(show(TypeKind::Float, 2.7351f64, ".2"), "2.74");
        assert_eq!(show(TypeKind::Float, -0.5f64, "*^9.2"), "**-0.50**");
        assert_eq!(show(TypeKind::Float, 3.0f64, ""), "3.0");
        assert_eq!(show(TypeKind::Float, 1234.5f64, "e"), "1.2345e3");
    }

    #[test]
    fn texts_count_columns() {
        assert_eq!(show(TypeKind::Str, string::new("中文"), "6") + "|", "中文  |");
        assert_eq!(show(TypeKind::Str, string::new("中文"), ">6"), "  中文");
        assert_eq!(show(TypeKind::Str, string::new("中文"), "=^8"), "==中文==");
        assert_eq!(show(TypeKind::Str, string::new("中文字"), ".2"), "中文");
        assert_eq!(show(TypeKind::Str, string::new("中"), "＊>7"), "＊＊ 中");
        assert_eq!(show(TypeKind::Str, string::new("甲"), "?"), "\"甲\"");
    }

    #[test]
    fn wrong_specifications() {
        for spec in ["q", "5.", "xx", ".", "99999999999"] {
            assert_eq!(Spec::parse(spec), None, "{spec}");
        }
    }
}
