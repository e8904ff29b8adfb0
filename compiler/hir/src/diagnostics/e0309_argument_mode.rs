//! E0309: 可变 is missing or too many at a call.

use qi_base::{Diagnostic, Edit, Span, Text};

pub fn argument_mode(span: Span, name: &str, wants_in_out: bool) -> Diagnostic {
    if wants_in_out {
        let title = match name {
            "" => Text::new("这个参数是“可变”的，调用处也要写“可变”", "this parameter is 可变: the call must say so"),
            _ => Text::new(
                format!("参数“{name}”是“可变”的，调用处也要写“可变”"),
                format!("the parameter `{name}` is 可变: the call must say so"),
            ),
        };
        return Diagnostic::error("E0309", span, title, Text::new("这里要写“可变”", "write 可变 here"));
    }
    Diagnostic::error(
        "E0309",
        span,
        Text::new("这个参数不是“可变”的", "this parameter is not 可变"),
        Text::new("去掉“可变”", "remove 可变"),
    )
}

/// For an argument that can be changed.
pub fn with_mutable(diagnostic: Diagnostic, argument: Span) -> Diagnostic {
    let edit = Edit { span: argument.before(), text: "可变 ".to_owned() };
    diagnostic.with_fix(Text::new("加上“可变”", "add 可变"), vec![edit], true)
}
