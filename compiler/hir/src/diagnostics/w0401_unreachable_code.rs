//! W0401: statements no path reaches.

use qi_base::{Diagnostic, Span, Text};

pub fn unreachable_code(span: Span) -> Diagnostic {
    Diagnostic::warning(
        "W0401",
        span,
        Text::new("这里的代码永远不会执行", "this code is never executed"),
        Text::new("前面已经离开", "control has left before"),
    )
}
