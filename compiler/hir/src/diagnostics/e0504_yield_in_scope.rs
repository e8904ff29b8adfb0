//! E0504: 让出 inside 并发.

use qi_base::{Diagnostic, Span, Text};

pub fn yield_in_scope(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0504",
        span,
        Text::new("并发块里不能让出", "no `让出` inside 并发"),
        Text::new("并发块要等子任务结束", "a 并发 block waits for its tasks"),
    )
}
