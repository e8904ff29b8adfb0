//! E0308: something that is no function is called.

use qi_base::{Diagnostic, Span, Text};

pub fn not_callable(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "E0308",
        span,
        Text::new(format!("“{ty}”不能调用"), format!("`{ty}` cannot be called")),
        Text::new("不是函数", "not a function"),
    )
}

pub fn no_constructor(span: Span, ty: &str, is_struct: bool) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0308",
        span,
        Text::new(
            format!("类型“{ty}”没有静态函数“新”，不能这样构造"),
            format!("the type `{ty}` has no associated function `新` and cannot be made this way"),
        ),
        Text::new("不能像函数那样调用", "cannot be called like a function"),
    );
    if is_struct {
        diagnostic.with_note(Text::new(
            format!("用“{ty} {{ 字段: 值 }}”构造"),
            format!("make one with `{ty} {{ field: value }}`"),
        ))
    } else {
        diagnostic
    }
}
