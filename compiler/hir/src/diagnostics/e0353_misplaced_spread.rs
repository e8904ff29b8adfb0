//! E0353: `..数们` where no `...` parameter takes it.

use qi_base::{Diagnostic, Span, Text};

pub fn misplaced_spread(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0353",
        span,
        Text::new("“..”只能把数组展开给“...”参数", "`..` spreads an array into a `...` parameter only"),
        Text::new("这里的参数不是“...”参数", "no `...` parameter takes this"),
    )
}
