//! E0351: a type of which no value can ever be built.

use qi_base::{Diagnostic, Span, Text};

/// `path` leads from the type to itself.
pub fn endless_type(span: Span, name: &str, path: &str, is_enum: bool) -> Diagnostic {
    let title = Text::new(
        format!("造不出“{name}”的值：先要有一个“{name}”"),
        format!("no value of `{name}` can be built: it takes one to begin with"),
    );
    let label = Text::new(format!("这里又需要一个：{path}"), format!("another one is needed here: {path}"));
    let note = if is_enum {
        Text::new(
            "加一个不含自己的变体，或者把这里写成可选（T?）、数组（[T]）",
            "add a variant without itself, or make this optional (T?) or an array ([T])",
        )
    } else {
        Text::new(
            "把这里写成可选（T?）或数组（[T]），没有下一个时就是 无 或 []",
            "make this optional (T?) or an array ([T]): where there is no next one it is 无 or []",
        )
    };
    Diagnostic::error("E0351", span, title, label).with_note(note)
}
