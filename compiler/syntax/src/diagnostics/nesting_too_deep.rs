//! E0109: source nested beyond the limit.

use qi_base::{Diagnostic, Span, Text};

pub(crate) const CODE: &str = "E0109";

pub(crate) fn nesting_too_deep(span: Span, limit: u32) -> Diagnostic {
    let title = Text::new(format!("嵌套太深：超过 {limit} 层"), format!("nesting too deep: more than {limit} levels"));
    let label = Text::new("从这里起不再分析", "not analysed from here on");
    Diagnostic::error(CODE, span, title, label)
        .with_note(Text::new("请用变量或函数把它拆开", "split it with variables or functions"))
}
