//! E0232: a top-level variable without initial value.

use qi_base::{Diagnostic, Span, Text};

pub fn uninitialized_global(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0232",
        span,
        Text::new(format!("顶层的“{name}”需要初始值"), format!("the top-level `{name}` needs an initial value")),
        Text::new("缺少 = 值", "`= value` is missing"),
    )
}
