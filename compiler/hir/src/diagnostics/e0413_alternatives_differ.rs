//! E0413: alternatives of a pattern that bind different names.

use qi_base::{Diagnostic, Span, Text};

pub fn alternatives_differ(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0413",
        span,
        Text::new(
            format!("“|”两边的模式要绑定同样的名字：“{name}”只在一边"),
            format!("alternatives must bind the same names: `{name}` is not in all of them"),
        ),
        Text::new("绑定的名字不同", "binds different names"),
    )
}
