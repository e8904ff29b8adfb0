//! W0201: two names that look the same.

use qi_base::{Diagnostic, Span, Text};

pub fn confusable_names(span: Span, name: &str, first: Span, first_name: &str) -> Diagnostic {
    let (here, there) = name.chars().zip(first_name.chars()).find(|(l, r)| l != r).unwrap_or(('?', '?'));
    let (here, there) = (u32::from(here), u32::from(there));
    Diagnostic::warning(
        "W0201",
        span,
        Text::new(
            format!("名字“{name}”和“{first_name}”看起来一样，却是不同的名字"),
            format!("the names `{name}` and `{first_name}` look the same but are different"),
        ),
        Text::new(
            format!("这里是 U+{here:04X}，那里是 U+{there:04X}"),
            format!("this has U+{here:04X}, the other U+{there:04X}"),
        ),
    )
    .with_label(first, Text::new("相似的名字在这里", "the similar name"))
}
