//! E0414: a pattern that may not match where it must.

use qi_base::{Diagnostic, Span, Text};

pub fn refutable_pattern(span: Span, missing: &str) -> Diagnostic {
    Diagnostic::error(
        "E0414",
        span,
        Text::new(
            format!("这个模式可能不匹配：没有覆盖 {missing}"),
            format!("this pattern may not match: {missing} is not covered"),
        ),
        Text::new("这里的模式必须总能匹配", "the pattern must always match here"),
    )
    .with_note(Text::new("用“如果 变量 … = …”或“匹配”", "use `如果 变量 … = …` or 匹配"))
}
