//! E0330: 对于 over something that has no elements.

use qi_base::{Diagnostic, Span, Text};

pub fn not_iterable(span: Span, ty: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0330",
        span,
        Text::new(format!("“{ty}”不能逐个遍历"), format!("`{ty}` cannot be iterated")),
        Text::new("没有元素可取", "has no elements"),
    );
    if ty == "整数" {
        return diagnostic.with_note(Text::new("从 0 数到 n 之前写“0..n”", "to count from 0 up to n, write `0..n`"));
    }
    diagnostic
}
