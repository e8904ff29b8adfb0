//! E0502: 让出 outside a 协程.

use qi_base::{Diagnostic, Edit, Span, Text};

/// `function`: where the declaration begins, if `协程` is all that it lacks.
pub fn yield_outside_coroutine(span: Span, function: Option<Span>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0502",
        span,
        Text::new("“让出”只能用在协程函数里", "`让出` may only be used in a 协程 function"),
        Text::new("这里不在协程里", "this is in no 协程"),
    );
    if let Some(at) = function {
        let text = Text::new("在“函数”前面写“协程”", "write `协程` before `函数`");
        return diagnostic.with_fix(text, vec![Edit { span: at.before(), text: "协程 ".to_owned() }], true);
    }
    diagnostic.with_note(Text::new(
        "只想让别的任务先运行，写“让出执行()”",
        "to let other tasks run first, write `让出执行()`",
    ))
}
