//! E0324: a type implements a trait twice, or one that the language implements for it.

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

/// A standard trait for a type that has it by the language.
pub fn standard_impl(span: Span, name: &str, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "E0324",
        span,
        Text::new(
            format!("“{ty}”的“{name}”由语言规定，不能另外实现"),
            format!("`{name}` of `{ty}` is fixed by the language and cannot be implemented again"),
        ),
        Text::new("已经有了", "exists already"),
    )
    .with_note(Text::new(
        "要不同的行为，定义一个装着它的类型，为那个类型实现",
        "for another behaviour define a type that holds it, and implement the trait for that",
    ))
}
