//! E0110: an integer literal that no type can hold.

use qi_base::{Diagnostic, Span, Text};

pub(crate) const CODE: &str = "E0110";

pub(crate) fn integer_too_large(span: Span) -> Diagnostic {
    let title = Text::new("整数太大", "integer literal too large");
    let label = Text::new("没有整数类型能放下它", "no integer type can hold it");
    Diagnostic::error(CODE, span, title, label)
}
