//! E0501: a 选择 arm that waits for nothing, or a second 默认.

use qi_base::{Diagnostic, Span, Text};

pub fn invalid_select_arm(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0501",
        span,
        Text::new(
            "选择的情况要写成“<-通道”、“通道.接收()”、“通道 <- 值”、“等待 任务”或“超时(毫秒)”",
            "an arm of 选择 must be `<-c`, `c.接收()`, `c <- v`, `等待 h` or `超时(ms)`",
        ),
        Text::new("这里没有可等待的操作", "nothing to wait for here"),
    )
}

pub fn second_default(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0501",
        span,
        Text::new("一个“选择”只能有一个“默认”：重复了", "a `选择` has one `默认` at most"),
        Text::new("第二个“默认”", "the second `默认`"),
    )
}
