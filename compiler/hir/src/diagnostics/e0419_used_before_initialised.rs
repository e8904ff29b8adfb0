//! E0419: the initialiser of a top-level variable, or a statement, uses one that has no value yet.

use qi_base::{Diagnostic, Span, Text};

fn too_early(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0419",
        span,
        Text::new(
            format!("顶层变量“{name}”在初始化之前被使用"),
            format!("the top-level variable `{name}` is used before it is initialised"),
        ),
        Text::new("这时它还没有值", "it has no value yet"),
    )
}

/// `by` is the variable whose initialiser runs.
pub fn used_before_initialised(span: Span, name: &str, by: Span, by_name: &str) -> Diagnostic {
    too_early(span, name)
        .with_label(by, Text::new(format!("计算“{by_name}”的初始值时"), format!("while `{by_name}` is initialised")))
        .with_note(Text::new(
            "顶层变量按书写的次序初始化：把它移到前面",
            "initialisers run in textual order: move it up",
        ))
}

/// `by` is a statement that runs before the variable's initialiser.
pub fn used_before_declared(span: Span, name: &str, declared: Span, by: Span) -> Diagnostic {
    let mut diagnostic = too_early(span, name).with_label(declared, Text::new("后面才初始化", "initialised later"));
    let is_elsewhere = by.end <= span.start || span.end <= by.start || by.file != span.file;
    if is_elsewhere {
        diagnostic = diagnostic.with_label(by, Text::new("运行到这条语句时", "while this statement runs"));
    }
    diagnostic
        .with_note(Text::new("顶层语句按书写的次序运行：把它移到前面", "statements run in textual order: move it up"))
}
