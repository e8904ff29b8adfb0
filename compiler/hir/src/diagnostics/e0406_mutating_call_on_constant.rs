//! E0406: a method that changes its receiver, called on a 常量.

use qi_base::{Diagnostic, Span, Text};

pub fn mutating_call_on_constant(span: Span, method: &str, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(
        "E0406",
        span,
        Text::new(
            format!("不能对常量“{name}”调用“{method}”：它会修改自己"),
            format!("cannot call `{method}` on the constant `{name}`: it changes its receiver"),
        ),
        Text::new("这个方法会修改自己", "this method changes its receiver"),
    )
    .with_label(declared, Text::new("声明为常量；需要修改时用“变量”", "declared as 常量; use 变量 to change it"))
}
