//! E0212: a qualified name goes on after something that has no members.

use qi_base::{Diagnostic, Span, Text};

pub fn not_a_namespace(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0212",
        span,
        Text::new(
            format!("“{name}”前面的名字不是模块、类型或枚举"),
            format!("what stands before `{name}` is no module, type or enum"),
        ),
        Text::new("找不到这个名字", "cannot be found"),
    )
}
