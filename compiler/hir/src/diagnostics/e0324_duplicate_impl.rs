//! E0324: a type implements a trait twice.

use qi_base::{Diagnostic, Span, Text};

pub fn duplicate_impl(span: Span, name: &str, ty: &str, first: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0324",
        span,
        Text::new(
            format!("“{ty}”重复实现了特性“{name}”"),
            format!("the trait `{name}` is implemented twice for `{ty}`"),
        ),
        Text::new("第二次实现", "second implementation"),
    );
    diagnostic.with_label(first, Text::new("第一次实现在这里", "first implementation"))
}
