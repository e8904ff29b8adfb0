//! E0412: a label of no loop around.

use qi_base::{Diagnostic, Span, Text};

pub fn unknown_label(span: Span, name: &str, similar: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0412",
        span,
        Text::new(format!("外面没有标签为“{name}”的循环"), format!("no enclosing loop has the label `{name}`")),
        Text::new("未知的标签", "unknown label"),
    );
    match similar {
        Some(similar) => diagnostic.with_note(Text::new(
            format!("有一个相近的名字“{similar}”"),
            format!("there is a similar name `{similar}`"),
        )),
        None => diagnostic,
    }
}
