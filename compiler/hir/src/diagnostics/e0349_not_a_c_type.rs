//! E0349: something C does not know in the signature of an 外部 or 导出 function, or in an 外部 type.

use qi_base::{Diagnostic, Span, Text};

pub fn not_a_c_type(span: Span, ty: &str, is_struct: bool, is_text: bool) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0349",
        span,
        Text::new(
            format!("“{ty}”不能用在外部函数的签名里"),
            format!("`{ty}` cannot be used in the signature of a C function"),
        ),
        Text::new("C 里没有这个类型", "C has no such type"),
    );
    if is_text {
        return diagnostic.with_note(Text::new(
            "C 的字符串写“C字符串”；传字符串时自动转换",
            "a string of C is a `C字符串`; a 字符串 that is handed over becomes one",
        ));
    }
    if is_struct {
        return diagnostic.with_note(Text::new(
            format!("C 的结构体声明在“外部”块里：外部 \"c\" {{ 类型 {ty} {{ … }} }}"),
            format!("a struct of C is declared in an 外部 block: 外部 \"c\" {{ 类型 {ty} {{ … }} }}"),
        ));
    }
    diagnostic.with_note(Text::new(
        "可用：整数、浮点数、布尔、字符、C字符串、指针<T>、外部 类型、函数(…)",
        "allowed: integers, floats, 布尔, 字符, C字符串, 指针<T>, 外部 types, 函数(…)",
    ))
}

/// `instead`: what to give C for a value of that type.
pub fn not_an_export_type(span: Span, ty: &str, instead: Text) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0349",
        span,
        Text::new(
            format!("“{ty}”不能用在导出函数的签名里"),
            format!("`{ty}` cannot be used in the signature of an exported function"),
        ),
        Text::new("C 里没有这个类型", "C has no such type"),
    );
    let diagnostic = diagnostic.with_note(Text::new(
        "可用：整数、浮点数、布尔、字符、字符串、C字符串、指针<T>、外部 类型；结果还可以是 结果<T>",
        "allowed: integers, floats, 布尔, 字符, 字符串, C字符串, 指针<T>, 外部 types; as a result also 结果<T>",
    ));
    diagnostic.with_note(instead)
}

pub fn not_exportable(span: Span, zh: &str, en: &str) -> Diagnostic {
    Diagnostic::error(
        "E0349",
        span,
        Text::new(format!("导出的函数不能{zh}"), format!("an exported function cannot {en}")),
        Text::new("C 里没有对应的东西", "C has nothing like it"),
    )
}

pub fn not_a_c_field(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "E0349",
        span,
        Text::new(format!("“{ty}”不能作外部类型的字段"), format!("`{ty}` cannot be a field of an external type")),
        Text::new("C 里没有这个类型", "C has no such type"),
    )
}

pub fn bad_symbol(span: Span, symbol: &str) -> Diagnostic {
    Diagnostic::error(
        "E0349",
        span,
        Text::new(format!("“{symbol}”不能作 C 的名字"), format!("`{symbol}` is no name in C")),
        Text::new("导出的名字只能有字母、数字和 _", "an exported name has letters, digits and _ only"),
    )
}
