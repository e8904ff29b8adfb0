//! E0415: a 常量 without value.

use qi_base::{Diagnostic, Span, Text};

pub fn uninitialized_constant(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0415",
        span,
        Text::new(format!("“{name}”没有值"), format!("`{name}` has no value")),
        Text::new("缺少 = 值", "`= value` is missing"),
    )
}
