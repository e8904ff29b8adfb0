//! E0401: a 匹配 that does not cover every value.

use qi_base::{Diagnostic, Span, Text};

pub fn nonexhaustive_match(span: Span, missing: &[String]) -> Diagnostic {
    let (list, listed) = (missing.join("、"), missing.join(", "));
    Diagnostic::error(
        "E0401",
        span,
        Text::new(format!("匹配不穷尽：没有覆盖 {list}"), format!("match is not exhaustive: {listed} not covered")),
        Text::new("遗漏了情况", "cases are missing"),
    )
    .with_note(Text::new("补上这些情况，或者加一个“_ => …”", "add the missing cases, or `_ => …`"))
}
