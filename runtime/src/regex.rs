//! Regular expressions. Places are counted in characters here as everywhere in the language.

use crate::array;
use crate::fault;
use crate::holder::Holder;
use crate::string::{self, text};
use crate::types::HandleType;
use core::ptr;
use qi_abi::{ArrayObject, Error, Header, Site, Str, TypeInfo};
use regex::Regex;
use regex_syntax::ast;

static REGEX: HandleType = Holder::<Regex>::kind("正则式");

unsafe fn regex<'a>(object: *const Holder<Regex>) -> &'a Regex {
    // SAFETY: contract: a borrowed regex.
    unsafe { &(*object).content }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_regex_new(out: *mut *mut Header, pattern: *const Str, site: *const Site) -> *mut Error {
    // SAFETY: contract.
    let pattern = unsafe { text(&*pattern) };
    match Regex::new(pattern) {
        Ok(regex) => {
            // SAFETY: contract.
            unsafe { *out = Holder::object(Box::new(regex), &REGEX) };
            ptr::null_mut()
        }
        Err(error) => {
            let what = complaint(pattern, &error);
            fault::conversion(&format!("正则式 {} 有误：{what}", crate::value::quoted(pattern)), site)
        }
    }
}

/// What is wrong with the pattern, and at which character.
fn complaint(pattern: &str, error: &regex::Error) -> String {
    if let regex::Error::CompiledTooBig(limit) = error {
        return format!("编译后超过 {limit} 字节");
    }
    let at = |offset: usize, what: &str| format!("第 {} 个字符处{what}", pattern[..offset].chars().count() + 1);
    match regex_syntax::parse(pattern) {
        Err(regex_syntax::Error::Parse(error)) => at(error.span().start.offset, &syntax(error.kind())),
        Err(regex_syntax::Error::Translate(error)) => {
            at(error.span().start.offset, &format!("写法不成立（{}）", error.kind()))
        }
        _ => error.to_string(),
    }
}

fn syntax(kind: &ast::ErrorKind) -> String {
    use ast::ErrorKind;
    let known = match kind {
        ErrorKind::GroupUnclosed => "的括号没有闭合",
        ErrorKind::GroupUnopened => "的括号没有开头",
        ErrorKind::ClassUnclosed => "的方括号没有闭合",
        ErrorKind::ClassRangeInvalid => "的范围颠倒了",
        ErrorKind::RepetitionMissing => "的重复号前面没有内容",
        ErrorKind::RepetitionCountUnclosed => "的花括号没有闭合",
        ErrorKind::RepetitionCountInvalid => "的次数颠倒了",
        ErrorKind::RepetitionCountDecimalEmpty => "缺少次数",
        ErrorKind::EscapeUnrecognized => "的转义不认识",
        ErrorKind::EscapeUnexpectedEof => "的反斜杠后面没有字符",
        ErrorKind::GroupNameDuplicate { .. } => "的组名重复了",
        ErrorKind::GroupNameEmpty | ErrorKind::GroupNameInvalid => "的组名不对",
        ErrorKind::UnsupportedBackreference => "引用了前面的组，不支持",
        ErrorKind::UnsupportedLookAround => "的环视不支持",
        other => return format!("的写法不成立（{other}）"),
    };
    String::from(known)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_regex_is_match(object: *const Holder<Regex>, s: *const Str) -> u8 {
    // SAFETY: contract.
    unsafe { u8::from(regex(object).is_match(text(&*s))) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_regex_spans(
    info: *const TypeInfo,
    object: *const Holder<Regex>,
    s: *const Str,
    most: i64,
) -> *mut ArrayObject {
    // SAFETY: contract.
    let (regex, s) = unsafe { (regex(object), text(&*s)) };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut places = Places::new(s);
    let mut spans: Vec<i64> = Vec::new();
    for found in regex.captures_iter(s).take(most) {
        for group in found.iter() {
            let span = group.map_or([-1, -1], |it| [places.of(it.start()), places.of(it.end())]);
            spans.extend(span);
        }
    }
    // SAFETY: contract.
    unsafe { array::from_values(&*info, spans.into_iter()) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_regex_texts(
    info: *const TypeInfo,
    object: *const Holder<Regex>,
    s: *const Str,
    most: i64,
) -> *mut ArrayObject {
    // SAFETY: contract.
    unsafe {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let mut texts = Vec::new();
        for found in regex(object).captures_iter(text(&*s)).take(most) {
            texts.extend(found.iter().map(|it| string::new(it.map_or("", |it| it.as_str()))));
        }
        array::from_values(&*info, texts.into_iter())
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_regex_split(
    info: *const TypeInfo,
    object: *const Holder<Regex>,
    s: *const Str,
) -> *mut ArrayObject {
    // SAFETY: contract.
    unsafe { array::from_values(&*info, regex(object).split(text(&*s)).map(string::new)) }
}

/// Counts characters along: from one match to the next little is read twice.
struct Places<'a> {
    text: &'a str,
    offset: usize,
    characters: i64,
}

impl<'a> Places<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, offset: 0, characters: 0 }
    }

    fn of(&mut self, offset: usize) -> i64 {
        let count = |from: usize, to: usize| self.text[from..to].chars().count() as i64;
        self.characters += if offset >= self.offset { count(self.offset, offset) } else { -count(offset, self.offset) };
        self.offset = offset;
        self.characters
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_regex_replace(
    out: *mut Str,
    object: *const Holder<Regex>,
    s: *const Str,
    with: *const Str,
) {
    // SAFETY: contract.
    unsafe { *out = string::new(&regex(object).replace_all(text(&*s), text(&*with))) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_regex_group_names(info: *const TypeInfo, object: *const Holder<Regex>) -> *mut ArrayObject {
    // SAFETY: contract.
    unsafe {
        let names = regex(object).capture_names().map(|it| string::new(it.unwrap_or_default()));
        array::from_values(&*info, names)
    }
}
