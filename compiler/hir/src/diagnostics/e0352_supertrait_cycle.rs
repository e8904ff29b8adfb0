//! E0352: a trait that extends itself, perhaps through others.

use qi_base::{Diagnostic, Span, Text};

/// `path` leads from the trait to itself.
pub fn supertrait_cycle(span: Span, name: &str, path: &str) -> Diagnostic {
    Diagnostic::error(
        "E0352",
        span,
        Text::new(format!("特性“{name}”要求自己：{path}"), format!("the trait `{name}` requires itself: {path}")),
        Text::new("这里绕回来", "this leads back"),
    )
}
