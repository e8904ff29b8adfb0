//! E0325: 任意 of a trait whose methods need the exact type.

use qi_base::{Diagnostic, Span, Text};

pub fn not_object_safe(span: Span, name: &str, method: &str, declared: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0325",
        span,
        Text::new(format!("特性“{name}”不能用于“任意”"), format!("the trait `{name}` cannot be used with `任意`")),
        Text::new(format!("方法“{method}”要知道具体类型"), format!("the method `{method}` needs the exact type")),
    );
    diagnostic.with_label(
        declared,
        Text::new(
            "这个方法用到“自己”类型、类型参数，或是静态的",
            "it mentions the type 自己, has type parameters, or is static",
        ),
    )
}
