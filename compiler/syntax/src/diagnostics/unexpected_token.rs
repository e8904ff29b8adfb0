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

/// `变量 x 3`
pub(crate) fn missing_equals(at: Span, is_certain: bool) -> Diagnostic {
    let title = Text::new("值的前面缺少“=”", "missing `=` before the value");
    Diagnostic::error(CODE, at, title, Text::new("这里应有“=”", "`=` expected here")).with_fix(
        Text::new("补上“=”", "add `=`"),
        vec![Edit { span: at, text: " =".into() }],
        is_certain,
    )
}

/// `函数 加(甲: 整数) 整数`
pub(crate) fn missing_result_colon(at: Span) -> Diagnostic {
    let title = Text::new("参数和结果类型之间缺少“:”", "missing `:` between the parameters and the result type");
    Diagnostic::error(CODE, at, title, Text::new("这里应有“:”", "`:` expected here")).with_fix(
        Text::new("补上“:”", "add `:`"),
        vec![Edit { span: at, text: ":".into() }],
        true,
    )
}

/// `函数 加(甲: 整数) => 整数 {`
pub(crate) fn arrow_before_result(arrow: Span) -> Diagnostic {
    let title = Text::new("结果类型前面写“:”", "the result type comes after a `:`");
    let label = Text::new("写成“:”", "write `:`");
    let edit = Edit { span: arrow, text: ":".into() };
    Diagnostic::error(CODE, arrow, title, label.clone()).with_fix(label, vec![edit], true)
}

/// `如果 甲 > 2 返回 1 }`
pub(crate) fn missing_brace(at: Span) -> Diagnostic {
    let title = Text::new("缺少“{”", "missing `{`");
    Diagnostic::error(CODE, at, title, Text::new("这里应有“{”", "`{` expected here")).with_fix(
        Text::new("补上“{”", "add `{`"),
        vec![Edit { span: at, text: " {".into() }],
        true,
    )
}

/// `整数 甲`; `keyword` is what else is missing before it.
pub(crate) fn type_before_name(ty: Span, name: Span, ty_text: &str, name_text: &str, keyword: &str) -> Diagnostic {
    let title = Text::new("类型写在名字后面，用“:”隔开", "the type is written after the name, with a `:` between them");
    let meant = format!("{keyword}{name_text}: {ty_text}");
    let label = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    let edit = Edit { span: ty.to(name), text: meant };
    Diagnostic::error(CODE, ty.to(name), title, label.clone()).with_fix(label, vec![edit], true)
}

/// `整数 加(甲: 整数) { … }`
pub(crate) fn function_without_keyword(name: Span, text: &str) -> Diagnostic {
    let title = Text::new(
        "声明函数要写“函数”，结果类型写在参数后面",
        "a function begins with `函数`, and its result type comes last",
    );
    let label = Text::new(format!("写成“函数 {text}(…): 类型”"), format!("write `函数 {text}(…): type`"));
    Diagnostic::error(CODE, name, title, label)
}

/// A word that is written otherwise here; nothing if it is left out.
pub(crate) fn wrong_word(diagnostic: Diagnostic, meant: &str) -> Diagnostic {
    let span = diagnostic.span();
    let text = match meant {
        "" => Text::new("删除它", "remove it"),
        _ => Text::new(format!("写成“{meant}”"), format!("write `{meant}`")),
    };
    diagnostic.with_fix(text, vec![Edit { span, text: meant.into() }], true)
}

/// `匹配 甲 { 情况 1: … }`
pub(crate) fn case_in_match(span: Span) -> Diagnostic {
    let title = Text::new("匹配的分支不用“情况”", "the arms of 匹配 take no `情况`");
    let label =
        Text::new("写成“模式 => 值”，其余的情形写“_ => 值”", "write `pattern => value`, and `_ => value` for the rest");
    Diagnostic::error(CODE, span, title, label)
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
