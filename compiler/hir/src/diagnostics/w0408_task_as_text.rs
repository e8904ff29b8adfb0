//! W0408: the handle of a task turned into text.

use qi_base::{Diagnostic, Edit, Span, Text};

pub fn task_as_text(span: Span) -> Diagnostic {
    let fix = Text::new("在前面写“等待”", "write 等待 before it");
    let edit = Edit { span: Span { end: span.start, ..span }, text: "等待 ".to_owned() };
    Diagnostic::warning(
        "W0408",
        span,
        Text::new(
            "这是任务，不是它的结果：印出来只是“<任务>”",
            "this is a task, not its result: it prints as `<任务>`",
        ),
        Text::new("一个未来", "a 未来"),
    )
    .with_fix(fix, vec![edit], false)
}
