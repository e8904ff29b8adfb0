//! E0202: a type that no scope in sight defines.

use qi_base::{Diagnostic, Span, Text};

pub fn unknown_type(span: Span, name: &str, similar: Option<&str>) -> Diagnostic {
    Diagnostic::error(
        "E0202",
        span,
        Text::new(format!("找不到类型“{name}”"), format!("cannot find the type `{name}`")),
        Text::new("没有这个类型", "no such type"),
    )
    .with_similar(span, similar)
}
