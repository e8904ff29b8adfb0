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
        "局部函数的相互递归尚未支持；请把它们移到文件的顶层",
        "mutual recursion of local functions is not supported yet; move them to the top level",
    ))
}
