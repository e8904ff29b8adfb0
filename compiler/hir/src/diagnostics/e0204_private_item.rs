//! E0204: a name that is not public is used from another module.

use qi_base::{Diagnostic, Edit, Span, Text};

/// Makes the item public: the fix of E0204 and E0222.
pub fn with_public(diagnostic: Diagnostic, head: Option<Span>) -> Diagnostic {
    match head {
        Some(span) => {
            let edits = vec![Edit { span, text: "公开 ".into() }];
            diagnostic.with_fix(Text::new("加上“公开”", "add `公开`"), edits, true)
        }
        None => diagnostic,
    }
}

pub fn private_item(span: Span, name: &str, declared: Option<Span>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0204",
        span,
        Text::new(format!("“{name}”不是公开的"), format!("`{name}` is private")),
        Text::new("不能在这个模块里使用", "cannot be used in this module"),
    );
    match declared {
        Some(at) => diagnostic.with_label(at, Text::new("在这里声明", "declared here")),
        None => diagnostic,
    }
}
