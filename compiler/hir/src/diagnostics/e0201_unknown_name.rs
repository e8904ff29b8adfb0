//! E0201: a name that no scope in sight defines.

use qi_base::{Diagnostic, Edit, Span, Text};

pub fn unknown_name(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0201",
        span,
        Text::new(format!("找不到名字“{name}”"), format!("cannot find the name `{name}`")),
        Text::new("这里没有叫这个的东西", "nothing of this name is in scope"),
    )
}

/// `返回甲`: a keyword and a name written together.
pub fn with_glued_keyword(diagnostic: Diagnostic, span: Span, keyword: &str, rest: &str) -> Diagnostic {
    let text =
        Text::new(format!("关键字后面要有空格：“{keyword} {rest}”"), format!("a blank is missing: `{keyword} {rest}`"));
    diagnostic.with_fix(text, vec![Edit { span, text: format!("{keyword} {rest}") }], true)
}
