//! E0605: a generator that would be used by another task than its own.

use qi_base::{Diagnostic, Span, Text};

pub fn generator_leaves_task(span: Span, task: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0605",
        span,
        Text::new("生成器不能离开它的任务", "a generator never leaves its task"),
        Text::new("这里含有生成器", "this holds a generator"),
    );
    let diagnostic = if span == task {
        diagnostic
    } else {
        diagnostic.with_label(task, Text::new("从这里去往另一个任务", "goes to another task here"))
    };
    diagnostic.with_note(Text::new(
        "在那个任务里创建生成器，或用通道传递它给出的值",
        "create it in that task, or send the values it yields through a 通道",
    ))
}
