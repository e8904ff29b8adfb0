//! E0209: something else stands where a trait is needed.

use qi_base::{Diagnostic, Span, Text};

pub fn not_a_trait(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0209",
        span,
        Text::new(format!("“{name}”不是特性"), format!("`{name}` is not a trait")),
        Text::new("这里需要特性", "a trait is needed here"),
    )
}
