//! E0331: brackets after something without elements.

use qi_base::{Diagnostic, Edit, Span, Text};

pub fn not_indexable(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "E0331",
        span,
        Text::new(format!("“{ty}”不能用下标"), format!("`{ty}` cannot be indexed")),
        Text::new("没有下标", "has no elements by index"),
    )
}

/// A tuple: what `brackets` cover is its part, told by a number that is known.
pub fn with_tuple_part(diagnostic: Diagnostic, brackets: Span, index: u128) -> Diagnostic {
    let text = Text::new(format!("元组的项写“.{index}”"), format!("the parts of a tuple are written `.{index}`"));
    diagnostic.with_fix(text, vec![Edit { span: brackets, text: format!(".{index}") }], true)
}

/// An array or a text: its elements are told in brackets.
pub fn with_brackets(diagnostic: Diagnostic, part: Span, index: u32) -> Diagnostic {
    let text = Text::new(format!("元素写“[{index}]”"), format!("the elements are written `[{index}]`"));
    diagnostic.with_fix(text, vec![Edit { span: part, text: format!("[{index}]") }], true)
}

pub fn bad_tuple_index(span: Span, ty: &str, index: u32, len: Option<usize>, is_option: bool) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0331",
        span,
        Text::new(format!("“{ty}”没有第 .{index} 项"), format!("`{ty}` has no element .{index}")),
        Text::new("没有这一项", "no such element"),
    );
    match len {
        Some(len) => diagnostic.with_note(Text::new(
            format!("元组有 {len} 项，从 .0 数起"),
            format!("the tuple has {len} elements, counted from .0"),
        )),
        None if is_option => diagnostic.with_note(Text::new(
            format!("可能没有值：写“?.{index}”，或先用“如果 变量 x = …”、“??”、“!”取出"),
            format!("the value may be missing: write `?.{index}`, or take it out with `如果 变量 x = …`, `??` or `!`"),
        )),
        None => diagnostic,
    }
}

pub fn open_range(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0331",
        span,
        Text::new("区间的两端都要写出来", "both ends of a range must be written"),
        Text::new("只有切片可以省略", "only slices may leave an end open"),
    )
}
