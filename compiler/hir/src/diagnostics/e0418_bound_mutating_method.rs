//! E0418: a method that changes its receiver, used as a value.

use qi_base::{Diagnostic, Span, Text};

pub fn bound_mutating_method(span: Span, method: &str) -> Diagnostic {
    Diagnostic::error(
        "E0418",
        span,
        Text::new(
            format!("会修改自己的方法“{method}”不能当作值"),
            format!("the method `{method}` changes its receiver and cannot be used as a value"),
        ),
        Text::new("写成闭包：() => 变量.方法()", "write a closure: () => variable.method()"),
    )
}
