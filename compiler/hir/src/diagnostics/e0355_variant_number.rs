//! E0355: the number of a variant is none, is taken, or would mean nothing.

use qi_base::{Diagnostic, Span, Text};

pub fn bad_variant_number(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0355",
        span,
        Text::new("变体的编号要写成一个 64 位整数", "the number of a variant is written as a 64-bit integer"),
        Text::new("不是合用的整数", "no such integer"),
    )
}

pub fn duplicate_variant_number(span: Span, number: i64, first: Span) -> Diagnostic {
    Diagnostic::error(
        "E0355",
        span,
        Text::new(format!("两个变体的编号都是 {number}"), format!("two variants have the number {number}")),
        Text::new("第二次", "again here"),
    )
    .with_label(first, Text::new("第一次", "first here"))
}

/// `filled` is a variant with fields.
pub fn number_with_fields(span: Span, filled: Span) -> Diagnostic {
    Diagnostic::error(
        "E0355",
        span,
        Text::new(
            "枚举里有带内容的变体，不能给变体编号",
            "an enum that has a variant with fields cannot number its variants",
        ),
        Text::new("这个编号没有用处", "this number would mean nothing"),
    )
    .with_label(filled, Text::new("这个变体带内容", "this variant has fields"))
}
