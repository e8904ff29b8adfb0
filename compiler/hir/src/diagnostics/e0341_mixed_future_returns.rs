//! E0341: `函数 f(): 未来<T>` returns handles and plain values.

use qi_base::{Diagnostic, Span, Text};

pub fn mixed_future_returns(span: Span, handle: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0341",
        span,
        Text::new("“返回”有时给值，有时给任务的句柄", "返回 gives values in some places and task handles in others"),
        Text::new("这里是值", "a value here"),
    );
    diagnostic.with_label(handle, Text::new("这里是句柄", "a handle here"))
}
