//! E0235: packages that import each other.

use qi_base::{Diagnostic, Span, Text};

pub fn package_cycle(span: Span, path: &str) -> Diagnostic {
    Diagnostic::error(
        "E0235",
        span,
        Text::new(format!("包之间循环导入：{path}"), format!("packages import each other: {path}")),
        Text::new("这个导入形成了循环", "this import closes the cycle"),
    )
}
