//! E0417: a local function used before its definition runs.

use qi_base::{Diagnostic, Span, Text};

pub fn function_before_definition(span: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(
        "E0417",
        span,
        Text::new(
            format!("局部函数“{name}”在定义之前使用"),
            format!("the local function `{name}` is used before its definition"),
        ),
        Text::new("这时它还没有定义", "not defined yet"),
    )
    .with_label(declared, Text::new("在这里定义", "defined here"))
    .with_note(Text::new(
        "它捕获了变量，所以定义之后才存在；不捕获变量的局部函数可以相互递归",
        "it captures variables and exists only behind its definition; local functions without captures may call each other",
    ))
}
