//! E0209: something else stands where a trait is needed.

use qi_base::{Diagnostic, Edit, Span, Text};

pub fn not_a_trait(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0209",
        span,
        Text::new(format!("“{name}”不是特性"), format!("`{name}` is not a trait")),
        Text::new("这里需要特性", "a trait is needed here"),
    )
}

/// `实现 圆形 对于 可画 { … }`
pub fn swapped_impl(first: (Span, &str), second: (Span, &str)) -> Diagnostic {
    let meant = format!("实现 {} 对于 {}", second.1, first.1);
    let edits =
        vec![Edit { span: first.0, text: second.1.to_owned() }, Edit { span: second.0, text: first.1.to_owned() }];
    let label =
        Text::new(format!("“{}”是特性，写在前面", second.1), format!("`{}` is the trait and comes first", second.1));
    not_a_trait(first.0, first.1).with_label(second.0, label).with_fix(
        Text::new(format!("写成“{meant}”"), format!("write `{meant}`")),
        edits,
        true,
    )
}
