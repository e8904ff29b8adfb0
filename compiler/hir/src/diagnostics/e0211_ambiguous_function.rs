//! E0211: a name that means several functions, and nothing tells which: an overloaded function as a value, a method of two
//! traits.

use qi_base::{Diagnostic, Span, Text};

pub fn ambiguous_function(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0211",
        span,
        Text::new(
            "这个名字有多个重载，不知道指哪一个",
            "this name has several overloads and nothing tells which is meant",
        ),
        Text::new("写成闭包来指明", "write a closure that calls the one you mean"),
    )
}

pub fn ambiguous_method(span: Span, name: &str, [first, second]: [&str; 2]) -> Diagnostic {
    Diagnostic::error(
        "E0211",
        span,
        Text::new(
            format!("方法“{name}”有歧义：特性“{first}”和“{second}”里都有"),
            format!("the method `{name}` is ambiguous: both `{first}` and `{second}` have it"),
        ),
        Text::new("不知道指哪一个", "nothing tells which is meant"),
    )
    .with_note(Text::new(
        format!("用特性的名字指明：“{first}.{name}(值)”"),
        format!("name the trait: `{first}.{name}(value)`"),
    ))
}
