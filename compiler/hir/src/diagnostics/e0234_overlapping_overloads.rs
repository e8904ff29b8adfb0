//! E0234: overloads that some number of arguments cannot tell apart.

use qi_base::{Diagnostic, Span, Text};

pub fn overlapping_overloads(span: Span, name: &str, first: Span) -> Diagnostic {
    Diagnostic::error(
        "E0234",
        span,
        Text::new(
            format!("“{name}”重复定义：有的调用对两个重载都合适"),
            format!("`{name}` is defined twice: some calls fit both overloads"),
        ),
        Text::new("与另一个重载分不清", "cannot be told apart from the other overload"),
    )
    .with_label(first, Text::new("另一个重载在这里", "the other overload is here"))
    .with_note(Text::new("重载只按参数个数区分", "overloads differ by the number of parameters only"))
}
