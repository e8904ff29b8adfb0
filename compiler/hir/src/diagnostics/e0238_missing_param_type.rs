//! E0238: a parameter of a named function without a type.

use qi_base::{Diagnostic, Span, Text};

/// `函数 取(self)`
pub fn self_as_parameter(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0238",
        span,
        Text::new(
            format!("“{name}”不用写成参数：方法里直接用“自己”"),
            format!("`{name}` is no parameter: a method simply has `自己`"),
        ),
        Text::new("删去它", "leave it out"),
    )
    .about_declaration_of(name)
}

pub fn missing_param_type(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0238",
        span,
        Text::new(format!("参数“{name}”没有写类型"), format!("the parameter `{name}` has no type")),
        Text::new("缺少 : 类型", "`: type` is missing"),
    )
}
