//! E0207: a type, module or trait stands where a value is needed.

use qi_base::{Diagnostic, Span, Text};

pub fn not_a_value(span: Span, zh: &str, en: &str) -> Diagnostic {
    Diagnostic::error(
        "E0207",
        span,
        Text::new(format!("这里需要值，但这是{zh}"), format!("a value is needed here, but this is {en}")),
        Text::new("不是值", "not a value"),
    )
}

/// `抛出 错误("原因")`
pub fn throw_a_text(diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.with_note(Text::new(
        "字符串就能抛出：抛出 \"原因\"；或者给自己的类型写“实现 错误 对于 …”",
        "a text can be thrown: 抛出 \"reason\"; or give a type of your own an `实现 错误 对于 …`",
    ))
}
