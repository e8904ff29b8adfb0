//! E0119: a keyword and the name after it written together.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0119";

/// `函 数 算()`
pub(crate) fn split_keyword(span: Span, text: &str, keyword: &str) -> Diagnostic {
    let title =
        Text::new(format!("关键字“{keyword}”中间有空格"), format!("there is a blank inside the keyword `{keyword}`"));
    let label = Text::new(format!("“{text}”是两个名字"), format!("`{text}` is two names"));
    let edit = Edit { span, text: keyword.to_owned() };
    Diagnostic::error(CODE, span, title, label).with_fix(
        Text::new(format!("写成“{keyword}”"), format!("write `{keyword}`")),
        vec![edit],
        true,
    )
}

/// `pieces` are the words the name is made of, `keyword` one of them.
pub(crate) fn glued_keyword(span: Span, keyword: &str, pieces: &[&str]) -> Diagnostic {
    let title = if pieces[0] == keyword {
        Text::new(format!("关键字“{keyword}”后面缺少空格"), format!("a blank is missing after the keyword `{keyword}`"))
    } else {
        Text::new(
            format!("关键字“{keyword}”两边缺少空格"),
            format!("blanks are missing around the keyword `{keyword}`"),
        )
    };
    let (name, apart) = (pieces.concat(), pieces.join(" "));
    let label = Text::new(format!("“{name}”连在一起是一个名字"), format!("written together, `{name}` is one name"));
    Diagnostic::error(CODE, span, title, label).with_fix(
        Text::new(format!("写成“{apart}”"), format!("write `{apart}`")),
        vec![Edit { span, text: apart }],
        true,
    )
}
