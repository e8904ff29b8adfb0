//! E0415: a 常量 or a pattern without value.

use qi_base::{Diagnostic, Span, Text};

/// `变量 (甲, 乙)`
pub fn pattern_without_value(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0415",
        span,
        Text::new("没有可以拆开的值", "there is no value to take apart"),
        Text::new("缺少 = 值", "`= value` is missing"),
    )
}

pub fn uninitialized_constant(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0415",
        span,
        Text::new(format!("“{name}”没有值"), format!("`{name}` has no value")),
        Text::new("缺少 = 值", "`= value` is missing"),
    )
}
