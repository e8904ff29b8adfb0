//! E0102: a string without its closing quote.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0102";

/// `open` is the opening quote with its prefix, `at` the place where it probably was to end.
pub(crate) fn unterminated_string(open: Span, at: Option<Span>, closing: &str, may_span_lines: bool) -> Diagnostic {
    let title = Text::new("字符串没有结束", "unterminated string");
    let label = Text::new(
        format!("从这里开始的字符串缺少结尾的引号 {closing}"),
        format!("this string has no closing {closing}"),
    );
    let mut diagnostic = Diagnostic::error(CODE, open, title, label);
    if let Some(span) = at {
        let fix = Text::new(format!("补上 {closing}"), format!("add {closing}"));
        diagnostic = diagnostic.with_fix(fix, vec![Edit { span, text: closing.into() }], false);
    }
    if may_span_lines {
        return diagnostic;
    }
    diagnostic.with_note(Text::new(
        "多行文字请写在 \"\"\" 与 \"\"\" 之间",
        "text of several lines goes between \"\"\" and \"\"\"",
    ))
}

/// `"第一行⏎第二行"`; `breaks` are the line breaks in it.
pub(crate) fn string_over_lines(open: Span, breaks: &[Span]) -> Diagnostic {
    let title = Text::new("字符串没有结束", "unterminated string");
    let label = Text::new("这个字符串在行末还没有结束", "this string goes on behind the end of its line");
    let edits = breaks.iter().map(|&span| Edit { span, text: "\\n".into() }).collect();
    Diagnostic::error(CODE, open, title, label)
        .with_fix(Text::new("换行写成 \\n", "write the line break as \\n"), edits, false)
        .with_note(Text::new(
            "多行文字请写在 \"\"\" 与 \"\"\" 之间",
            "text of several lines goes between \"\"\" and \"\"\"",
        ))
}

/// `"甲”`: a quote of the other width was to close it.
pub(crate) fn other_closing_quote(open: Span, at: Span, found: char, close: char, is_certain: bool) -> Diagnostic {
    let title = Text::new("字符串没有结束", "unterminated string");
    let label = Text::new(
        format!("从这里开始的字符串要用 {close} 结尾"),
        format!("the string that begins here is closed by {close}"),
    );
    let other = Text::new(format!("{found} 是另一种引号"), format!("{found} is a quote of another kind"));
    let fix = Text::new(format!("改成 {close}"), format!("write {close}"));
    Diagnostic::error(CODE, open, title, label).with_label(at, other).with_fix(
        fix,
        vec![Edit { span: at, text: close.into() }],
        is_certain,
    )
}
