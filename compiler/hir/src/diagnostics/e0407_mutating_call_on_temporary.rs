//! E0407: a method that changes its receiver, called on a passing value.

use qi_base::{Diagnostic, Edit, Span, Text};

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

/// `method`: makes a changed copy instead.
pub fn with_changed_copy(diagnostic: Diagnostic, span: Span, method: &str) -> Diagnostic {
    let text = Text::new(format!("要改好的副本，写“{method}”"), format!("a changed copy is made by `{method}`"));
    diagnostic.with_fix(text, vec![Edit { span, text: method.to_owned() }], false)
}
