//! E0311: a type or function gets the wrong number of type arguments.

use qi_base::{Diagnostic, Span, Text};

pub fn generic_count(span: Span, name: &str, min: usize, max: usize, found: usize) -> Diagnostic {
    let wanted = if min == max { format!("{min}") } else { format!("{min}–{max}") };
    let diagnostic = Diagnostic::error(
        "E0311",
        span,
        Text::new(
            format!("“{name}”需要 {wanted} 个类型参数，给了 {found} 个"),
            format!("`{name}` takes {wanted} type arguments, {found} given"),
        ),
        Text::new("类型参数个数不对", "wrong number of type arguments"),
    );
    if found > 0 {
        return diagnostic;
    }
    let example = vec!["整数"; min].join(", ");
    diagnostic.with_note(Text::new(format!("例如“{name}<{example}>”"), format!("for example `{name}<{example}>`")))
}
