//! E0111: `。` in code.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0111";

/// `between_names`: it looks like the dot of a field or method.
pub(crate) fn full_stop(span: Span, between_names: bool) -> Diagnostic {
    let title = Text::new("代码里不用句号“。”", "the full stop `。` is not used in code");
    let (text, fix) = if between_names {
        (".", Text::new("取成员写“.”", "members are reached with `.`"))
    } else {
        (";", Text::new("语句用换行或“；”结束", "statements end with a line break or `;`"))
    };
    Diagnostic::error(CODE, span, title, Text::new("这里有一个句号", "a full stop stands here")).with_fix(
        fix,
        vec![Edit { span, text: text.into() }],
        true,
    )
}
