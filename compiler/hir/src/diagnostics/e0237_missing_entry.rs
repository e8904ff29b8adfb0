//! E0237: a program that starts nowhere.

use qi_base::{Diagnostic, Edit, Span, Text};

/// `similar`: a function that looks as if it were meant to be it, with the place of its name.
pub fn missing_entry(span: Span, similar: Option<(&str, Span)>) -> Diagnostic {
    let title = Text::new("程序没有入口", "the program has no entry");
    let Some((name, at)) = similar else {
        return Diagnostic::error(
            "E0237",
            span,
            title,
            Text::new("这个文件里没有 主函数", "there is no 主函数 in this file"),
        )
        .with_note(Text::new("写一个“函数 主函数() { … }”", "write `函数 主函数() { … }`"));
    };
    let label = Text::new(format!("“{name}”不是入口的名字"), format!("`{name}` is not the name of the entry"));
    let edits = vec![Edit { span: at, text: "主函数".to_owned() }];
    Diagnostic::error("E0237", at, title, label).with_fix(
        Text::new("改名为“主函数”", "rename it to `主函数`"),
        edits,
        true,
    )
}
