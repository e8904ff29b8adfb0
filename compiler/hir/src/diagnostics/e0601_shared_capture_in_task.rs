//! E0601: a variable captured by sharing in a closure that goes to another task.

use qi_base::{Diagnostic, Span, Text};

pub fn shared_capture_in_task(span: Span, name: &str, task: Span) -> Diagnostic {
    Diagnostic::error(
        "E0601",
        span,
        Text::new(
            format!("任务不能共享变量“{name}”：它在捕获之后或闭包里被修改"),
            format!("a task cannot share the variable `{name}`: it is changed after its capture or in the closure"),
        ),
        Text::new("被闭包捕获", "captured here"),
    )
    .with_label(task, Text::new("闭包从这里去往另一个任务", "the closure goes to another task here"))
    .with_note(Text::new(
        "用锁或原子整数共享，用通道传递，或用任务的返回值带回结果",
        "share it by 锁 or 原子整数, send it through a 通道, or return it from the task",
    ))
}
