//! E0332: `?`, `!` or `?.` on something that always has a value.

use qi_base::{Diagnostic, Span, Text};

pub fn question_operand(span: Span, op: &str, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "E0332",
        span,
        Text::new(
            format!("“{op}”需要选项或结果，这里是“{ty}”"),
            format!("`{op}` needs an option or a result, this is `{ty}`"),
        ),
        Text::new("总是有值", "always has a value"),
    )
}

/// `等待 f(x)?`
pub fn question_before_await(diagnostic: Diagnostic, op: &str) -> Diagnostic {
    diagnostic.with_note(Text::new(
        format!("“{op}”比“等待”先结合：写“(等待 …){op}”"),
        format!("`{op}` binds tighter than `等待`: write `(等待 …){op}`"),
    ))
}

pub fn optional_access(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "E0332",
        span,
        Text::new(
            format!("“?.”左边需要选项（T?），这里是“{ty}”"),
            format!("the left side of `?.` must be an option (T?), this is `{ty}`"),
        ),
        Text::new("总是有值，写“.”就可以", "always has a value: write `.`"),
    )
}

pub fn condition_needs_option(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "E0332",
        span,
        Text::new(
            format!("条件里的“变量 … = …”需要选项（T?），这里是“{ty}”"),
            format!("`变量 … = …` in a condition needs an option (T?), this is `{ty}`"),
        ),
        Text::new("总是有值", "always has a value"),
    )
}
