//! E0230: a modifier that means nothing here.

use qi_base::{Diagnostic, Span, Text};

pub fn misplaced_modifier(span: Span, modifier: &str) -> Diagnostic {
    Diagnostic::error(
        "E0230",
        span,
        Text::new(format!("“{modifier}”不能用在这里"), format!("`{modifier}` cannot be used here")),
        Text::new("多余的修饰", "misplaced modifier"),
    )
}
