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

pub fn no_field(span: Span, ty: &str, name: &str, similar: Option<&str>) -> Diagnostic {
    Diagnostic::error(
        "E0303",
        span,
        Text::new(format!("“{ty}”没有字段“{name}”"), format!("`{ty}` has no field `{name}`")),
        Text::new("没有这个字段", "no such field"),
    )
    .with_similar(span, similar)
    .about_members_of(ty, Some(name))
}
