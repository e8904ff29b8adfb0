//! W0404: a name in a pattern that nobody reads and that is nearly a variant.

use qi_base::{Diagnostic, Span, Text};

pub fn binding_like_variant(span: Span, name: &str, enum_name: &str, similar: &str) -> Diagnostic {
    let title = Text::new(
        format!("“{name}”不是“{enum_name}”的变体，在这里匹配一切"),
        format!("`{name}` is no variant of `{enum_name}` and matches everything here"),
    );
    Diagnostic::warning("W0404", span, title, Text::new("这是一个新名字", "this is a new name"))
        .with_similar(span, Some(similar))
        .with_note(Text::new("有意匹配其余一切时，写 _", "write _ to match all that is left"))
}
