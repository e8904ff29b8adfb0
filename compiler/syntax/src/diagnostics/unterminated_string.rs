//! E0102: a string without its closing quote.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0102";

/// `open` is the opening quote with its prefix, `end` the place where the text was given up.
pub(crate) fn unterminated_string(open: Span, end: Span, closing: &str, may_span_lines: bool) -> Diagnostic {
    let title = Text::new("字符串没有结束", "unterminated string");
    let label = Text::new(
        format!("从这里开始的字符串缺少结尾的引号 {closing}"),
        format!("this string has no closing {closing}"),
    );
    let fix = Text::new(format!("在行末加上 {closing}"), format!("add {closing} at the end of the line"));
    let diagnostic = Diagnostic::error(CODE, open, title, label).with_fix(
        fix,
        vec![Edit { span: end.after(), text: closing.into() }],
        false,
    );
    if may_span_lines {
        return diagnostic;
    }
    diagnostic.with_note(Text::new(
        "多行文字请写在 \"\"\" 与 \"\"\" 之间",
        "text of several lines goes between \"\"\" and \"\"\"",
    ))
}
