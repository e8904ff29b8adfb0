//! E0307: a parameter without default gets no argument.

use qi_base::{Diagnostic, Span, Text};

pub fn missing_argument(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0307",
        span,
        Text::new(format!("缺少参数“{name}”"), format!("the argument `{name}` is missing")),
        Text::new("这个调用没有给它", "this call does not give it"),
    )
}
