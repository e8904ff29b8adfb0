//! E0237: a program that starts nowhere.

use qi_base::{Diagnostic, Span, Text};

pub fn missing_entry(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0237",
        span,
        Text::new("程序没有入口", "the program has no entry"),
        Text::new("这个文件里没有 主函数", "there is no 主函数 in this file"),
    )
    .with_note(Text::new("写一个“函数 主函数() { … }”", "write `函数 主函数() { … }`"))
}
