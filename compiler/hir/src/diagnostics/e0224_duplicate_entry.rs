//! E0224: more than one function could start the program.

use qi_base::{Diagnostic, Span, Text};

pub fn duplicate_entry(span: Span, name: &str, first: Span) -> Diagnostic {
    Diagnostic::error(
        "E0224",
        span,
        Text::new(
            format!("程序有两个入口：“{name}”重复"),
            format!("the program has two entries: `{name}` is one too many"),
        ),
        Text::new("第二个入口", "second entry"),
    )
    .with_label(first, Text::new("第一个入口在这里", "the first entry is here"))
}
