//! E0111: `。` in code.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0111";

/// What a `。` is meant to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FullStop {
    End,
    Member,
    /// Of a number.
    Point,
    Range,
    Comma,
    /// Between a parameter and its type.
    Colon,
    /// Left out.
    Nothing,
}

/// `needs_blank`: none follows it.
pub(crate) fn full_stop(span: Span, meant: FullStop, needs_blank: bool) -> Diagnostic {
    let title = Text::new("代码里不用句号“。”", "the full stop `。` is not used in code");
    let (text, fix) = match meant {
        FullStop::End => (";", Text::new("语句用换行或“；”结束", "statements end with a line break or `;`")),
        FullStop::Member => (".", Text::new("取成员写“.”", "members are reached with `.`")),
        FullStop::Point => (".", Text::new("小数点写“.”", "the point of a number is `.`")),
        FullStop::Range => ("..", Text::new("区间写“..”", "a range is written with `..`")),
        FullStop::Comma => (",", Text::new("几项之间写“,”", "items are separated by `,`")),
        FullStop::Colon => (":", Text::new("名字和类型之间写“:”", "between a name and its type stands `:`")),
        FullStop::Nothing => ("", Text::new("删除它", "remove it")),
    };
    let is_apart = matches!(meant, FullStop::Comma | FullStop::Colon) && needs_blank;
    let text = if is_apart { format!("{text} ") } else { text.to_owned() };
    let label = Text::new("这里有一个句号", "a full stop stands here");
    Diagnostic::error(CODE, span, title, label).with_fix(fix, vec![Edit { span, text }], true)
}
