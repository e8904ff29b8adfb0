//! W0410: an option is compared with -1, which other languages give where nothing was found, or 无 with what is no option.

use qi_base::{Diagnostic, Edit, Span, Text};

/// `文.查找("x") == -1`
pub fn absence_as_number(number: Span, is_equality: bool) -> Diagnostic {
    let title = match is_equality {
        true => Text::new("这个比较总是假：没有时得到的是“无”", "this is always false: what is missing is `无`"),
        false => Text::new("这个比较总是真：没有时得到的是“无”", "this is always true: what is missing is `无`"),
    };
    let fix = Text::new("与“无”比较", "compare with `无`");
    Diagnostic::warning("W0410", number, title, Text::new("从来不是 -1", "is never -1")).with_fix(
        fix,
        vec![Edit { span: number, text: "无".to_owned() }],
        true,
    )
}

/// `3 == 无`
pub fn value_is_never_absent(value: Span, ty: &str, is_equality: bool) -> Diagnostic {
    let title = match is_equality {
        true => Text::new(
            format!("这个比较总是假：“{ty}”不是选项，总是有值"),
            format!("this is always false: `{ty}` is no option and always has a value"),
        ),
        false => Text::new(
            format!("这个比较总是真：“{ty}”不是选项，总是有值"),
            format!("this is always true: `{ty}` is no option and always has a value"),
        ),
    };
    Diagnostic::warning("W0410", value, title, Text::new("从来不是 无", "is never 无"))
}
