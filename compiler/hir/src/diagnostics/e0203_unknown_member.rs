//! E0203: a module, type or enum has nothing of that name.

use qi_base::{Diagnostic, Span, Text};

pub fn unknown_member(span: Span, owner: &str, name: &str, similar: Option<&str>) -> Diagnostic {
    Diagnostic::error(
        "E0203",
        span,
        Text::new(format!("“{owner}”里没有“{name}”"), format!("`{owner}` has no `{name}`")),
        Text::new("没有这个名字", "no such name"),
    )
    .with_similar(span, similar)
}

/// `all`: what an enum has, if it is not long.
pub fn with_variants(diagnostic: Diagnostic, all: &[&str]) -> Diagnostic {
    const SHOWN: usize = 12;
    if all.is_empty() || all.len() > SHOWN {
        return diagnostic;
    }
    let (list, listed) = (all.join("、"), all.join(", "));
    diagnostic.with_note(Text::new(format!("有这些变体：{list}"), format!("its variants: {listed}")))
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
