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
