//! E0403: a path to the end of a function that must give a value.

use qi_base::{Diagnostic, Edit, Span, Text};

pub fn missing_return(span: Span, name: &str, end: Span) -> Diagnostic {
    Diagnostic::error(
        "E0403",
        span,
        Text::new(format!("“{name}”不是每条路径都有返回值"), format!("not every path of `{name}` returns a value")),
        Text::new("缺少返回", "missing 返回"),
    )
    .with_label(end, Text::new("执行到这里时没有返回值", "the end is reached without a value"))
}

/// What ends in these expressions: their values are not what the function gives.
pub fn with_last_values(diagnostic: Diagnostic, values: &[Span]) -> Diagnostic {
    let edits = values.iter().map(|it| Edit { span: it.before(), text: "返回 ".to_owned() }).collect();
    diagnostic.with_fix(Text::new("结尾的值要用“返回”给出", "the value at the end needs `返回`"), edits, true)
}
