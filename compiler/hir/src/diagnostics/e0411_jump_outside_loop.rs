//! E0411: 跳出 or 继续 outside a loop.

use qi_base::{Diagnostic, Span, Text};

pub fn jump_outside_loop(span: Span, word: &str) -> Diagnostic {
    Diagnostic::error(
        "E0411",
        span,
        Text::new(format!("“{word}”不在循环里"), format!("`{word}` outside a loop")),
        Text::new("这里没有循环", "no loop here"),
    )
}
