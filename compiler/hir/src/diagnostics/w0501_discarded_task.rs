//! W0501: the handle of a task dropped without 启动.

use qi_base::{Diagnostic, Span, Text};

pub fn discarded_task(span: Span) -> Diagnostic {
    Diagnostic::warning(
        "W0501",
        span,
        Text::new("任务已启动，但它的句柄被丢弃", "the task is started, but its handle is dropped"),
        Text::new("结果和错误没有人等待", "nobody awaits its result or error"),
    )
    .with_note(Text::new(
        "要等结果就写“等待”，有意不等就写“启动”",
        "write 等待 to get the result, 启动 if that is intended",
    ))
}
