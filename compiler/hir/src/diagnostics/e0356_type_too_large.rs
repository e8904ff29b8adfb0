//! E0356: a type with thousands of parts, or nested hundreds of levels deep.

use qi_base::{Diagnostic, Span, Text};

pub fn type_too_large(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0356",
        span,
        Text::new("这里的类型太大", "the type here is too large"),
        Text::new("它有几千个部分，或者套了几百层", "it has thousands of parts, or nests hundreds of levels deep"),
    )
    .with_note(Text::new(
        "每一步都把类型放大一倍，很快就写不完：用“类型”给中间的一层起名字，或者用数组",
        "doubling a type at each step soon has no end: name a layer in between with `类型`, or use an array",
    ))
}
