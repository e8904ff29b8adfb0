//! E0407: a method that changes its receiver, called on a passing value.

use qi_base::{Diagnostic, Span, Text};

pub fn mutating_call_on_temporary(span: Span, method: &str, receiver: Span) -> Diagnostic {
    Diagnostic::error(
        "E0407",
        span,
        Text::new(
            format!("“{method}”会修改自己，不能对临时值调用"),
            format!("`{method}` changes its receiver and cannot be called on a temporary value"),
        ),
        Text::new("修改会丢失", "the change would be lost"),
    )
    .with_label(receiver, Text::new("临时值；先放进一个变量", "a temporary value; put it in a 变量 first"))
}
