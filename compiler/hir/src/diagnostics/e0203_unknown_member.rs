//! E0203: a module, type or enum has nothing of that name.

use qi_base::{Diagnostic, Edit, Span, Text};

pub fn unknown_member(span: Span, owner: &str, name: &str, similar: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0203",
        span,
        Text::new(format!("“{owner}”里没有“{name}”"), format!("`{owner}` has no `{name}`")),
        Text::new("没有这个名字", "no such name"),
    );
    match similar {
        Some(it) => {
            let text = Text::new(format!("是不是想写“{it}”"), format!("did you mean `{it}`"));
            diagnostic.with_fix(text, vec![Edit { span, text: it.to_owned() }], false)
        }
        None => diagnostic,
    }
}

/// `点.长度()` for a method with 自己.
pub fn method_needs_value(span: Span, owner: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0203",
        span,
        Text::new(
            format!("“{name}”是“{owner}”的方法，不是静态函数"),
            format!("`{name}` is a method of `{owner}`, not an associated function"),
        ),
        Text::new("用一个值调用：值.方法(…)", "call it on a value"),
    )
}
