//! E0116: a reserved word used as a name.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0116";

pub(crate) fn reserved_word(span: Span, word: &str) -> Diagnostic {
    let title =
        Text::new(format!("“{word}”是保留字，不能作名字"), format!("`{word}` is reserved and cannot be a name"));
    let raw = format!("『{word}』");
    let fix = Text::new(format!("写成 {raw}，或换一个名字"), format!("write {raw} or choose another name"));
    Diagnostic::error(CODE, span, title, Text::new("这里需要一个名字", "a name is needed here")).with_fix(
        fix,
        vec![Edit { span, text: raw }],
        false,
    )
}
