//! E0316: fields of a struct literal or pattern that do not fit the type.

use qi_base::{Diagnostic, Span, Text};

pub fn unknown_field(span: Span, ty: &str, name: &str, similar: Option<&str>) -> Diagnostic {
    Diagnostic::error(
        "E0316",
        span,
        Text::new(format!("“{ty}”没有字段“{name}”"), format!("`{ty}` has no field `{name}`")),
        Text::new("没有这个字段", "no such field"),
    )
    .with_similar(span, similar)
    .about_members_of(ty, Some(name))
}

pub fn duplicate_field(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0316",
        span,
        Text::new(format!("字段“{name}”写了两次"), format!("the field `{name}` is given twice")),
        Text::new("第二次", "second time"),
    )
}

pub fn missing_fields(span: Span, ty: &str, names: &[&str]) -> Diagnostic {
    let (list, listed) = (names.join("、"), names.join(", "));
    Diagnostic::error(
        "E0316",
        span,
        Text::new(format!("“{ty}”缺少字段：{list}"), format!("`{ty}` lacks the fields: {listed}")),
        Text::new("字段没有写全", "not all fields are given"),
    )
    .with_note(Text::new(
        "字段没有默认的零值：在声明里写“名: 类型 = 值”的字段才可以省略",
        "fields have no zero value by themselves: only those declared with `name: type = value` may be left out",
    ))
    .about_members_of(ty, None)
}

/// Some of them are private to another module; `maker`: a function of that module that gives the type.
pub fn hidden_fields(diagnostic: Diagnostic, maker: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic { notes: Vec::new(), ..diagnostic };
    diagnostic.with_note(match maker {
        Some(name) => Text::new(
            format!("有的字段是私有的，这里不能写：用那个模块的“{name}()”来造"),
            format!("some fields are private and cannot be given here: make one with `{name}()` of that module"),
        ),
        None => Text::new(
            "有的字段是私有的，这里不能写：只有它的模块能造",
            "some fields are private and cannot be given here: only its module can make one",
        ),
    })
}

pub fn missing_pattern_fields(span: Span, names: &[&str]) -> Diagnostic {
    let (list, listed) = (names.join("、"), names.join(", "));
    Diagnostic::error(
        "E0316",
        span,
        Text::new(format!("模式没有提到字段：{list}"), format!("the pattern does not mention the fields: {listed}")),
        Text::new("写全字段，或以“..”结尾", "name all fields or end with `..`"),
    )
}

pub fn second_spread(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0316",
        span,
        Text::new("一个字面量里只能有一处“..”", "a literal can have one `..` only"),
        Text::new("第二处", "the second"),
    )
}
