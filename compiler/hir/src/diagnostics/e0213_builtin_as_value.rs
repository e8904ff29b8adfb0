//! E0213: 打印 and its kin used as values.

use qi_base::{Diagnostic, Span, Text};

pub fn builtin_as_value(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0213",
        span,
        Text::new("这个内建函数在这里只能调用，不能当值用", "this built-in function can only be called here"),
        Text::new("写成闭包，例如“(x) => 打印(x)”", "write a closure such as `(x) => 打印(x)`"),
    )
    .with_note(Text::new(
        "要打印的东西以“[”“.”或运算符开头时，写成“打印(…)”",
        "what starts with `[`, `.` or an operator is printed with `打印(…)`",
    ))
}
