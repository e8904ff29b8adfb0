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

/// `变量 f = 改` where 改 is asynchronous or a 协程 and has a 可变 parameter.
pub fn in_out_function_as_value(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0505",
        span,
        Text::new(
            "有“可变”参数的异步函数和协程不能当作值",
            "an asynchronous function or 协程 with a 可变 parameter cannot be a value",
        ),
        Text::new(
            "调用这个值的地方看不出它会比变量活得久",
            "who calls the value cannot see that it may outlive the variable",
        ),
    )
    .with_note(Text::new(
        "异步函数可以写成闭包“(可变 x) => 等待 f(可变 x)”；协程传值，把结果让出来",
        "write a closure `(可变 x) => 等待 f(可变 x)` for an asynchronous function; let a 协程 take a value and yield the result",
    ))
}
