//! E0308: something that is no function is called.

use qi_base::{Diagnostic, Edit, Name, Span, Text};

pub fn not_callable(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "E0308",
        span,
        Text::new(format!("“{ty}”不能调用"), format!("`{ty}` cannot be called")),
        Text::new("不是函数", "not a function"),
    )
}

pub fn no_constructor(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "E0308",
        span,
        Text::new(
            format!("类型“{ty}”没有静态函数“新”，不能这样构造"),
            format!("the type `{ty}` has no associated function `新` and cannot be made this way"),
        ),
        Text::new("不能像函数那样调用", "cannot be called like a function"),
    )
}

/// Its fields are private: a function makes one.
pub fn with_maker(diagnostic: Diagnostic, function: &str) -> Diagnostic {
    diagnostic.with_note(Text::new(format!("用“{function}()”创建"), format!("make one with `{function}()`")))
}

/// Shows the literal of a struct with these fields.
pub fn with_literal(diagnostic: Diagnostic, ty: &str, fields: &[Name]) -> Diagnostic {
    const SHOWN: usize = 6;
    let mut parts: Vec<String> = fields.iter().take(SHOWN).map(|it| format!("{it}: …")).collect();
    if fields.len() > SHOWN {
        parts.push("…".to_owned());
    }
    let parts = parts.join(", ");
    diagnostic
        .with_note(Text::new(format!("用“{ty} {{ {parts} }}”构造"), format!("make one with `{ty} {{ {parts} }}`")))
}

/// `head(values)` becomes `head { field: value, … }`; certain where the values have their names. One value at least.
pub fn with_literal_fix(
    diagnostic: Diagnostic,
    head: Span,
    call: Span,
    values: impl Iterator<Item = (Option<Span>, Span)>,
    fields: &[Name],
) -> Diagnostic {
    let mut edits = Vec::new();
    let (mut all_named, mut last) = (true, head.end);
    for ((name, value), field) in values.zip(fields) {
        let start = name.unwrap_or(value).start;
        let named = if name.is_some() { String::new() } else { format!("{field}: ") };
        all_named &= name.is_some();
        match edits.is_empty() {
            true => {
                edits.push(Edit { span: Span { start: head.end, end: start, ..head }, text: format!(" {{ {named}") })
            }
            false if name.is_none() => edits.push(Edit { span: value.before(), text: named }),
            false => {}
        }
        last = value.end;
    }
    edits.push(Edit { span: Span { start: last, end: call.end, ..head }, text: " }".to_owned() });
    diagnostic.with_fix(Text::new("写成字面量", "write a literal"), edits, all_named)
}
