//! E0347: a chained comparison that changes direction.

use qi_base::{Diagnostic, Span, Text};

/// `differs`: all signs are `!=`; `甲 != 乙 != 丙` says nothing about the first and the last.
pub fn chain_direction(span: Span, differs: bool) -> Diagnostic {
    if differs {
        let title = Text::new("“!=”不能连着比较", "`!=` cannot be chained");
        let label = Text::new("写成“甲 != 乙 且 乙 != 丙”", "write `a != b 且 b != c`");
        return Diagnostic::error("E0347", span, title, label);
    }
    let title = Text::new("连续比较只能朝一个方向", "a chained comparison needs one direction");
    Diagnostic::error("E0347", span, title, Text::new("用“且”分开写", "write it with 且"))
}
