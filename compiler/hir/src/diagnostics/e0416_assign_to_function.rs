//! E0416: an assignment to a local function.

use qi_base::{Diagnostic, Span, Text};

pub fn assign_to_function(span: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(
        "E0416",
        span,
        Text::new(format!("不能修改局部函数“{name}”"), format!("the local function `{name}` cannot be changed")),
        Text::new("不能赋值", "cannot be assigned"),
    )
    .with_label(declared, Text::new("函数在这里定义", "the function is defined here"))
}
