//! E0210: 自己 where there is none.

use qi_base::{Diagnostic, Span, Text};

pub fn self_outside_method(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0210",
        span,
        Text::new("“自己”只能用在方法里", "`自己` may only be used in methods"),
        Text::new("这里没有“自己”", "there is no `自己` here"),
    )
}
