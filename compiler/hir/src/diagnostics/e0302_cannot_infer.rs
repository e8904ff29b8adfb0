//! E0302: nothing tells the type of an expression.

use qi_base::{Diagnostic, Span, Text};

pub fn cannot_infer(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0302",
        span,
        Text::new("无法推断类型，请写出类型", "cannot infer the type, please write it"),
        Text::new("类型不明", "type unknown"),
    )
}

pub fn recursive_inference(span: Span, name: &str, declared: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0302",
        span,
        Text::new(
            format!("推断“{name}”的类型时又用到它自己，请写出类型"),
            format!("the type of `{name}` depends on itself, please write it"),
        ),
        Text::new("这里用到它自己", "uses itself here"),
    );
    diagnostic.with_label(declared, Text::new("给它写上类型", "write its type"))
}
