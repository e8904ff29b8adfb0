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
        EscapeError::BadCodePoint if is_out_of_range(text) => Text::new(
            "编号从 0 到 10FFFF，其中 D800 到 DFFF 不是字符",
            "code points go from 0 to 10FFFF, and D800 to DFFF are none",
        ),
        EscapeError::BadCodePoint => Text::new("应写成 \\u{4F60} 的样子", "write it like \\u{4F60}"),
    };
    if is_out_of_range(text) {
        return Diagnostic::error(CODE, span, title, label);
    }
    let note = Text::new(
        r#"可用的转义：\n \t \r \\ \" \' \0 \u{4F60}；原样的文字写 r"…""#,
        r#"escapes are \n \t \r \\ \" \' \0 \u{4F60}; verbatim text is r"…""#,
    );
    let double = Edit { span: Span::new(span.file, span.start, span.start), text: "\\".into() };
    let fix = Text::new("要写反斜杠本身，就写两个", "double the backslash to mean itself");
    Diagnostic::error(CODE, span, title, label).with_fix(fix, vec![double], false).with_note(note)
}

/// `\u{110000}`: written as it should be.
fn is_out_of_range(text: &str) -> bool {
    let digits = text.strip_prefix("\\u{").and_then(|it| it.strip_suffix('}'));
    digits.is_some_and(|it| !it.is_empty() && it.chars().all(|c| c.is_ascii_hexdigit()))
}

/// `"\(甲)"`: `name` stands in the parentheses.
pub(crate) fn hole_of_others(span: Span, name: &str) -> Diagnostic {
    let title = Text::new("不认识的转义“\\(”", "unknown escape `\\(`");
    let meant = format!("${{{name}}}");
    let label = Text::new(format!("填入值写成“{meant}”"), format!("to fill in a value, write `{meant}`"));
    let fix = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    Diagnostic::error(CODE, span, title, label).with_fix(fix, vec![Edit { span, text: meant }], false)
}
