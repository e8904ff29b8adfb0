//! E0229: a body where none may be.

use qi_base::{Diagnostic, Span, Text};

pub fn unexpected_body(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0229",
        span,
        Text::new(
            format!("外部函数“{name}”不能有函数体"),
            format!("the external function `{name}` cannot have a body"),
        ),
        Text::new("函数体在 C 那边", "its body is written in C"),
    )
}
