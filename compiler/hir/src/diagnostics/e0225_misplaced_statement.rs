//! E0225: statements outside functions where none may stand.

use qi_base::{Diagnostic, Span, Text};

pub fn misplaced_statement(span: Span, is_root: bool) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0225",
        span,
        Text::new("顶层语句放错了地方", "statement outside a function"),
        Text::new("这条语句不在函数里", "this statement is in no function"),
    );
    diagnostic.with_note(if is_root {
        Text::new(
            "这个文件有主函数（入口），语句要写在函数里面",
            "this file has a 主函数 (入口), so statements belong inside functions",
        )
    } else {
        Text::new("只有入口文件可以有顶层语句", "only the entry file may have statements outside functions")
    })
}
