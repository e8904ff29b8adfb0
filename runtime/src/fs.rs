//! Files, on the blocking pool. Failures throw 文件错误 with path and reason.

use crate::array;
use crate::operation::{Operation, Outcome, blocking, finish};
use crate::string::text;
use crate::types::qi_type_fault_file;
use core::ptr;
use qi_abi::{ArrayObject, Str, Task, TypeInfo};
use std::fs;
use std::io::{self, ErrorKind, Write};

/// What the system says, in Chinese where it is common.
pub fn reason(error: &io::Error) -> String {
    let known = match error.kind() {
        ErrorKind::NotFound => "不存在",
        ErrorKind::PermissionDenied => "没有权限",
        ErrorKind::AlreadyExists => "已经存在",
        ErrorKind::IsADirectory => "是目录",
        ErrorKind::NotADirectory => "不是目录",
        ErrorKind::DirectoryNotEmpty => "目录不空",
        ErrorKind::StorageFull => "磁盘已满",
        ErrorKind::ReadOnlyFilesystem => "文件系统只读",
        ErrorKind::InvalidData => "不是 UTF-8 文本",
        ErrorKind::ConnectionRefused => "连接被拒绝",
        ErrorKind::ConnectionReset => "连接被对方重置",
        ErrorKind::ConnectionAborted => "连接中断",
        ErrorKind::BrokenPipe => "对方已关闭连接",
        ErrorKind::UnexpectedEof => "对方提前结束了连接",
        ErrorKind::TimedOut => "超时",
        ErrorKind::AddrInUse => "地址已被占用",
        ErrorKind::AddrNotAvailable => "地址不可用",
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "网络不可达",
        _ => return error.to_string(),
    };
    String::from(known)
}

pub fn outcome(action: &str, path: &str, result: io::Result<Outcome>) -> Outcome {
    result.unwrap_or_else(|error| Outcome::Failed {
        kind: &qi_type_fault_file,
        message: format!("文件错误：{action} {} 失败：{}", crate::value::quoted(path), reason(&error)),
    })
}

/// Starts `job(path)`; the path is copied because the job outlives the call.
unsafe fn on_path(
    task: *mut Task,
    node: *mut Operation,
    out: *mut u8,
    info: *const TypeInfo,
    path: *const Str,
    action: &'static str,
    job: impl FnOnce(&str) -> io::Result<Outcome> + Send + 'static,
) -> i32 {
    // SAFETY: contract.
    unsafe {
        let path = String::from(text(&*path));
        blocking(task, node, out, info, move || outcome(action, &path, job(&path)))
    }
}

macro_rules! finishes {
    ($($name:ident $out:ty;)*) => {
        $(
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name(task: *mut Task, node: *mut Operation, out: *mut $out) -> i32 {
                // SAFETY: contract.
                unsafe { finish(task, node, out.cast()) }
            }
        )*
    };
}
macro_rules! unit_finishes {
    ($($name:ident;)*) => {
        $(
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name(task: *mut Task, node: *mut Operation) -> i32 {
                // SAFETY: contract.
                unsafe { finish(task, node, ptr::null_mut()) }
            }
        )*
    };
}

finishes! {
    qi_file_read_text_finish Str;
    qi_file_exists_finish u8;
    qi_file_read_bytes_finish *mut ArrayObject;
    qi_file_list_finish *mut ArrayObject;
}
unit_finishes! {
    qi_file_write_text_finish;
    qi_file_append_text_finish;
    qi_file_remove_finish;
    qi_file_write_bytes_finish;
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_file_read_text(
    task: *mut Task,
    node: *mut Operation,
    out: *mut Str,
    path: *const Str,
) -> i32 {
    // SAFETY: contract.
    unsafe {
        on_path(task, node, out.cast(), ptr::null(), path, "读", |path| {
            let bytes = fs::read(path)?;
            let text = String::from_utf8(bytes).map_err(|_| io::Error::from(ErrorKind::InvalidData))?;
            Ok(Outcome::Text(text))
        })
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_file_write_text(
    task: *mut Task,
    node: *mut Operation,
    path: *const Str,
    content: *const Str,
) -> i32 {
    // SAFETY: contract.
    unsafe {
        let content = String::from(text(&*content));
        on_path(task, node, ptr::null_mut(), ptr::null(), path, "写", move |path| {
            fs::write(path, content).map(|()| Outcome::Nothing)
        })
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_file_append_text(
    task: *mut Task,
    node: *mut Operation,
    path: *const Str,
    content: *const Str,
) -> i32 {
    // SAFETY: contract.
    unsafe {
        let content = String::from(text(&*content));
        on_path(task, node, ptr::null_mut(), ptr::null(), path, "追加", move |path| {
            let mut file = fs::OpenOptions::new().append(true).create(true).open(path)?;
            file.write_all(content.as_bytes()).map(|()| Outcome::Nothing)
        })
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_file_exists(task: *mut Task, node: *mut Operation, out: *mut u8, path: *const Str) -> i32 {
    // SAFETY: contract.
    unsafe {
        on_path(task, node, out, ptr::null(), path, "查看", |path| {
            Ok(Outcome::Flag(std::path::Path::new(path).exists()))
        })
    }
}

/// A file or an empty directory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_file_remove(task: *mut Task, node: *mut Operation, path: *const Str) -> i32 {
    // SAFETY: contract.
    unsafe {
        on_path(task, node, ptr::null_mut(), ptr::null(), path, "删除", |path| {
            let is_directory = fs::symlink_metadata(path)?.is_dir();
            if is_directory { fs::remove_dir(path) } else { fs::remove_file(path) }.map(|()| Outcome::Nothing)
        })
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_file_read_bytes(
    task: *mut Task,
    node: *mut Operation,
    out: *mut *mut ArrayObject,
    info: *const TypeInfo,
    path: *const Str,
) -> i32 {
    // SAFETY: contract.
    unsafe { on_path(task, node, out.cast(), info, path, "读", |path| fs::read(path).map(Outcome::Bytes)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_file_write_bytes(
    task: *mut Task,
    node: *mut Operation,
    path: *const Str,
    bytes: *const ArrayObject,
) -> i32 {
    // SAFETY: contract.
    unsafe {
        let bytes = array::values::<u8>(bytes).to_vec();
        on_path(task, node, ptr::null_mut(), ptr::null(), path, "写", move |path| {
            fs::write(path, bytes).map(|()| Outcome::Nothing)
        })
    }
}

/// Names in a directory, sorted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_file_list(
    task: *mut Task,
    node: *mut Operation,
    out: *mut *mut ArrayObject,
    info: *const TypeInfo,
    path: *const Str,
) -> i32 {
    // SAFETY: contract.
    unsafe {
        on_path(task, node, out.cast(), info, path, "列出", |path| {
            let mut names = Vec::new();
            for entry in fs::read_dir(path)? {
                names.push(entry?.file_name().to_string_lossy().into_owned());
            }
            names.sort();
            Ok(Outcome::Texts(names))
        })
    }
}
