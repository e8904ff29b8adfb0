//! E0404: a variable read before it has a value on every path.

use qi_base::{Diagnostic, Span, Text};

pub fn maybe_unassigned(span: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(
        "E0404",
        span,
        Text::new(format!("变量“{name}”在使用前可能没有赋值"), format!("the variable `{name}` may have no value yet")),
        Text::new("这里使用了它", "used here"),
    )
    .with_label(declared, Text::new("声明时没有初始值", "declared without a value"))
}
