//! E0354: an alias of a type that stands for itself, or for too long a chain of others.

use qi_base::{Diagnostic, Span, Text};

/// `path` leads from the alias to itself.
pub fn alias_cycle(span: Span, name: &str, path: &str) -> Diagnostic {
    Diagnostic::error(
        "E0354",
        span,
        Text::new(
            format!("类型别名“{name}”绕回了自己：{path}"),
            format!("the type alias `{name}` stands for itself: {path}"),
        ),
        Text::new("没有说出是什么类型", "this names no type"),
    )
}

pub fn alias_too_deep(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0354",
        span,
        Text::new(format!("类型别名“{name}”前面套的别名太多"), format!("too many type aliases lead to `{name}`")),
        Text::new("别名的别名最多两百层", "aliases of aliases go two hundred deep"),
    )
}
