//! E0106: digits that make no number.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0106";

/// `3万`; `meant` is the number in digits.
pub(crate) fn number_with_unit(span: Span, text: &str, meant: &str) -> Diagnostic {
    let title = Text::new(format!("“{text}”不是有效的数字"), format!("`{text}` is not a valid number"));
    let label = Text::new("数字里不写“万”“亿”这样的字", "a number is written in digits only");
    let fix = Text::new(format!("写成 {meant}"), format!("write {meant}"));
    let edit = Edit { span, text: meant.to_owned() };
    Diagnostic::error(CODE, span, title, label).with_fix(fix, vec![edit], true)
}

pub(crate) fn invalid_number(span: Span, text: &str) -> Diagnostic {
    let title = Text::new(format!("“{text}”不是有效的数字"), format!("`{text}` is not a valid number"));
    let label = Text::new("这个数字写得不对", "this number is malformed");
    Diagnostic::error(CODE, span, title, label).with_note(Text::new(
        "数字写成 42、1_000、0xFF、0b1010、0o17、3.14 或 1e-9",
        "numbers are written 42, 1_000, 0xFF, 0b1010, 0o17, 3.14 or 1e-9",
    ))
}
