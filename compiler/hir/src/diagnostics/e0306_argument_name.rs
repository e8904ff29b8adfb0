//! E0306: a named argument that does not fit.

use qi_base::{Diagnostic, Span, Text};

pub fn unknown_argument(span: Span, name: &str, similar: Option<&str>) -> Diagnostic {
    Diagnostic::error(
        "E0306",
        span,
        Text::new(format!("没有叫“{name}”的参数"), format!("there is no parameter called `{name}`")),
        Text::new("没有这个参数", "no such parameter"),
    )
    .with_similar(span, similar)
}

/// `all`: the names that the parameters have.
pub fn with_parameters(diagnostic: Diagnostic, all: &[&str]) -> Diagnostic {
    const SHOWN: usize = 8;
    if all.is_empty() || all.len() > SHOWN {
        return diagnostic;
    }
    let (list, listed) = (all.join("、"), all.join(", "));
    diagnostic.with_note(Text::new(format!("它的参数是：{list}"), format!("its parameters are {listed}")))
}

pub fn duplicate_argument(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0306",
        span,
        Text::new(format!("参数“{name}”给了两次"), format!("the parameter `{name}` is given twice")),
        Text::new("第二次", "second time"),
    )
}

pub fn positional_after_named(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0306",
        span,
        Text::new("命名参数后面不能再写按位置的参数", "no positional argument after a named one"),
        Text::new("给它写上名字", "give it a name"),
    )
}
