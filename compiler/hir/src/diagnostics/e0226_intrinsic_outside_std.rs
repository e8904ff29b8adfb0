//! E0226: `@内建` outside the standard library.

use qi_base::{Diagnostic, Span, Text};

pub fn intrinsic_outside_std(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0226",
        span,
        Text::new("“@内建”只能用在标准库里", "`@内建` may only be used in the standard library"),
        Text::new("这里不能用", "not allowed here"),
    )
}
