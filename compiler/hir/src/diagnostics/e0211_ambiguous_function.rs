//! E0211: an overloaded function as a value, and nothing tells which.

use qi_base::{Diagnostic, Span, Text};

pub fn ambiguous_function(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0211",
        span,
        Text::new(
            "这个名字有多个重载，不知道指哪一个",
            "this name has several overloads and nothing tells which is meant",
        ),
        Text::new("写成闭包来指明", "write a closure that calls the one you mean"),
    )
}
