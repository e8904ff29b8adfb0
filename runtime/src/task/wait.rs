//! How a frame sleeps until something happens: what suspending runtime functions share. The nodes are in `waiter`.

use super::object::TaskObject;
use super::run::{BUDGET, cancellation};
use super::scheduler;
pub use super::sleeper::{Seat, Sleeper};
pub use super::waiter::*;
use core::sync::atomic::Ordering;
use qi_abi::{Error, Task, node_words, status};

const _: () = assert!(size_of::<Waiter>() <= node_words::WAITER * 8);

/// A wait of the running task.
///
/// # Safety
/// `task` is the running task.
pub unsafe fn waiter(task: *mut TaskObject, target: *mut u8, place: *mut u8) -> Waiter {
    // SAFETY: contract.
    Waiter::new(unsafe { (*task).sleeper() }, target, place)
}

/// What a task waits for, for dumps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Waits {
    Nothing,
    Sleep,
    Turn,
    Task,
    Send,
    Receive,
    Select,
    Lock,
    Children,
    Input,
    Blocking,
    Network,
}

impl Waits {
    pub fn text(value: u8) -> &'static str {
        const NAMES: [&str; 12] = [
            "运行",
            "睡眠",
            "让出执行",
            "等待任务",
            "发送",
            "接收",
            "选择",
            "锁",
            "子任务",
            "输入",
            "阻塞操作",
            "网络",
        ];
        NAMES.get(value as usize).copied().unwrap_or("？")
    }
}

/// Whether a cancellation wants to be thrown.
///
/// # Safety
/// `task` is the running task.
#[inline]
pub unsafe fn is_cancelled(task: *mut TaskObject) -> bool {
    // SAFETY: contract. Acquire pairs with the store of whoever cancelled.
    unsafe { (*task).pending.load(Ordering::Acquire) != 0 }
}

/// Hands an error to the caller.
///
/// # Safety
/// `task` is the running task; `error` is owned, and now the task's.
pub unsafe fn fail(task: *mut TaskObject, error: *mut Error) -> i32 {
    // SAFETY: contract.
    unsafe { (*task).abi.error = error };
    status::FAILED
}

/// # Safety
/// `task` is the running task.
pub unsafe fn fail_cancelled(task: *mut TaskObject) -> i32 {
    // SAFETY: contract.
    unsafe {
        (*task).set_interrupted(true);
        fail(task, cancellation())
    }
}

/// # Safety
/// `task` is the running task.
pub unsafe fn pending(task: *mut TaskObject, waits: Waits) -> i32 {
    // SAFETY: contract.
    unsafe { (*task).waits.store(waits as u8, Ordering::Relaxed) };
    status::PENDING
}

/// An operation took effect at once: goes on, or lets others run when the task had its share. `node` is then a finished wait.
///
/// # Safety
/// `task` is the running task, `node` its unused node, `target` what `finish` needs to know again.
#[inline]
pub unsafe fn ready(task: *mut TaskObject, node: *mut Waiter, target: *mut u8) -> i32 {
    // SAFETY: contract.
    unsafe {
        (*task).budget = (*task).budget.saturating_sub(1);
        if (*task).budget > 0 { status::READY } else { turn_is_over(task, node, target) }
    }
}

/// # Safety
/// As `ready`.
#[cold]
unsafe fn turn_is_over(task: *mut TaskObject, node: *mut Waiter, target: *mut u8) -> i32 {
    // SAFETY: contract.
    unsafe {
        if may_go_on(task) {
            return status::READY;
        }
        node.write(Waiter::done((*task).sleeper(), target));
        (*task).wake();
        pending(task, Waits::Turn)
    }
}

/// The task's turn is over. True if it may keep it because nobody else waits: then it has a new one.
///
/// # Safety
/// `task` is the running task.
#[inline]
pub unsafe fn may_go_on(task: *mut TaskObject) -> bool {
    let goes_on = scheduler::may_go_on();
    if goes_on {
        // SAFETY: contract.
        unsafe { (*task).budget = BUDGET };
    }
    goes_on
}

/// A dropped generator cleans up outside of any task. What is known to wait there is refused when compiling (E0506).
#[cold]
pub fn without_task() -> ! {
    crate::input_output::die(
        2,
        "丢掉的生成器在清理，不能等待：在 最终 里（经过函数值、任意 或泛型），或者在 最终 用 继续、跳出 留下之后",
    )
}

/// The task object behind the pointer that compiled code passes.
#[inline]
pub fn object(task: *mut Task) -> *mut TaskObject {
    if task.is_null() {
        without_task();
    }
    TaskObject::from_abi(task)
}
