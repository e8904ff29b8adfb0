//! E0231: a declaration that belongs elsewhere: outside of the function, or at the beginning of the file.

use qi_base::{Diagnostic, Span, Text};

pub fn misplaced_item(span: Span, zh: &str, en: &str) -> Diagnostic {
    Diagnostic::error(
        "E0231",
        span,
        Text::new(format!("{zh}不能写在函数里面"), format!("{en} cannot stand inside a function")),
        Text::new("移到文件的顶层", "move it to the top level of the file"),
    )
}

/// 包 after something else.
pub fn package_not_first(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0231",
        span,
        Text::new("“包”要写在文件的最前面，只写一次", "`包` stands once, at the beginning of the file"),
        Text::new("前面已经有别的内容", "something comes before it"),
    )
}
