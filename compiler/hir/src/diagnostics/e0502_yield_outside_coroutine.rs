//! E0502: 让出 outside a 协程.

use qi_base::{Diagnostic, Span, Text};

pub fn yield_outside_coroutine(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0502",
        span,
        Text::new("“让出”只能用在协程函数里", "`让出` may only be used in a 协程 function"),
        Text::new("这个函数不是协程", "this function is no 协程"),
    )
    .with_note(Text::new("只想让别的任务先运行，写“让出执行()”", "to let other tasks run first, write `让出执行()`"))
}
