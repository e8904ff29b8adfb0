//! E0119: a keyword and the name after it written together.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0119";

pub(crate) fn glued_keyword(span: Span, keyword: &str, rest: &str) -> Diagnostic {
    let title = Text::new(
        format!("关键字“{keyword}”后面缺少空格"),
        format!("a blank is missing after the keyword `{keyword}`"),
    );
    let label = Text::new(
        format!("“{keyword}{rest}”连在一起是一个名字"),
        format!("written together, `{keyword}{rest}` is one name"),
    );
    let apart = format!("{keyword} {rest}");
    Diagnostic::error(CODE, span, title, label).with_fix(
        Text::new(format!("写成“{apart}”"), format!("write `{apart}`")),
        vec![Edit { span, text: apart }],
        true,
    )
}
