//! E0204: a name that is not public is used from another module.

use qi_base::{Diagnostic, Span, Text};

pub fn private_item(span: Span, name: &str, declared: Option<Span>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0204",
        span,
        Text::new(format!("“{name}”不是公开的"), format!("`{name}` is private")),
        Text::new("不能在这个模块里使用", "cannot be used in this module"),
    );
    match declared {
        Some(at) => diagnostic.with_label(at, Text::new("在这里声明", "declared here")),
        None => diagnostic,
    }
}
