//! E0321: an implementation lacks methods of its trait.

use qi_base::{Diagnostic, Span, Text};

pub fn missing_trait_methods(span: Span, name: &str, ty: &str, methods: &[&str], first: Span) -> Diagnostic {
    let (list, listed) = (methods.join("、"), methods.join(", "));
    Diagnostic::error(
        "E0321",
        span,
        Text::new(
            format!("“{ty}”实现“{name}”时缺少方法：{list}"),
            format!("the implementation of `{name}` for `{ty}` lacks: {listed}"),
        ),
        Text::new("没有实现全部方法", "not all methods are implemented"),
    )
    .with_label(first, Text::new("在这里声明", "declared here"))
}
