//! E0606: a closure that captures is given to C.

use qi_base::{Diagnostic, Span, Text};

pub fn capturing_callback(span: Span, name: &str, callback: Span) -> Diagnostic {
    Diagnostic::error(
        "E0606",
        span,
        Text::new(
            format!("传给 C 的函数不能捕获变量“{name}”"),
            format!("a function given to C cannot capture the variable `{name}`"),
        ),
        Text::new("被捕获", "captured here"),
    )
    .with_label(callback, Text::new("从这里传给 C", "given to C here"))
    .with_note(Text::new(
        "C 的函数指针没有地方放捕获的值：用参数传递，或用顶层变量",
        "a C function pointer has no place for captured values: use a parameter or a top-level variable",
    ))
}
