//! E0312: a type does not implement a trait that is needed.

use qi_base::{Diagnostic, Span, Text};

pub fn bound_not_satisfied(span: Span, ty: &str, name: &str, declared: Option<Span>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0312",
        span,
        Text::new(
            format!("类型“{ty}”没有实现特性“{name}”"),
            format!("the type `{ty}` does not implement the trait `{name}`"),
        ),
        Text::new(format!("这里需要“{name}”"), format!("`{name}` is needed here")),
    );
    match declared {
        Some(at) => diagnostic.with_label(at, Text::new("在这里要求", "required here")),
        None => diagnostic,
    }
}
