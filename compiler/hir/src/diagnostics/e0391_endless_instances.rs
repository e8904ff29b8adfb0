//! E0391: a generic type or function of which each instance needs another, larger one.

use qi_base::{Diagnostic, Span, Text};

pub fn endless_instances(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0391",
        span,
        Text::new(format!("“{name}”的泛型实例没有尽头"), format!("instantiating `{name}` never ends")),
        Text::new("每个实例都需要一个更大的实例", "each instance needs a larger one"),
    )
}
