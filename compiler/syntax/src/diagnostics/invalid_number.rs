//! E0106: digits that make no number.

use qi_base::{Diagnostic, Span, Text};

pub(crate) const CODE: &str = "E0106";

pub(crate) fn invalid_number(span: Span, text: &str) -> Diagnostic {
    let title = Text::new(format!("“{text}”不是有效的数字"), format!("`{text}` is not a valid number"));
    let label = Text::new("这个数字写得不对", "this number is malformed");
    Diagnostic::error(CODE, span, title, label).with_note(Text::new(
        "数字写成 42、1_000、0xFF、0b1010、0o17、3.14 或 1e-9",
        "numbers are written 42, 1_000, 0xFF, 0b1010, 0o17, 3.14 or 1e-9",
    ))
}
