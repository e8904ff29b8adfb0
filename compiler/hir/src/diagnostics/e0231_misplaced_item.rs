//! E0231: a declaration inside a function that belongs outside.

use qi_base::{Diagnostic, Span, Text};

pub fn misplaced_item(span: Span, zh: &str, en: &str) -> Diagnostic {
    Diagnostic::error(
        "E0231",
        span,
        Text::new(format!("{zh}不能写在函数里面"), format!("{en} cannot stand inside a function")),
        Text::new("移到文件的顶层", "move it to the top level of the file"),
    )
}
