//! W0405: a dictionary literal that gives a key twice.

use qi_base::{Diagnostic, Span, Text};

pub fn duplicate_key(span: Span, first: Span) -> Diagnostic {
    Diagnostic::warning(
        "W0405",
        span,
        Text::new("这个键在字典里写了两次", "the dictionary has this key twice"),
        Text::new("后写的值会取代前面的", "the later value replaces the earlier one"),
    )
    .with_label(first, Text::new("第一次", "first here"))
}
