//! 输入: shows a prompt and reads a line on the blocking pool.

use crate::input_output::flush;
use crate::operation::{Operation, Outcome, begin, finish};
use crate::string::text;
use crate::task::wait::Waits;
use crate::types::qi_type_fault_file;
use core::ptr;
use qi_abi::{Str, Task};
use std::io;

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_input(
    task: *mut Task,
    node: *mut Operation,
    got: *mut u8,
    prompt: *const Str,
    out: *mut Str,
) -> i32 {
    // SAFETY: contract.
    unsafe {
        if !text(&*prompt).is_empty() {
            crate::input_output::qi_print(prompt);
        }
        flush();
        begin(task, node, got, ptr::null(), out.cast(), Waits::Input, || smol::unblock(read_line))
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_input_finish(task: *mut Task, node: *mut Operation, got: *mut u8) -> i32 {
    // SAFETY: contract.
    unsafe { finish(task, node, got) }
}

/// The next line without its break; bytes that are not UTF-8 become U+FFFD.
fn read_line() -> Outcome {
    let mut bytes = Vec::new();
    match io::BufRead::read_until(&mut io::stdin().lock(), b'\n', &mut bytes) {
        Ok(0) => Outcome::Line(None),
        Ok(_) => {
            if bytes.ends_with(b"\n") {
                bytes.pop();
            }
            if bytes.ends_with(b"\r") {
                bytes.pop();
            }
            Outcome::Line(Some(String::from_utf8_lossy(&bytes).into_owned()))
        }
        Err(error) => Outcome::Failed {
            kind: &qi_type_fault_file,
            message: format!("文件错误：读标准输入失败：{}", crate::fs::reason(&error)),
        },
    }
}
