//! E0342: 抛出 or 捕获 of a type that is no error.

use qi_base::{Diagnostic, Span, Text};

pub fn not_an_error(span: Span, ty: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0342",
        span,
        Text::new(
            format!("类型“{ty}”没有实现“错误”，不能抛出或捕获"),
            format!("the type `{ty}` does not implement 错误 and cannot be thrown or caught"),
        ),
        Text::new("不是错误类型", "not an error type"),
    );
    diagnostic.with_note(Text::new(
        format!("写“实现 错误 对于 {ty} {{ 函数 消息(): 字符串 {{ … }} }}”"),
        format!("write `实现 错误 对于 {ty} {{ 函数 消息(): 字符串 {{ … }} }}`"),
    ))
}
