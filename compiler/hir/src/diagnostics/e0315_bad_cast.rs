//! E0315: a conversion that does not exist.

use qi_base::{Diagnostic, Span, Text};

pub fn bad_cast(span: Span, from: &str, to: &str) -> Diagnostic {
    Diagnostic::error(
        "E0315",
        span,
        Text::new(format!("类型“{from}”不能转换为“{to}”"), format!("the type `{from}` does not convert to `{to}`")),
        Text::new("没有这种转换", "no such conversion"),
    )
}
