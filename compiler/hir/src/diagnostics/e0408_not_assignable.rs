//! E0408: an assignment to something that is no variable or part of one.

use qi_base::{Diagnostic, Span, Text};

pub fn not_assignable(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0408",
        span,
        Text::new("不能给它赋值", "this cannot be assigned to"),
        Text::new("这不是变量，也不是变量的一部分", "neither a variable nor part of one"),
    )
}
