//! Thrown values: making, tracing, messages, and the report of an error that nobody caught.

use crate::input_output;
use crate::memory::{self, raw_alloc};
use crate::string;
use crate::types::{ERROR, text_of};
use crate::value;
use core::fmt::Write;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use qi_abi::{ERROR_DATA, Error, SITES_MAX, Site, Str, TypeInfo};
use unicode_width::UnicodeWidthStr;

/// Sites kept from the start of a long stack; the rest of `SITES_MAX` keeps its end, as a ring.
const FIRST: u32 = 32;
const LAST: u32 = SITES_MAX as u32 - FIRST;

static UNOBSERVED: AtomicBool = AtomicBool::new(false);

/// Whether an error was lost: turns exit code 0 into 1.
pub fn any_unobserved() -> bool {
    UNOBSERVED.load(Ordering::Relaxed)
}

/// # Safety
/// `payload` holds an owned value of the described type, which moves into the error.
#[cold]
pub unsafe fn new(payload: *mut u8, info: &TypeInfo, site: *const Site) -> *mut Error {
    let size = info.size as usize;
    let error = memory::allocate(ERROR_DATA + size, &raw const ERROR, 0).cast::<Error>();
    // SAFETY: fresh memory; the payload by contract.
    unsafe {
        (*error).payload = info;
        (*error).n_sites = 0;
        (*error).dropped_sites = 0;
        (*error).sites = ptr::null_mut();
        (*error).attached = ptr::null_mut();
        (*error).reserved = 0;
        ptr::copy_nonoverlapping(payload, error.cast::<u8>().add(ERROR_DATA), size);
        trace(error, site);
    }
    error
}

/// A private copy with the same payload, stack and origin: every awaiter of a failed task gets its own.
///
/// # Safety
/// `error` is live and nobody changes it.
pub unsafe fn duplicate(error: *const Error) -> *mut Error {
    // SAFETY: contract; layouts of errors.
    unsafe {
        let info = &*(*error).payload;
        let from = error.cast::<u8>().add(ERROR_DATA);
        memory::retain_value(from, info);
        let copy = new(from.cast_mut(), info, ptr::null());
        if !(*error).sites.is_null() {
            (*copy).sites = raw_alloc(SITES_MAX * size_of::<*const Site>()).cast();
            ptr::copy_nonoverlapping((*error).sites, (*copy).sites, SITES_MAX);
            (*copy).n_sites = (*error).n_sites;
            (*copy).dropped_sites = (*error).dropped_sites;
        }
        memory::retain((*error).attached.cast());
        (*copy).attached = (*error).attached;
        (*copy).reserved = if (*error).reserved != 0 { (*error).reserved } else { error as u64 };
        copy
    }
}

/// Whether two errors come from the same throw.
///
/// # Safety
/// Both are live.
pub unsafe fn same_origin(a: *const Error, b: *const Error) -> bool {
    let origin = |error: *const Error| {
        // SAFETY: contract.
        let reserved = unsafe { (*error).reserved };
        if reserved != 0 { reserved } else { error as u64 }
    };
    origin(a) == origin(b)
}

/// Appends `later` to the end of the chain of errors attached to `error`.
///
/// # Safety
/// `error` is private, `later` owned by the caller, who loses it.
pub unsafe fn attach(error: *mut Error, later: *mut Error) {
    // SAFETY: contract; a chain is finite.
    unsafe {
        let mut last = error;
        while !(*last).attached.is_null() {
            last = (*last).attached;
        }
        (*last).attached = later;
    }
}

/// # Safety
/// `error` is live and private.
unsafe fn trace(error: *mut Error, site: *const Site) {
    if site.is_null() {
        return;
    }
    // SAFETY: contract; `sites` has SITES_MAX entries once allocated.
    unsafe {
        if (*error).sites.is_null() {
            let sites = raw_alloc(SITES_MAX * size_of::<*const Site>()).cast::<*const Site>();
            ptr::write_bytes(sites, 0, SITES_MAX);
            (*error).sites = sites;
        }
        let count = (*error).n_sites;
        if count < SITES_MAX as u32 {
            *(*error).sites.add(count as usize) = site;
            (*error).n_sites = count + 1;
        } else {
            let slot = FIRST + (*error).dropped_sites % LAST;
            *(*error).sites.add(slot as usize) = site;
            (*error).dropped_sites += 1;
        }
    }
}

/// The stack in order, origin first; `None` stands for the entries that were dropped.
unsafe fn stack(error: *const Error) -> Vec<Option<&'static Site>> {
    // SAFETY: contract: sites are static.
    unsafe {
        let (count, dropped) = ((*error).n_sites, (*error).dropped_sites);
        let site = |index: u32| (*(*error).sites.add(index as usize)).as_ref();
        let mut all: Vec<_> = (0..count.min(FIRST)).map(site).collect();
        if dropped > 0 {
            all.push(None);
        }
        all.extend((FIRST..count).map(|index| site(FIRST + (index - FIRST + dropped) % LAST)));
        all
    }
}

/// 消息() of a thrown value; errors of user code pass through.
///
/// # Safety
/// `error` is null or live.
pub unsafe fn write_message(out: &mut String, error: *const Error) -> Result<(), *mut Error> {
    if error.is_null() {
        out.push_str("<空>");
        return Ok(());
    }
    // SAFETY: contract; the payload lies behind the error.
    unsafe {
        let info: &'static TypeInfo = &*(*error).payload;
        let payload = error.cast::<u8>().add(ERROR_DATA);
        match info.message {
            Some(message) => value::user_text(out, message, payload),
            None => value::write_display(out, payload, info, None),
        }
    }
}

/// The report of an error that leaves the program: message, source line, stack, attached errors.
unsafe fn report(error: *const Error, head: &str) -> String {
    let mut out = String::from(head);
    // SAFETY: live by contract of the callers.
    unsafe {
        if let Err(second) = write_message(&mut out, error) {
            out.push_str("（取错误消息时又出错）");
            memory::release(second.cast());
        }
        out.push('\n');
        let stack = stack(error);
        if let Some(origin) = origin(&stack) {
            source_line(&mut out, origin);
        }
        for site in stack {
            match site {
                Some(site) => {
                    let (function, file) = (text_of(&site.function), text_of(&site.file));
                    let _ = writeln!(out, "  在 {function} ({file}:{}:{})", site.line, site.column);
                }
                None => drop(writeln!(out, "  …（略去 {} 层）", (*error).dropped_sites)),
            }
        }
        if !(*error).attached.is_null() {
            out.push_str(&report((*error).attached, "另有错误："));
        }
    }
    out
}

/// The place to show: where the error came out of the standard library, if it began there.
fn origin(stack: &[Option<&'static Site>]) -> Option<&'static Site> {
    let mut known = stack.iter().flatten();
    known.clone().find(|it| !text_of(&it.file).starts_with("标准库/")).or_else(|| known.next()).copied()
}

fn source_line(out: &mut String, site: &Site) {
    let text = text_of(&site.text);
    let _ = writeln!(out, " --> {}:{}:{}", text_of(&site.file), site.line, site.column);
    if text.trim().is_empty() {
        return;
    }
    let number = site.line.to_string();
    let column = (site.column.max(1) - 1) as usize;
    let (text, before) = surroundings(text, column);
    let blanks: String = before.chars().map(|c| if c == '\t' { "\t".into() } else { " ".repeat(columns(c)) }).collect();
    let _ = writeln!(out, "{number} | {text}\n{} | {blanks}^", " ".repeat(number.len()));
}

/// How much of a long line is shown on either side of the place, in characters.
const SIDE: usize = 60;

/// The line, or the part of a long one around `column` (from 0), and what of that stands before the place.
fn surroundings(text: &str, column: usize) -> (String, String) {
    let start = column.saturating_sub(SIDE);
    let skipped = if start > 0 { "…" } else { "" };
    let mut rest = text.chars().skip(start);
    let before: String = rest.by_ref().take(column - start).collect();
    let after: String = rest.by_ref().take(2 * SIDE).collect();
    let more = if rest.next().is_some() { "…" } else { "" };
    (format!("{skipped}{before}{after}{more}"), format!("{skipped}{before}"))
}

fn columns(c: char) -> usize {
    c.encode_utf8(&mut [0; 4]).width()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_error_new(info: *const TypeInfo, value: *mut u8, site: *const Site) -> *mut Error {
    // SAFETY: contract; the value moves out of its place.
    unsafe {
        let error = new(value, &*info, site);
        ptr::write_bytes(value, 0, (*info).size as usize);
        error
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_error_trace(error: *mut Error, site: *const Site) {
    // SAFETY: contract. A shared error (stored somewhere and thrown again) is left alone: others may read its stack.
    unsafe {
        if !error.is_null() && (*error).header.count.load(Ordering::Relaxed) > 0 {
            trace(error, site);
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_error_message(out: *mut Str, error: *mut Error) -> *mut Error {
    let mut text = String::new();
    // SAFETY: contract.
    match unsafe { write_message(&mut text, error) } {
        Ok(()) => {
            // SAFETY: contract.
            unsafe { *out = string::new(&text) };
            ptr::null_mut()
        }
        Err(second) => second,
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_error_source(out: *mut Str, error: *const Error) {
    let mut lines = String::new();
    // SAFETY: contract.
    unsafe {
        if let Some(site) = origin(&stack(error)) {
            source_line(&mut lines, site);
        }
        *out = string::new(&lines);
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_error_uncaught(error: *mut Error) {
    // SAFETY: contract: owned by this call.
    unsafe {
        input_output::flush();
        input_output::write_error(&report(error, "错误："));
        memory::release(error.cast());
    }
    EXIT_CODE.store(1, Ordering::Relaxed);
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_error_unobserved(error: *mut Error) {
    // SAFETY: contract: owned by this call.
    unsafe { unobserved(error, "未处理的错误：") }
}

/// Reports an error that nobody can receive any more.
///
/// # Safety
/// `error` is owned by the caller, who loses it.
pub unsafe fn unobserved(error: *mut Error, head: &str) {
    // SAFETY: contract.
    unsafe {
        input_output::flush();
        input_output::write_error(&report(error, head));
        memory::release(error.cast());
    }
    UNOBSERVED.store(true, Ordering::Relaxed);
}

static EXIT_CODE: AtomicI32 = AtomicI32::new(0);

/// What errors make of the program's exit code.
pub fn exit_code(code: i32) -> i32 {
    match (EXIT_CODE.load(Ordering::Relaxed), any_unobserved()) {
        (0, true) if code == 0 => 1,
        (0, _) => code,
        (failed, _) => failed,
    }
}

/// Whether the payload is the fault of this description.
///
/// # Safety
/// `error` is live.
pub unsafe fn is(error: *const Error, kind: &'static TypeInfo) -> bool {
    // SAFETY: contract.
    unsafe { ptr::eq((*error).payload, kind) }
}

#[cfg(test)]
mod tests {
    use super::surroundings;

    #[test]
    fn long_lines_are_shown_in_part() {
        assert_eq!(surroundings("打印(列[5])", 3), ("打印(列[5])".to_owned(), "打印(".to_owned()));
        let line = format!("{}列[5]{}", "甲".repeat(500), "乙".repeat(500));
        let (text, before) = surroundings(&line, 500);
        assert_eq!(before, format!("…{}", "甲".repeat(60)));
        assert_eq!(text, format!("{before}列[5]{}…", "乙".repeat(116)));
    }
}
