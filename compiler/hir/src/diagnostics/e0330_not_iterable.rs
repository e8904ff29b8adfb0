//! E0330: 对于 over something that has no elements.

use qi_base::{Diagnostic, Span, Text};

pub fn not_iterable(span: Span, ty: &str, is_option: bool) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0330",
        span,
        Text::new(format!("“{ty}”不能逐个遍历"), format!("`{ty}` cannot be iterated")),
        Text::new("没有元素可取", "has no elements"),
    );
    if ty == "整数" {
        return diagnostic.with_note(Text::new("从 0 数到 n 之前写“0..n”", "to count from 0 up to n, write `0..n`"));
    }
    if is_option {
        diagnostic.with_note(Text::new(
            "可能没有值：先用“如果 变量 x = …”、“??”或“!”取出",
            "the value may be missing: take it out with `如果 变量 x = …`, `??` or `!` first",
        ))
    } else {
        diagnostic
    }
}
