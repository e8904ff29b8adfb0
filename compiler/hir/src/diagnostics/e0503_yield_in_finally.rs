//! E0503: 让出 in a 最终 block.

use qi_base::{Diagnostic, Span, Text};

pub fn yield_in_finally(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0503",
        span,
        Text::new("最终块里不能让出", "no `让出` in a 最终 block"),
        Text::new("最终块必须一次执行完", "a 最终 block runs without interruption"),
    )
}
