//! The list of live tasks: for deadlocks, Ctrl-\, and tasks abandoned at exit.

use crate::task::object::{TaskObject, flags};
use crate::task::scope;
use crate::task::wait::Waits;
use crate::types::text_of;
use core::fmt::Write;
use core::sync::atomic::Ordering;
use qi_abi::{CoroutineFrame, Site};

/// Await stacks are printed up to this many frames.
const STACK_MAX: usize = 64;

/// How much of each task may be read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Only words that are always there: tasks may be running meanwhile.
    Place,
    /// The frames that wait for each other too: nothing runs.
    Stack,
}

/// Every task with what it waits for and where.
pub fn tasks(detail: Detail) -> String {
    let mut out = String::new();
    let mut count = 0;
    let others = scope::each_task(|it, depth| {
        count += 1;
        out.push_str(&task(it, depth, detail));
    });
    if others > 0 {
        let _ = writeln!(out, "另有 {others} 个任务还没有等待过");
    }
    format!("共 {count} 个任务\n{out}")
}

/// One task that has waited before. Reads what the running task may be writing: values may be a moment old.
pub fn task(task: &TaskObject, depth: usize, detail: Detail) -> String {
    let mut out = "  ".repeat(depth);
    let waits = if task.is_finished() { "已结束" } else { Waits::text(task.waits.load(Ordering::Relaxed)) };
    let kind = if task.has(flags::DETACHED) { "后台任务" } else { "任务" };
    let age = task.age();
    let _ = writeln!(out, "{kind} {}：{waits}，{age:.2} 秒前第一次等待", task.id);
    // SAFETY: descriptions and sites are static.
    let spawned = unsafe { (*task.info).site.as_ref() };
    // SAFETY: sites are static; the field is a word that is read whole.
    let waits_at = unsafe { (&raw const task.abi.site).read_volatile().as_ref() };
    let indent = "  ".repeat(depth + 1);
    if let Some(site) = waits_at {
        places(&mut out, &indent, "在", site);
        if detail == Detail::Stack && !task.is_finished() {
            // SAFETY: nothing runs, so the innermost frame and all that wait for it are whole.
            unsafe { stack(&mut out, &indent, task.abi.innermost.cast()) };
        }
    }
    if let Some(site) = spawned
        && !waits_at.is_some_and(|other| core::ptr::eq(other, site))
    {
        place(&mut out, &indent, "启动于", site);
    }
    out
}

/// The places of the frames that wait for the innermost one, whose own place is known already.
unsafe fn stack(out: &mut String, indent: &str, innermost: *const CoroutineFrame) {
    let mut frame = innermost;
    for _ in 0..STACK_MAX {
        // SAFETY: contract: live frames of compiled coroutines; the root's has no waiter.
        unsafe {
            if frame.is_null() || (*frame).waiter.is_null() {
                return;
            }
            frame = *(*frame).waiter;
            if let Some(site) = frame.as_ref().and_then(|it| it.site.as_ref()) {
                places(out, indent, "由", site);
            }
        }
    }
    let _ = writeln!(out, "{indent}…");
}

/// A place and the calls it was inlined from, innermost first.
fn places(out: &mut String, indent: &str, word: &str, site: &Site) {
    place(out, indent, word, site);
    let mut site = site;
    // SAFETY: sites are static and their chains end.
    while let Some(outer) = unsafe { site.inlined_at.as_ref() } {
        place(out, indent, "由", outer);
        site = outer;
    }
}

fn place(out: &mut String, indent: &str, word: &str, site: &Site) {
    let (function, file) = (text_of(&site.function), text_of(&site.file));
    let _ = writeln!(out, "{indent}{word} {function} ({file}:{}:{})", site.line, site.column);
    let text = text_of(&site.text).trim();
    if !text.is_empty() {
        let _ = writeln!(out, "{indent}  {text}");
    }
}
