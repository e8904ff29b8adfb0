//! E0349: a type C does not know in an 外部 signature.

use qi_base::{Diagnostic, Span, Text};

pub fn not_a_c_type(span: Span, ty: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0349",
        span,
        Text::new(
            format!("“{ty}”不能用在外部函数的签名里"),
            format!("`{ty}` cannot be used in the signature of a C function"),
        ),
        Text::new("C 里没有这个类型", "C has no such type"),
    );
    diagnostic.with_note(Text::new(
        "可用：整数、浮点数、布尔、字符、C字符串、指针<T>、外部 类型、函数(…)",
        "allowed: integers, floats, 布尔, 字符, C字符串, 指针<T>, 外部 types, 函数(…)",
    ))
}
