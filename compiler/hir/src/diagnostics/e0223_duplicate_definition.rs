//! E0223: two things of one name in one scope.

use qi_base::{Diagnostic, Span, Text};

pub fn duplicate_definition(span: Span, name: &str, first: Span) -> Diagnostic {
    Diagnostic::error(
        "E0223",
        span,
        Text::new(format!("“{name}”在同一个范围里重复定义"), format!("`{name}` is defined twice in the same scope")),
        Text::new("第二次定义", "second definition"),
    )
    .with_label(first, Text::new("第一次定义在这里", "first defined here"))
}
