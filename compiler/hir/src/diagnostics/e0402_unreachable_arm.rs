//! E0402: an arm that the arms above leave nothing to match.

use qi_base::{Diagnostic, Span, Text};

pub fn unreachable_arm(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0402",
        span,
        Text::new("这个分支永远不会匹配", "this arm can never match"),
        Text::new("前面的分支已经覆盖了它", "covered by the arms above"),
    )
}

pub fn unreachable_catch(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0402",
        span,
        Text::new("这个“捕获”永远不会执行", "this `捕获` is never executed"),
        Text::new("前面的“捕获”已经捕获了这些错误", "an earlier `捕获` takes these errors"),
    )
}
