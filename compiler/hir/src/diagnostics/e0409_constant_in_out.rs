//! E0409: a 常量 passed as 可变.

use qi_base::{Diagnostic, Span, Text};

pub fn constant_in_out(span: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(
        "E0409",
        span,
        Text::new(format!("常量“{name}”不能作可变参数"), format!("the constant `{name}` cannot be passed as 可变")),
        Text::new("常量不可变", "constants are immutable"),
    )
    .with_label(declared, Text::new("声明为常量；需要修改时用“变量”", "declared as 常量; use 变量 to change it"))
}
