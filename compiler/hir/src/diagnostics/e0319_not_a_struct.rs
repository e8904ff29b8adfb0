//! E0319: braces with fields after something that has no named fields.

use qi_base::{Diagnostic, Span, Text};

pub fn not_a_struct(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0319",
        span,
        Text::new(
            format!("“{name}”不是有命名字段的类型或变体"),
            format!("`{name}` is no type or variant with named fields"),
        ),
        Text::new("不能用“{ 字段: 值 }”构造", "cannot be made with `{ field: value }`"),
    )
    .about_members_of(name, None)
}
