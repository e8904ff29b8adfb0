//! E0405: a change of a 常量 by assignment.

use qi_base::{Diagnostic, Span, Text};

pub fn assign_to_constant(span: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(
        "E0405",
        span,
        Text::new(format!("不能修改常量“{name}”"), format!("the constant `{name}` cannot be changed")),
        Text::new("常量不可变", "constants are immutable"),
    )
    .with_label(declared, Text::new("声明为常量；需要修改时用“变量”", "declared as 常量; use 变量 to change it"))
}
