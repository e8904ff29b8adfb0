//! E0305: a call has too many or too few arguments.

use qi_base::{Diagnostic, Span, Text};

pub fn argument_count(
    span: Span,
    name: Option<&str>,
    min: usize,
    max: usize,
    found: usize,
    declared: Option<Span>,
) -> Diagnostic {
    let wanted = match max {
        _ if min == max => format!("{min}"),
        usize::MAX => format!("≥ {min}"),
        _ => format!("{min}–{max}"),
    };
    let callee = name.map_or(String::new(), |it| format!("“{it}”"));
    let callee_en = name.map_or("this call".to_owned(), |it| format!("`{it}`"));
    let diagnostic = Diagnostic::error(
        "E0305",
        span,
        Text::new(
            format!("{callee}参数个数不对：需要 {wanted} 个，给了 {found} 个"),
            format!("{callee_en} takes {wanted} arguments, {found} given"),
        ),
        Text::new(format!("给了 {found} 个参数"), format!("{found} arguments")),
    );
    match declared {
        Some(at) => diagnostic.with_label(at, Text::new("函数在这里声明", "the function is declared here")),
        None => diagnostic,
    }
}
