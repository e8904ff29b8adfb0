//! E0312: a type does not implement a trait that is needed.

use qi_base::{Diagnostic, Edit, Span, Text};

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

/// For a parameter that takes a 字符串 or a 字符.
pub fn needs_text(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "E0312",
        span,
        Text::new(
            format!("这里需要字符串或字符，得到“{ty}”"),
            format!("a 字符串 or a 字符 is needed here, found `{ty}`"),
        ),
        Text::new(format!("参数里有“{ty}”"), format!("an argument is `{ty}`")),
    )
}

/// A type parameter: it needs the bound, after those it has.
pub fn with_bound(diagnostic: Diagnostic, at: Span, name: &str, is_first: bool) -> Diagnostic {
    let bound = format!("{} {name}", if is_first { ":" } else { " +" });
    let text =
        Text::new(format!("要求类型参数实现“{name}”"), format!("require that the type parameter implements `{name}`"));
    diagnostic.with_fix(text, vec![Edit { span: at, text: bound }], true)
}

/// The implementation for such types has a bound at `at`, which the type `part` does not meet.
pub fn with_lacking_bound(diagnostic: Diagnostic, at: Span, part: &str, name: &str) -> Diagnostic {
    let text =
        Text::new(format!("实现要求“{part}”有“{name}”"), format!("the implementation needs `{name}` of `{part}`"));
    diagnostic.with_label(at, text)
}

/// A type whose parts decide: one of them, of type `part` written at `at`, has not got it.
pub fn with_lacking_part(diagnostic: Diagnostic, at: Span, part: &str, name: &str) -> Diagnostic {
    let text = Text::new(format!("其中的“{part}”没有“{name}”"), format!("`{part}` in it does not implement `{name}`"));
    diagnostic.with_label(at, text)
}
