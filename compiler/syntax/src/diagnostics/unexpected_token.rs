//! E0108: something else was expected here.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0108";

pub(crate) fn unexpected_token(span: Span, expected: &Text, found: &Text) -> Diagnostic {
    let title = Text::new(
        format!("这里应为{}，却是{}", expected.zh, found.zh),
        format!("expected {}, found {}", expected.en, found.en),
    );
    let label = Text::new(format!("应为{}", expected.zh), format!("expected {}", expected.en));
    Diagnostic::error(CODE, span, title, label)
}

/// `变量 x 整数`
pub(crate) fn missing_colon(at: Span) -> Diagnostic {
    let title = Text::new("名字和类型之间缺少“:”", "missing `:` between a name and its type");
    Diagnostic::error(CODE, at, title, Text::new("这里应有“:”", "`:` expected here")).with_fix(
        Text::new("补上“:”", "add `:`"),
        vec![Edit { span: at, text: ":".into() }],
        true,
    )
}

/// Something stands where nothing can.
pub(crate) fn misplaced(span: Span, found: &Text) -> Diagnostic {
    let title = Text::new(format!("{}不能放在这里", found.zh), format!("{} cannot stand here", found.en));
    Diagnostic::error(CODE, span, title, Text::new("不该出现在这里", "not expected here"))
}

/// 尝试 without 捕获 and 最终.
pub(crate) fn missing_handler(keyword: Span, end: Span) -> Diagnostic {
    let title = Text::new("“尝试”后面缺少“捕获”或“最终”", "`尝试` lacks `捕获` or `最终`");
    Diagnostic::error(
        CODE,
        keyword,
        title,
        Text::new("这里开始的块没有人处理错误", "nobody handles errors of this block"),
    )
    .with_fix(
        Text::new("加上“捕获 e { … }”", "add `捕获 e { … }`"),
        vec![Edit { span: end, text: " 捕获 e { 打印(e) }".into() }],
        false,
    )
}

/// `【` where `{` belongs.
pub(crate) fn with_wide_brackets(diagnostic: Diagnostic) -> Diagnostic {
    diagnostic
        .with_note(Text::new("“【】”就是“[]”；花括号写“{ }”或“｛ ｝”", "`【】` is `[]`; braces are `{ }` or `｛ ｝`"))
}
