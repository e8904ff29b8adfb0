//! E0347: a chained comparison that changes direction.

use qi_base::{Diagnostic, Span, Text};

/// `is_unequal`: with `!=`, which says nothing about the ends.
pub fn chain_direction(span: Span, is_unequal: bool) -> Diagnostic {
    Diagnostic::error(
        "E0347",
        span,
        match is_unequal {
            true => {
                Text::new("“!=”不能连着写：头尾两个仍然可能相等", "`!=` cannot be chained: the ends may still be equal")
            }
            false => Text::new("连续比较只能朝一个方向", "a chained comparison needs one direction"),
        },
        Text::new("用“且”分开写", "write it with 且"),
    )
}
