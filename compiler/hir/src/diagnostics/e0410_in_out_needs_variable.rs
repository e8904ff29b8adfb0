//! E0410: a 可变 argument that is no variable.

use qi_base::{Diagnostic, Span, Text};

pub fn in_out_needs_variable(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0410",
        span,
        Text::new("“可变”参数要给一个变量", "a 可变 argument must be a variable"),
        Text::new("这不是变量，也不是变量的一部分", "neither a variable nor part of one"),
    )
}
