//! E0347: a chained comparison that changes direction.

use qi_base::{Diagnostic, Span, Text};

pub fn chain_direction(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0347",
        span,
        Text::new("连续比较只能朝一个方向", "a chained comparison needs one direction"),
        Text::new("用“且”分开写", "write it with 且"),
    )
}
