//! E0103: an escape sequence that does not exist.

use crate::ast::EscapeError;
use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0103";

pub(crate) fn invalid_escape(span: Span, text: &str, error: EscapeError) -> Diagnostic {
    let title = match error {
        EscapeError::Unknown => Text::new(format!("不认识的转义“{text}”"), format!("unknown escape `{text}`")),
        EscapeError::BadCodePoint => {
            Text::new(format!("“{text}”不是有效的字符编号"), format!("`{text}` is not a Unicode character"))
        }
    };
    let label = match error {
        EscapeError::Unknown => Text::new("这个转义无效", "this escape is invalid"),
        EscapeError::BadCodePoint => Text::new("应写成 \\u{4F60} 的样子", "write it like \\u{4F60}"),
    };
    let note = Text::new(
        r#"可用的转义：\n \t \r \\ \" \' \0 \u{4F60}；原样的文字写 r"…""#,
        r#"escapes are \n \t \r \\ \" \' \0 \u{4F60}; verbatim text is r"…""#,
    );
    let double = Edit { span: Span::new(span.file, span.start, span.start), text: "\\".into() };
    let fix = Text::new("要写反斜杠本身，就写两个", "double the backslash to mean itself");
    Diagnostic::error(CODE, span, title, label).with_fix(fix, vec![double], false).with_note(note)
}
