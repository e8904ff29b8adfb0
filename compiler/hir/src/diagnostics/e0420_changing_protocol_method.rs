//! E0420: a method that operators, 打印 or dictionaries call changes 自己.

use qi_base::{Diagnostic, Span, Text};

pub fn changing_protocol_method(place: Span, method: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(
        "E0420",
        place,
        Text::new(format!("“{method}”不能修改自己"), format!("`{method}` must not change 自己")),
        Text::new("这里会修改自己", "this changes 自己"),
    )
    .with_label(
        declared,
        Text::new(
            "打印、运算符、字典和集合都会调用它，只为看一看",
            "printing, operators, dictionaries and sets call it just to look",
        ),
    )
    .with_note(Text::new("要改就先复制：变量 副本 = 自己", "copy first: 变量 副本 = 自己"))
}
