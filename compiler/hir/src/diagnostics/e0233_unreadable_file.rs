//! E0233: a source file that cannot be read: missing, or not UTF-8.

use qi_base::{Diagnostic, Span, Text};

pub fn unreadable_file(span: Span, path: &str, reason: &str) -> Diagnostic {
    Diagnostic::error(
        "E0233",
        span,
        Text::new(format!("无法读取“{path}”：{reason}"), format!("cannot read `{path}`: {reason}")),
        Text::new("读取失败", "cannot be read"),
    )
}

pub fn invalid_utf8(span: Span, path: &str, offset: usize) -> Diagnostic {
    Diagnostic::error(
        "E0233",
        span,
        Text::new(
            format!("“{path}”不是 UTF-8 文本：第 {offset} 字节处无效"),
            format!("`{path}` is not UTF-8 text: invalid at byte {offset}"),
        ),
        Text::new("从这里起无效", "invalid from here"),
    )
}

pub fn missing_std(span: Span, path: &str) -> Diagnostic {
    Diagnostic::error(
        "E0233",
        span,
        Text::new(format!("找不到标准库“{path}”"), format!("cannot find the standard library `{path}`")),
        Text::new("编译需要标准库", "compiling needs the standard library"),
    )
}
