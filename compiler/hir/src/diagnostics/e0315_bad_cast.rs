//! E0315: a conversion that does not exist.

use qi_base::{Diagnostic, Span, Text};

pub fn bad_cast(span: Span, from: &str, to: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0315",
        span,
        Text::new(format!("类型“{from}”不能转换为“{to}”"), format!("the type `{from}` does not convert to `{to}`")),
        Text::new("没有这种转换", "no such conversion"),
    );
    match (from, to) {
        ("整数", "布尔") => diagnostic.with_note(Text::new("写出比较：“x != 0”", "write the comparison: `x != 0`")),
        ("布尔", "整数") => {
            diagnostic.with_note(Text::new("写“如果 x { 1 } 否则 { 0 }”", "write `如果 x { 1 } 否则 { 0 }`"))
        }
        ("字符串", "整数" | "浮点数") => diagnostic.with_note(Text::new(
            format!("读出文字里的数：“{to}(x)?”，或“字符串转{to}(x)”"),
            format!("to read the number in a text: `{to}(x)?` or `字符串转{to}(x)`"),
        )),
        _ if from.strip_suffix('?').is_some_and(|it| it != to) => diagnostic.with_note(Text::new(
            "可能没有值：先用“?? 默认值”、“如果 变量 x = …”或“!”取出",
            "the value may be missing: take it out with `?? default`, `如果 变量 x = …` or `!` first",
        )),
        (_, "字符串") => diagnostic.with_note(Text::new("写“x.转字符串()”", "write `x.转字符串()`")),
        _ => diagnostic,
    }
}
