//! E0604: a top-level variable that tasks reach and whose type is not atomic.

use qi_base::{Diagnostic, Span, Text};

pub fn unsafe_global(span: Span, name: &str, declared: Span, task: Span) -> Diagnostic {
    Diagnostic::error(
        "E0604",
        span,
        Text::new(
            format!("任务可能同时使用顶层变量“{name}”"),
            format!("tasks may use the top-level variable `{name}` at the same time"),
        ),
        Text::new("任务会执行到这里", "a task can get here"),
    )
    .with_label(
        declared,
        Text::new(
            "顶层变量，类型不是整数、布尔或浮点数",
            "a top-level variable whose type is not 整数, 布尔 or 浮点数",
        ),
    )
    .with_label(task, Text::new("任务从这里启动", "the task starts here"))
    .with_note(Text::new("用锁、原子整数或通道", "use 锁, 原子整数 or 通道"))
}
