//! E0236: `变量 x = …` as a condition where none may stand.

use qi_base::{Diagnostic, Span, Text};

pub fn misplaced_condition(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0236",
        span,
        Text::new(
            "“变量 … = …”只能作为 如果、当 的条件，用“且”连接",
            "`变量 … = …` may only be a condition of 如果 or 当, joined by 且",
        ),
        Text::new("这里不能声明变量", "no variable can be declared here"),
    )
}
