//! E0109: 最终 inside of 最终 beyond the limit.

use qi_base::{Diagnostic, Span, Text};

pub fn finally_too_deep(span: Span, limit: usize) -> Diagnostic {
    let title = Text::new(
        format!("嵌套太深：“最终”里套“最终”超过 {limit} 层"),
        format!("nesting too deep: 最终 within 最终 more than {limit} levels"),
    );
    Diagnostic::error("E0109", span, title, Text::new("从这里起不再分析", "not analysed from here on"))
        .with_note(Text::new("请把里面的清理放进函数", "put the inner clean-up in a function"))
}
