//! How values print: `点 { 横: 1.0 }`, `有(3)`, `[1, 2]`, `{"甲": 1}`. Texts are bare at top level, quoted inside aggregates.

use super::{concrete, float, integer};
use crate::array;
use crate::error;
use crate::string::{self, float_text};
use crate::types::{elem, field_info, fields, short_name, stride, tag, text_of, variant};
use core::fmt::Write;
use core::ptr;
use qi_abi::{ArrayObject, Error, FieldInfo, Header, Str, TextFn, TypeInfo, TypeKind, type_flags};

/// What is still to be written, last first.
enum Step {
    Value(*const u8, &'static TypeInfo),
    Text(&'static str),
    Elements { at: *const u8, elem: &'static TypeInfo, left: usize },
    Fields { base: *const u8, fields: &'static [FieldInfo] },
    Entries(Entries),
}

/// Entries of a 字典, or of the one inside a 集合, whose values are not shown.
struct Entries {
    at: *const u8,
    entry: &'static TypeInfo,
    left: usize,
    is_set: bool,
    written: bool,
}

/// Writes a value; `precision` applies to the floats inside.
struct Printer<'a> {
    out: &'a mut String,
    precision: Option<usize>,
    steps: Vec<Step>,
}

/// As 打印 shows it.
///
/// # Safety
/// `place` holds a value of the described type.
pub unsafe fn write_display(
    out: &mut String,
    place: *const u8,
    info: &'static TypeInfo,
    precision: Option<usize>,
) -> Result<(), *mut Error> {
    // SAFETY: contract.
    unsafe {
        let (place, info) = concrete(place, info);
        if !place.is_null() {
            match info.kind {
                TypeKind::Str => {
                    out.push_str(string::text(&*place.cast::<Str>()));
                    return Ok(());
                }
                TypeKind::Char => {
                    out.push(char::from_u32(place.cast::<u32>().read()).unwrap_or(char::REPLACEMENT_CHARACTER));
                    return Ok(());
                }
                _ => {}
            }
        }
        write_debug(out, place, info, precision)
    }
}

/// As it shows inside aggregates.
///
/// # Safety
/// `place` holds a value of the described type, or is null (an empty box).
pub unsafe fn write_debug(
    out: &mut String,
    place: *const u8,
    info: &'static TypeInfo,
    precision: Option<usize>,
) -> Result<(), *mut Error> {
    let mut printer = Printer { out, precision, steps: Vec::new() };
    // SAFETY: contract.
    unsafe {
        printer.value(place, info)?;
        while let Some(step) = printer.steps.pop() {
            printer.step(step)?;
        }
    }
    Ok(())
}

impl Printer<'_> {
    unsafe fn step(&mut self, step: Step) -> Result<(), *mut Error> {
        // SAFETY: steps are made from live parts of the value.
        unsafe {
            match step {
                Step::Text(text) => self.out.push_str(text),
                Step::Value(place, info) => self.value(place, info)?,
                Step::Elements { at, elem, left } => {
                    if left > 1 {
                        let rest = Step::Elements { at: at.add(stride(elem)), elem, left: left - 1 };
                        self.steps.push(rest);
                        self.steps.push(Step::Text(", "));
                    }
                    self.value(at, elem)?;
                }
                Step::Fields { base, fields } => self.fields(base, fields)?,
                Step::Entries(it) => self.entries(it)?,
            }
        }
        Ok(())
    }

    unsafe fn fields(&mut self, base: *const u8, fields: &'static [FieldInfo]) -> Result<(), *mut Error> {
        let Some((field, rest)) = fields.split_first() else { return Ok(()) };
        if !rest.is_empty() {
            self.steps.push(Step::Fields { base, fields: rest });
            self.steps.push(Step::Text(", "));
        }
        if field.name.len > 0 {
            self.out.push_str(text_of(&field.name));
            self.out.push_str(": ");
        }
        // SAFETY: the field lies inside the value.
        unsafe { self.value(base.add(field.offset as usize), field_info(field)) }
    }

    unsafe fn entries(&mut self, it: Entries) -> Result<(), *mut Error> {
        let Entries { mut at, entry, mut left, is_set, written } = it;
        let parts = fields(entry);
        // SAFETY: `left` entries start at `at`.
        unsafe {
            while left > 0 && at.cast::<i64>().read() < 0 {
                at = at.add(stride(entry));
                left -= 1;
            }
            if left == 0 {
                return Ok(());
            }
            if written {
                self.out.push_str(", ");
            }
            let rest = Entries { at: at.add(stride(entry)), entry, left: left - 1, is_set, written: true };
            self.steps.push(Step::Entries(rest));
            let value = field_info(&parts[2]);
            if !is_set {
                self.steps.push(Step::Value(at.add(parts[2].offset as usize), value));
                self.steps.push(Step::Text(": "));
            }
            self.value(at.add(parts[1].offset as usize), field_info(&parts[1]))
        }
    }

    unsafe fn value(&mut self, place: *const u8, info: &'static TypeInfo) -> Result<(), *mut Error> {
        // SAFETY: contract; layouts by kind.
        unsafe {
            let (place, info) = concrete(place, info);
            if place.is_null() {
                self.out.push_str("<空>");
                return Ok(());
            }
            if let Some(text) = info.text.or(info.message) {
                return user_text(self.out, text, place);
            }
            match info.kind {
                TypeKind::Unit => self.out.push('空'),
                TypeKind::Bool => self.out.push(if *place != 0 { '真' } else { '假' }),
                TypeKind::Char => quote_char(self.out, place.cast::<u32>().read()),
                TypeKind::Int => drop(write!(self.out, "{}", integer(place, info))),
                TypeKind::Float => self.float(place, info),
                TypeKind::Str => quote(self.out, string::text(&*place.cast::<Str>())),
                TypeKind::Struct => self.strukt(place, info),
                // 集合 is a struct around its 字典.
                TypeKind::Map if fields(info).len() == 1 => {
                    let inner = &fields(info)[0];
                    self.map(place.add(inner.offset as usize), field_info(inner), true);
                }
                TypeKind::Map => self.map(place, info, false),
                TypeKind::Enum => self.enum_(place, info),
                TypeKind::Array => self.array(*place.cast::<*const ArrayObject>(), elem(info)),
                TypeKind::Error => {
                    return error::write_message(self.out, *place.cast::<*const Error>());
                }
                TypeKind::Closure => self.out.push_str("<函数>"),
                TypeKind::Pointer => self.out.push_str("<指针>"),
                TypeKind::Handle => self.handle(*place.cast::<*const Header>(), info),
                TypeKind::Box | TypeKind::Cell | TypeKind::Dynamic => unreachable!("looked through"),
            }
        }
        Ok(())
    }

    unsafe fn float(&mut self, place: *const u8, info: &TypeInfo) {
        // SAFETY: contract.
        let value = unsafe { float(place, info) };
        match self.precision {
            Some(digits) => drop(write!(self.out, "{value:.digits$}")),
            None if info.size == 4 => drop(write!(self.out, "{:?}", value as f32)),
            None => self.out.push_str(&float_text(value)),
        }
    }

    unsafe fn strukt(&mut self, place: *const u8, info: &'static TypeInfo) {
        let fields = fields(info);
        if info.flags & type_flags::FAULT != 0 {
            // SAFETY: a fault is its message.
            self.out.push_str(string::text(unsafe { &*place.cast::<Str>() }));
        } else if info.flags & type_flags::TUPLE != 0 {
            self.group("(", place, fields, if fields.len() == 1 { ",)" } else { ")" });
        } else {
            self.out.push_str(short_name(info));
            self.group(" {", place, fields, "}");
        }
    }

    unsafe fn enum_(&mut self, place: *const u8, info: &'static TypeInfo) {
        // SAFETY: an enum of the described type.
        let (name, fields) = variant(info, unsafe { tag(place, info) });
        self.out.push_str(name);
        match fields.first() {
            None => {}
            Some(first) if first.name.len > 0 => self.group(" {", place, fields, "}"),
            Some(_) => self.group("(", place, fields, ")"),
        }
    }

    fn group(&mut self, open: &'static str, base: *const u8, fields: &'static [FieldInfo], close: &'static str) {
        self.out.push_str(open);
        let padded = open.ends_with('{') && !fields.is_empty();
        self.steps.push(Step::Text(close));
        if padded {
            self.out.push(' ');
            self.steps.push(Step::Text(" "));
        }
        self.steps.push(Step::Fields { base, fields });
    }

    unsafe fn map(&mut self, place: *const u8, info: &'static TypeInfo, is_set: bool) {
        let entries = &fields(info)[1];
        self.out.push('{');
        self.steps.push(Step::Text("}"));
        // SAFETY: contract: the second field of a map is the array of its entries.
        unsafe {
            let array = *place.add(entries.offset as usize).cast::<*const ArrayObject>();
            if !array.is_null() && (*array).len > 0 {
                let entry = elem(field_info(entries));
                let left = (*array).len as usize;
                let entries = Entries { at: array::data(array), entry, left, is_set, written: false };
                self.steps.push(Step::Entries(entries));
            }
        }
    }

    unsafe fn array(&mut self, array: *const ArrayObject, elem: &'static TypeInfo) {
        self.out.push('[');
        self.steps.push(Step::Text("]"));
        // SAFETY: null or live by contract.
        unsafe {
            if !array.is_null() && (*array).len > 0 {
                self.steps.push(Step::Elements { at: array::data(array), elem, left: (*array).len as usize });
            }
        }
    }

    unsafe fn handle(&mut self, object: *const Header, info: &TypeInfo) {
        // The object knows best what it is; only a 共享 is a lock that its type calls otherwise.
        let declared = short_name(info);
        let is_told = object.is_null() || declared == "共享";
        // SAFETY: null or live by contract.
        let name = if is_told { declared } else { unsafe { short_name(&*(*object).info) } };
        let _ = write!(self.out, "<{name}>");
    }
}

/// Appends the result of 可打印.文本 or 错误.消息.
///
/// # Safety
/// `place` holds a value of the type that `text` belongs to.
pub unsafe fn user_text(out: &mut String, text: TextFn, place: *const u8) -> Result<(), *mut Error> {
    let mut result = Str::EMPTY;
    // SAFETY: contract.
    let error = unsafe { text(&mut result, place) };
    if !error.is_null() {
        return Err(error);
    }
    out.push_str(string::text(&result));
    string::release(result);
    Ok(())
}

/// A text as it stands in the source.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    quote(&mut out, text);
    out
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        escape(out, c, '"');
    }
    out.push('"');
}

fn quote_char(out: &mut String, c: u32) {
    out.push('\'');
    escape(out, char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER), '\'');
    out.push('\'');
}

fn escape(out: &mut String, c: char, quote: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        '\0' => out.push_str("\\0"),
        '\\' => out.push_str("\\\\"),
        c if c == quote => {
            out.push('\\');
            out.push(c);
        }
        c if c.is_control() => drop(write!(out, "\\u{{{:X}}}", c as u32)),
        c => out.push(c),
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_value_text(out: *mut Str, info: *const TypeInfo, place: *const u8) -> *mut Error {
    // SAFETY: contract.
    unsafe {
        if (*info).kind == TypeKind::Str {
            *out = string::copy(&*place.cast::<Str>());
            return ptr::null_mut();
        }
        finish(out, |text| write_display(text, place, &*info, None))
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_value_debug_text(out: *mut Str, info: *const TypeInfo, place: *const u8) -> *mut Error {
    // SAFETY: contract.
    unsafe { finish(out, |text| write_debug(text, place, &*info, None)) }
}

unsafe fn finish(out: *mut Str, write: impl FnOnce(&mut String) -> Result<(), *mut Error>) -> *mut Error {
    let mut text = String::new();
    match write(&mut text) {
        Ok(()) => {
            // SAFETY: contract of the callers.
            unsafe { *out = string::new(&text) };
            ptr::null_mut()
        }
        Err(error) => error,
    }
}
