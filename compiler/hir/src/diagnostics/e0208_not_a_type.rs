//! E0208: a value or module stands where a type is needed.

use qi_base::{Diagnostic, Span, Text};

pub fn not_a_type(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0208",
        span,
        Text::new(format!("“{name}”不是类型"), format!("`{name}` is not a type")),
        Text::new("这里需要类型", "a type is needed here"),
    )
}
