//! E0403: a path to the end of a function that must give a value.

use qi_base::{Diagnostic, Span, Text};

pub fn missing_return(span: Span, name: &str, end: Span) -> Diagnostic {
    Diagnostic::error(
        "E0403",
        span,
        Text::new(format!("“{name}”不是每条路径都有返回值"), format!("not every path of `{name}` returns a value")),
        Text::new("缺少返回", "missing 返回"),
    )
    .with_label(end, Text::new("执行到这里时没有返回值", "the end is reached without a value"))
}
