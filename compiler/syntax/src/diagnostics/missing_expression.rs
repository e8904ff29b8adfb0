//! E0112: an expression is missing.

use qi_base::{Diagnostic, Span, Text};

pub(crate) const CODE: &str = "E0112";

pub(crate) fn missing_expression(span: Span, found: &Text) -> Diagnostic {
    let title =
        Text::new(format!("缺少表达式，却是{}", found.zh), format!("expected an expression, found {}", found.en));
    Diagnostic::error(CODE, span, title, Text::new("这里应有一个表达式", "an expression is needed here"))
}

/// `打印(_)`
pub(crate) fn wildcard_as_value(span: Span) -> Diagnostic {
    let title = Text::new("“_”里没有值", "`_` holds no value");
    let label = Text::new("它只用来丢掉一个值，读不出来", "it only takes a value that is not needed");
    Diagnostic::error(CODE, span, title, label)
}
