//! E0342: 抛出 or 捕获 of a type that is no error.

use qi_base::{Diagnostic, Span, Text};

/// `is_param`: a type parameter.
pub fn not_an_error(span: Span, ty: &str, is_param: bool) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0342",
        span,
        Text::new(
            format!("类型“{ty}”没有实现“错误”，不能抛出或捕获"),
            format!("the type `{ty}` does not implement 错误 and cannot be thrown or caught"),
        ),
        Text::new("不是错误类型", "not an error type"),
    );
    if is_param {
        return diagnostic.with_note(Text::new(
            format!("要求类型参数是错误：“<{ty}: 错误>”"),
            format!("require that the type parameter is an error: `<{ty}: 错误>`"),
        ));
    }
    diagnostic.with_note(Text::new(
        format!("写“实现 错误 对于 {ty} {{ 函数 消息(): 字符串 {{ … }} }}”"),
        format!("write `实现 错误 对于 {ty} {{ 函数 消息(): 字符串 {{ … }} }}`"),
    ))
}
