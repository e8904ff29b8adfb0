//! E0604: a top-level variable that tasks reach and whose type is not atomic, or a constant with what belongs to one task.

use qi_base::{Diagnostic, Span, Text};

pub fn unsafe_global(span: Span, name: &str, declared: Span, task: Span) -> Diagnostic {
    let title = Text::new(
        format!("任务可能同时使用顶层变量“{name}”"),
        format!("tasks may use the top-level variable `{name}` at the same time"),
    );
    let label = Text::new(
        "顶层变量，类型不是整数、布尔或浮点数",
        "a top-level variable whose type is not 整数, 布尔 or 浮点数",
    );
    reached(span, title, declared, label, task).with_note(Text::new(
        format!("写成“{name} = 锁(…)”，用“{name}.改((可变 v) => …)”修改、“{name}.读()”取出；或者用通道"),
        format!(
            "write `{name} = 锁(…)`, change it with `{name}.改((可变 v) => …)`, read it with `{name}.读()`; or use 通道"
        ),
    ))
}

/// What a call made may be a closure around a variable of its own, or a generator: those belong to one task.
pub fn confined_constant(span: Span, name: &str, declared: Span, task: Span) -> Diagnostic {
    let title = Text::new(
        format!("任务可能同时使用常量“{name}”里的函数或生成器"),
        format!("tasks may use the functions or generators in the constant `{name}` at the same time"),
    );
    let label = Text::new(
        "调用得到的函数可能带着自己的变量，那只属于一个任务",
        "a function that a call gives may come with variables of its own, which belong to one task",
    );
    reached(span, title, declared, label, task)
        .with_note(Text::new("每个任务自己调用一次，或用锁、通道", "let each task call it, or use 锁 or 通道"))
}

fn reached(span: Span, title: Text, declared: Span, label: Text, task: Span) -> Diagnostic {
    Diagnostic::error("E0604", span, title, Text::new("任务会执行到这里", "a task can get here"))
        .with_label(declared, label)
        .with_label(task, Text::new("任务从这里启动", "the task starts here"))
}
