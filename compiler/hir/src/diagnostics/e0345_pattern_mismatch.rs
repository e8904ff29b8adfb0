//! E0345: a pattern that cannot match the type.

use qi_base::{Diagnostic, Span, Text};

pub fn pattern_mismatch(span: Span, pattern: &str, found: &str, is_option: bool) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0345",
        span,
        Text::new(
            format!("类型不匹配：模式是“{pattern}”，被匹配的是“{found}”"),
            format!("type mismatch: the pattern is `{pattern}`, what is matched is `{found}`"),
        ),
        Text::new("不可能匹配", "can never match"),
    );
    if is_option {
        diagnostic.with_note(Text::new("选项用“有(…)”和“无”匹配", "match an option with `有(…)` and `无`"))
    } else {
        diagnostic
    }
}

pub fn not_a_variant(span: Span, name: &str, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "E0345",
        span,
        Text::new(format!("“{name}”不是“{ty}”的变体"), format!("`{name}` is no variant of `{ty}`")),
        Text::new("不可能匹配", "can never match"),
    )
}

pub fn variant_arguments(span: Span, ty: &str, name: &str, wanted: usize, found: usize) -> Diagnostic {
    Diagnostic::error(
        "E0345",
        span,
        Text::new(
            format!("“{ty}”的变体“{name}”带 {wanted} 个值，这里写了 {found} 个"),
            format!("the variant `{name}` of `{ty}` has {wanted} values, {found} written"),
        ),
        Text::new("个数不对", "wrong number"),
    )
}

pub fn variant_needs_fields(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0345",
        span,
        Text::new(format!("变体“{name}”的字段有名字"), format!("the fields of the variant `{name}` have names")),
        Text::new(format!("写成“{name} {{ 字段: 值 }}”"), format!("write `{name} {{ field: value }}`")),
    )
}
