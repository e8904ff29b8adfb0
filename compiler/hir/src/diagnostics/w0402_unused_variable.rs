//! W0402: a variable nobody reads.

use qi_base::{Diagnostic, Span, Text};

pub fn unused_variable(span: Span, name: &str) -> Diagnostic {
    Diagnostic::warning(
        "W0402",
        span,
        Text::new(format!("“{name}”没有被使用"), format!("`{name}` is never used")),
        Text::new("没有使用", "unused"),
    )
    .with_note(Text::new("有意不用时，名字以 _ 开头", "start the name with _ if this is intended"))
}
