//! E0239: a variadic parameter with others behind it.

use qi_base::{Diagnostic, Span, Text};

pub fn variadic_not_last(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0239",
        span,
        Text::new(
            format!("不定个数的参数“{name}...”要写在最后"),
            format!("the variadic parameter `{name}...` must be the last one"),
        ),
        Text::new("后面还有别的参数", "other parameters follow"),
    )
}
