//! E0202: a type that no scope in sight defines.

use qi_base::{Diagnostic, Edit, Span, Text};

pub fn unknown_type(span: Span, name: &str, similar: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0202",
        span,
        Text::new(format!("找不到类型“{name}”"), format!("cannot find the type `{name}`")),
        Text::new("没有这个类型", "no such type"),
    );
    match similar {
        Some(it) => {
            let text = Text::new(format!("是不是想写“{it}”"), format!("did you mean `{it}`"));
            diagnostic.with_fix(text, vec![Edit { span, text: it.to_owned() }], false)
        }
        None => diagnostic,
    }
}
