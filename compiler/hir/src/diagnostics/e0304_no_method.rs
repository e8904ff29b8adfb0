//! E0304: a value has no such method.

use qi_base::{Diagnostic, Span, Text};

pub fn no_method(span: Span, ty: &str, name: &str, similar: Option<&str>) -> Diagnostic {
    Diagnostic::error(
        "E0304",
        span,
        Text::new(format!("“{ty}”没有方法“{name}”"), format!("`{ty}` has no method `{name}`")),
        Text::new("没有这个方法", "no such method"),
    )
    .with_similar(span, similar)
    .about_members_of(ty, Some(name))
}

pub fn static_on_value(span: Span, ty: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0304",
        span,
        Text::new(
            format!("“{name}”是类型“{ty}”的静态函数，不能用值调用"),
            format!("`{name}` is an associated function of `{ty}` and takes no receiver"),
        ),
        Text::new("用类型的名字调用", "call it by the name of the type"),
    )
    .about_members_of(ty, None)
}

pub fn method_of_other_arguments(span: Span, ty: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0304",
        span,
        Text::new(
            format!("“{ty}”不能调用“{name}”：它只属于同一类型的其他实例"),
            format!("`{name}` cannot be called on `{ty}`: it belongs to other instances of the type"),
        ),
        Text::new("这个方法不适用", "does not apply here"),
    )
    .about_members_of(ty, None)
}

/// For what would add to a 字符串.
pub fn with_concatenation(diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.with_note(Text::new("字符串用“+”连接：“文 += …”", "strings are joined with `+`: `s += …`"))
}
