//! E0227: an attribute nobody knows.

use qi_base::{Diagnostic, Span, Text};

pub fn unknown_attribute(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0227",
        span,
        Text::new(format!("不认识的属性“@{name}”"), format!("unknown attribute `@{name}`")),
        Text::new("没有这个属性", "no such attribute"),
    )
    .with_note(Text::new("可用的属性：@零分配", "known attributes: @零分配"))
}
