//! E0505: a 可变 argument (or a method that changes 自己) of a task or coroutine.

use qi_base::{Diagnostic, Span, Text};

pub fn in_out_to_task(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0505",
        span,
        Text::new(
            "启动的任务和协程不能修改调用者的变量",
            "a started task or coroutine cannot change a variable of its caller",
        ),
        Text::new("任务可能比这个变量活得久", "the task may outlive the variable"),
    )
    .with_note(Text::new(
        "传值并用返回值带回结果，或用锁、通道",
        "pass a value and return the result, or use 锁 or 通道",
    ))
}
