//! W0403: a value computed for nothing.

use qi_base::{Diagnostic, Span, Text};

pub fn unused_value(span: Span) -> Diagnostic {
    Diagnostic::warning(
        "W0403",
        span,
        Text::new("这个值没有被使用", "this value is not used"),
        Text::new("计算了却没有用", "computed for nothing"),
    )
}
