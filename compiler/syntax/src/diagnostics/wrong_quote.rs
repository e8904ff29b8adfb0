//! E0114: a closing quote where an opening one is needed.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0114";

pub(crate) fn wrong_quote(span: Span, found: char, right: char) -> Diagnostic {
    let title =
        Text::new(format!("开头的引号应为 {right} 而不是 {found}"), format!("open with `{right}`, not `{found}`"));
    let fix = Text::new(format!("改成 {right}"), format!("write `{right}`"));
    Diagnostic::error(CODE, span, title, Text::new("这是右引号", "this is a closing quote")).with_fix(
        fix,
        vec![Edit { span, text: right.into() }],
        true,
    )
}
