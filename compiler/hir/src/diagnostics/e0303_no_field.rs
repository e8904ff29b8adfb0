//! E0303: a value has no such field.

use qi_base::{Diagnostic, Span, Text};

/// `all`: the fields of a struct, if they are not many.
pub fn with_fields(diagnostic: Diagnostic, all: &[&str]) -> Diagnostic {
    const SHOWN: usize = 12;
    if all.is_empty() || all.len() > SHOWN {
        return diagnostic;
    }
    let (list, listed) = (all.join("、"), all.join(", "));
    diagnostic.with_note(Text::new(format!("有这些字段：{list}"), format!("its fields: {listed}")))
}

pub fn no_field(span: Span, ty: &str, name: &str, similar: Option<&str>, is_option: bool) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0303",
        span,
        Text::new(format!("“{ty}”没有字段“{name}”"), format!("`{ty}` has no field `{name}`")),
        Text::new("没有这个字段", "no such field"),
    )
    .with_similar(span, similar);
    with_missing_value(diagnostic, is_option)
}

/// Explains why what the value has is not reached through its option.
pub(super) fn with_missing_value(diagnostic: Diagnostic, is_option: bool) -> Diagnostic {
    if is_option {
        diagnostic.with_note(Text::new(
            "可能没有值：先用“如果 变量 x = …”、“??”或“!”取出",
            "the value may be missing: take it out with `如果 变量 x = …`, `??` or `!` first",
        ))
    } else {
        diagnostic
    }
}
