//! E0238: a parameter of a named function without a type.

use qi_base::{Diagnostic, Span, Text};

pub fn missing_param_type(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0238",
        span,
        Text::new(format!("参数“{name}”没有写类型"), format!("the parameter `{name}` has no type")),
        Text::new("缺少 : 类型", "`: type` is missing"),
    )
}
