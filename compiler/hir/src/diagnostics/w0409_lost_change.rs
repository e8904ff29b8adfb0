//! W0409: a copy is changed, and nobody looks at it afterwards.

use qi_base::{Diagnostic, Span, Text};

/// `declared`: where the copy gets its name; `is_element`: by 对于.
pub fn lost_change(span: Span, name: &str, declared: Span, is_element: bool) -> Diagnostic {
    let diagnostic = Diagnostic::warning(
        "W0409",
        span,
        Text::new(
            format!("“{name}”是副本，改了它，原来的值不变"),
            format!("`{name}` is a copy: what it was copied from does not change"),
        ),
        Text::new("这里的改动没有人用到", "nobody uses this change"),
    );
    let label = match is_element {
        true => Text::new("每一圈都是新的副本", "a new copy in every round"),
        false => Text::new("模式里的名字是副本", "what a pattern binds is a copy"),
    };
    let note = match is_element {
        true => Text::new(
            "要改数组的元素，按下标写：“列[i].字段 = …”",
            "to change the elements of an array, use the index: `列[i].字段 = …`",
        ),
        false => Text::new("要改原来的值，写它所在的地方", "to change the original, write the place where it is"),
    };
    diagnostic.with_label(declared, label).with_note(note)
}
