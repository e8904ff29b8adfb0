//! E0328: 返回 with a value in a 协程.

use qi_base::{Diagnostic, Span, Text};

pub fn return_value_in_coroutine(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0328",
        span,
        Text::new("协程不能用“返回”给出值", "a 协程 gives no value with 返回"),
        Text::new("用“让出”给出值", "give values with 让出"),
    )
}

pub fn return_outside_function(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0328",
        span,
        Text::new("“返回”只能用在函数里", "`返回` may only be used in functions"),
        Text::new("这里不在函数里", "not inside a function"),
    )
}
