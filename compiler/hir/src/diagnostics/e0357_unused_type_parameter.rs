//! E0357: a type parameter of an implementation that neither its type nor its trait mentions.

use qi_base::{Diagnostic, Span, Text};

pub fn unused_type_parameter(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0357",
        span,
        Text::new(format!("不知道“{name}”是什么类型"), format!("nothing says what `{name}` is")),
        Text::new("实现的类型和特性里都没有用到它", "neither the type nor the trait of the implementation mentions it"),
    )
    .with_note(Text::new(
        format!("只有一个方法要用的，写在方法的名字后面：函数 做<{name}>(…)"),
        format!("if one method needs it, write it after its name: 函数 做<{name}>(…)"),
    ))
}
