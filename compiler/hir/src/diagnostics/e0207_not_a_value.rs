//! E0207: a type, module or trait stands where a value is needed.

use qi_base::{Diagnostic, Span, Text};

pub fn not_a_value(span: Span, zh: &str, en: &str) -> Diagnostic {
    Diagnostic::error(
        "E0207",
        span,
        Text::new(format!("这里需要值，但这是{zh}"), format!("a value is needed here, but this is {en}")),
        Text::new("不是值", "not a value"),
    )
}
