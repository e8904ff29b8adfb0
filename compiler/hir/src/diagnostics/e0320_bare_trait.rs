//! E0320: a trait stands where a type is needed.

use qi_base::{Diagnostic, Edit, Span, Text};

pub fn bare_trait(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0320",
        span,
        Text::new(format!("“{name}”是特性，不是类型"), format!("`{name}` is a trait, not a type")),
        Text::new("特性只能直接当参数类型", "a trait is a type only for parameters"),
    )
}

/// For a trait of which there is a 任意.
pub fn with_dynamic(diagnostic: Diagnostic, span: Span, name: &str) -> Diagnostic {
    let fix = Text::new(format!("写成“任意 {name}”"), format!("write `任意 {name}`"));
    diagnostic.with_fix(fix, vec![Edit { span: span.before(), text: "任意 ".to_owned() }], true)
}
