//! E0506: something that may wait in a 最终 of a 协程.

use qi_base::{Diagnostic, Span, Text};

pub fn wait_in_finally(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0506",
        span,
        Text::new("协程的最终块里不能等待", "`最终` in a 协程 must not wait"),
        Text::new("这里可能挂起", "this may suspend"),
    )
    .with_note(Text::new(
        "没有取完的生成器被丢弃时，最终块也要一次执行完",
        "it also runs, at one go, when an unfinished generator is dropped",
    ))
}
