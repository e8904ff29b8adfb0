//! Runtime faults: errors of the runtime's own types, with a Chinese message. Making one never fails and never returns null.

use crate::error;
use crate::string;
use crate::types::*;
use crate::value;
use qi_abi::{Error, Site, Str, TypeInfo};

/// An error whose payload is a fault with this message.
#[cold]
pub fn new(kind: &'static TypeInfo, message: &str, site: *const Site) -> *mut Error {
    let mut payload = string::new(message);
    // SAFETY: a fault is a struct with one text, which moves into the error.
    unsafe { error::new((&raw mut payload).cast(), kind, site) }
}

pub fn index(index: i64, len: i64, site: *const Site) -> *mut Error {
    new(&qi_type_fault_index, &format!("越界：下标 {index}，长度 {len}"), site)
}

pub fn slice(start: i64, end: i64, len: i64, site: *const Site) -> *mut Error {
    new(&qi_type_fault_index, &format!("越界：切片 {start}..{end}，长度 {len}"), site)
}

/// A count that must not be negative.
pub fn negative(what: &str, count: i64, site: *const Site) -> *mut Error {
    new(&qi_type_fault_index, &format!("越界：{what} {count} 是负数"), site)
}

pub fn conversion(message: &str, site: *const Site) -> *mut Error {
    new(&qi_type_fault_conversion, &format!("转换错误：{message}"), site)
}

pub fn overflow(site: *const Site) -> *mut Error {
    new(&qi_type_fault_overflow, "整数溢出", site)
}

pub fn unshareable(site: *const Site) -> *mut Error {
    new(&qi_type_fault_unshareable, "不可共享：值里有只属于本任务的部分（生成器或被共享捕获的变量）", site)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_fault_overflow(site: *const Site) -> *mut Error {
    overflow(site)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_fault_divide_by_zero(site: *const Site) -> *mut Error {
    new(&qi_type_fault_divide, "除以零", site)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_fault_index(number: i64, len: i64, site: *const Site) -> *mut Error {
    index(number, len, site)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_fault_null(site: *const Site) -> *mut Error {
    new(&qi_type_fault_null, "空值：这里没有值", site)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_fault_conversion(message: *const Str, site: *const Site) -> *mut Error {
    // SAFETY: contract.
    conversion(unsafe { string::text(&*message) }, site)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_fault_missing_key(info: *const TypeInfo, key: *const u8, site: *const Site) -> *mut Error {
    let mut message = String::from("缺键：");
    // SAFETY: contract.
    if let Err(error) = unsafe { value::write_debug(&mut message, key, &*info, None) } {
        return error;
    }
    new(&qi_type_fault_missing_key, &message, site)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_fault_assert(message: *const Str, site: *const Site) -> *mut Error {
    // SAFETY: contract.
    let message = unsafe { string::text(&*message) };
    let text = if message.is_empty() { String::from("断言失败") } else { format!("断言失败：{message}") };
    new(&qi_type_fault_assert, &text, site)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_fault_stack_overflow(site: *const Site) -> *mut Error {
    new(&qi_type_fault_stack_overflow, "栈溢出：递归太深", site)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_fault_generator_closed(site: *const Site) -> *mut Error {
    new(&qi_type_fault_generator_closed, "生成器已关闭", site)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_fault_reentry(site: *const Site) -> *mut Error {
    new(&qi_type_fault_reentry, "重入：生成器正在运行", site)
}
