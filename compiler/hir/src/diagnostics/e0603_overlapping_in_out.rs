//! E0603: two 可变 arguments of one call with the same variable.

use qi_base::{Diagnostic, Span, Text};

pub fn overlapping_in_out(span: Span, name: &str, first: Span) -> Diagnostic {
    Diagnostic::error(
        "E0603",
        span,
        Text::new(
            format!("一次调用里“{name}”被两个可变参数使用"),
            format!("one call changes `{name}` through two 可变 arguments"),
        ),
        Text::new("第二次", "second"),
    )
    .with_label(first, Text::new("第一次", "first"))
}
