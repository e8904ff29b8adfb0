//! E0104: a block comment without its end.

use qi_base::{Diagnostic, Span, Text};

pub(crate) const CODE: &str = "E0104";

pub(crate) fn unterminated_comment(open: Span) -> Diagnostic {
    let title = Text::new("块注释没有结束", "unterminated block comment");
    let label = Text::new("这个 /* 缺少对应的 */", "this /* has no */");
    Diagnostic::error(CODE, open, title, label)
        .with_note(Text::new("块注释可以嵌套，每个 /* 都要有 */", "block comments nest: every /* needs its */"))
}
