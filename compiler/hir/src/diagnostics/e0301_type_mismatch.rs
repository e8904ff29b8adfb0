//! E0301: a value of one type stands where another is needed.

use qi_base::{Diagnostic, Span, Text};

pub fn type_mismatch(span: Span, expected: &str, found: &str) -> Diagnostic {
    Diagnostic::error(
        "E0301",
        span,
        Text::new(
            format!("类型不匹配：需要“{expected}”，得到“{found}”"),
            format!("type mismatch: expected `{expected}`, found `{found}`"),
        ),
        Text::new(format!("这里是“{found}”"), format!("this is `{found}`")),
    )
}
