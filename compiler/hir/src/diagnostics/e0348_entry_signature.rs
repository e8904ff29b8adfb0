//! E0348: 主函数 with parameters or a result that the start cannot give.

use qi_base::{Diagnostic, Span, Text};

pub fn entry_signature(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0348",
        span,
        Text::new(format!("“{name}”的签名不对"), format!("`{name}` has the wrong signature")),
        Text::new(
            "参数只能没有或是“数组<字符串>”，结果是空、整数或结果<…>",
            "no parameter or one 数组<字符串>; result 空, 整数 or 结果<…>",
        ),
    )
}
