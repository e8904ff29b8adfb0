//! E0202: a type that no scope in sight defines.

use qi_base::{Diagnostic, Span, Text};

/// The unknown type stands where only a trait can.
pub fn is_about_trait(diagnostic: &mut Diagnostic, name: &str) {
    if diagnostic.code == "E0202" {
        diagnostic.title = Text::new(format!("找不到特性“{name}”"), format!("cannot find the trait `{name}`"));
        diagnostic.labels[0].text = Text::new("没有这个特性", "no such trait");
        diagnostic.notes.clear();
    }
}

pub fn unknown_type(span: Span, name: &str, similar: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0202",
        span,
        Text::new(format!("找不到类型“{name}”"), format!("cannot find the type `{name}`")),
        Text::new("没有这个类型", "no such type"),
    )
    .with_similar(span, similar);
    // `实现 栈<T> { … }`
    let is_parameter = name.len() <= 2 && name.starts_with(|c: char| c.is_ascii_uppercase());
    if similar.is_some() || !is_parameter {
        return diagnostic;
    }
    diagnostic.with_note(Text::new(
        format!("类型参数要先声明：“实现<{name}> …”、“函数 名<{name}>(…)”"),
        format!("type parameters are declared first: `实现<{name}> …`, `函数 name<{name}>(…)`"),
    ))
}
