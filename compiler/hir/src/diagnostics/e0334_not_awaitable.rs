//! E0334: 等待 on something that is no task.

use qi_base::{Diagnostic, Edit, Span, Text};

pub fn not_awaitable(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "E0334",
        span,
        Text::new(
            format!("“等待”需要任务（未来<T>）或调用，这里是“{ty}”"),
            format!("等待 needs a task (未来<T>) or a call, this is `{ty}`"),
        ),
        Text::new("没有可等待的", "nothing to wait for"),
    )
}

/// `等待 [甲, 乙]`
pub fn awaits_many(diagnostic: Diagnostic, tasks: Span) -> Diagnostic {
    let text = Text::new("等它们全部：写“全部(…)”", "to wait for all of them write `全部(…)`");
    let edit = |span: Span, text: &str| Edit { span, text: text.to_owned() };
    diagnostic.with_fix(text, vec![edit(tasks.before(), "全部("), edit(tasks.after(), ")")], true)
}

pub fn not_spawnable(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "E0334",
        span,
        Text::new(
            format!("“启动”需要调用、闭包或代码块，这里是“{ty}”"),
            format!("启动 needs a call, a closure or a block, this is `{ty}`"),
        ),
        Text::new("不能启动", "cannot be started"),
    )
}

pub fn spawn_of_coroutine(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0334",
        span,
        Text::new("协程不能用“启动”，要用“启动协程”", "a 协程 is not started with 启动 but with 启动协程"),
        Text::new("这是协程", "this is a 协程"),
    )
}

pub fn not_a_coroutine_call(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "E0334",
        span,
        Text::new(
            format!("“启动协程”需要协程函数的调用，这里是“{ty}”"),
            format!("启动协程 needs a call of a 协程 function, this is `{ty}`"),
        ),
        Text::new("不是生成器", "not a generator"),
    )
}
