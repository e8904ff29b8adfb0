//! E0326: methods for every type at once.

use qi_base::{Diagnostic, Span, Text};

pub fn impl_for_parameter(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0326",
        span,
        Text::new("不能给类型参数本身添加方法", "methods cannot be added to a type parameter"),
        Text::new("写一个具体的类型，或实现一个特性", "name a type, or implement a trait"),
    )
}
