//! E0390: a construct the language reference has but checking not yet.

use qi_base::{Diagnostic, Span, Text};

pub fn unsupported_here(span: Span, zh: &str, en: &str) -> Diagnostic {
    Diagnostic::error(
        "E0390",
        span,
        Text::new(format!("尚未支持{zh}"), format!("{en} is not supported yet")),
        Text::new("尚未支持", "not supported yet"),
    )
}
