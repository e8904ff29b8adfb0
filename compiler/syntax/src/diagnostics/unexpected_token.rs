//! E0108: something else was expected here.

use qi_base::{Diagnostic, Span, Text};

pub(crate) const CODE: &str = "E0108";

pub(crate) fn unexpected_token(span: Span, expected: &Text, found: &Text) -> Diagnostic {
    let title = Text::new(
        format!("这里应为{}，却是{}", expected.zh, found.zh),
        format!("expected {}, found {}", expected.en, found.en),
    );
    let label = Text::new(format!("应为{}", expected.zh), format!("expected {}", expected.en));
    Diagnostic::error(CODE, span, title, label)
}

/// Something stands where nothing can.
pub(crate) fn misplaced(span: Span, found: &Text) -> Diagnostic {
    let title = Text::new(format!("{}不能放在这里", found.zh), format!("{} cannot stand here", found.en));
    Diagnostic::error(CODE, span, title, Text::new("不该出现在这里", "not expected here"))
}
