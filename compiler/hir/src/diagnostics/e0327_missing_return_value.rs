//! E0327: 返回 or 让出 without the value that is needed.

use qi_base::{Diagnostic, Span, Text};

pub fn missing_return_value(span: Span, ty: &str, declared: Option<Span>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0327",
        span,
        Text::new(format!("缺少值：需要“{ty}”类型的值"), format!("a value of type `{ty}` is missing")),
        Text::new("这里没有值", "no value here"),
    );
    match declared {
        Some(at) => diagnostic.with_label(at, Text::new("结果类型在这里", "the result type")),
        None => diagnostic,
    }
}

pub fn missing_else(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "E0327",
        span,
        Text::new(
            format!("类型不匹配：需要“{ty}”，但这个“如果”没有“否则”"),
            format!("type mismatch: `{ty}` is needed, but this 如果 has no 否则"),
        ),
        Text::new("条件不成立时没有值", "no value when the condition fails"),
    )
}
