//! W0404: a name in a pattern that nobody reads and that is nearly a variant.

use qi_base::{Diagnostic, Edit, Span, Text};

/// `捕获 除零 {…}`
pub fn catch_all_like_type(span: Span, name: &str) -> Diagnostic {
    let title = Text::new(
        format!("这里的“{name}”是一个新名字，捕获一切错误"),
        format!("`{name}` is a new name here and catches every error"),
    );
    let fix = Text::new(format!("只捕获这一种：写成“e: {name}”"), format!("catch only these: write `e: {name}`"));
    let edit = Edit { span, text: format!("e: {name}") };
    Diagnostic::warning("W0404", span, title, Text::new("不是类型", "no type")).with_fix(fix, vec![edit], false)
}

/// `选择 { 情况 x = <-通: … }` where there is an x already.
pub fn received_into_new_name(span: Span, name: &str, equals: Span) -> Diagnostic {
    let title = Text::new(
        format!("“{name}”是一个新名字，外面的“{name}”不变"),
        format!("`{name}` is a new name; the one outside stays as it is"),
    );
    let fix = Text::new("新名字写成“:=”", "write `:=` for a new name");
    let edit = Edit { span: equals, text: ":=".to_owned() };
    Diagnostic::warning("W0404", span, title, Text::new("只在这个分支里", "only in this arm"))
        .with_fix(fix, vec![edit], false)
        .with_note(Text::new("要改外面的变量，在分支里赋值", "assign to the variable outside in the arm's body"))
}

pub fn binding_like_variant(span: Span, name: &str, enum_name: &str, similar: &str) -> Diagnostic {
    let title = Text::new(
        format!("“{name}”不是“{enum_name}”的变体，在这里匹配一切"),
        format!("`{name}` is no variant of `{enum_name}` and matches everything here"),
    );
    Diagnostic::warning("W0404", span, title, Text::new("这是一个新名字", "this is a new name"))
        .with_similar(span, Some(similar))
        .with_note(Text::new("有意匹配其余一切时，写 _", "write _ to match all that is left"))
}
