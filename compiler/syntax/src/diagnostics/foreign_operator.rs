//! E0120: an operator or keyword of other languages.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0120";

/// What is written instead; and whether it can stand in its place.
const MEANT: &[(&str, &str, bool)] = &[
    ("**", "底.幂(指数)", false),
    ("<>", "!=", true),
    ("===", "==", true),
    ("!==", "!=", true),
    ("++", " += 1", true),
    ("--", " -= 1", true),
    ("? :", "如果 条件 { 甲 } 否则 { 乙 }", false),
];

pub(crate) fn foreign_operator(span: Span, operator: &str) -> Diagnostic {
    let title = Text::new(format!("没有“{operator}”这个运算符"), format!("there is no operator `{operator}`"));
    let Some(&(_, meant, replaces)) = MEANT.iter().find(|it| it.0 == operator) else {
        return Diagnostic::error(CODE, span, title, Text::new("不认识的运算符", "unknown operator"));
    };
    let text = meant.trim_start();
    let label = Text::new(format!("写成“{text}”"), format!("write `{text}`"));
    let diagnostic = Diagnostic::error(CODE, span, title, label.clone());
    if replaces {
        return diagnostic.with_fix(label, vec![Edit { span, text: meant.to_owned() }], true);
    }
    diagnostic
}

/// `甲 大于 3`
pub(crate) fn foreign_word_operator(span: Span, word: &str, meant: &str) -> Diagnostic {
    let title = Text::new(format!("“{word}”不是运算符"), format!("`{word}` is no operator"));
    let label = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    Diagnostic::error(CODE, span, title, label.clone()).with_fix(
        label,
        vec![Edit { span, text: meant.to_owned() }],
        true,
    )
}

pub(crate) fn foreign_keyword(span: Span, word: &str, keyword: &str) -> Diagnostic {
    let title = Text::new(format!("“{word}”不是这里的关键字"), format!("`{word}` is not a keyword here"));
    let label = Text::new(format!("写成“{keyword}”"), format!("write `{keyword}`"));
    let edit = Edit { span, text: keyword.to_owned() };
    Diagnostic::error(CODE, span, title, label.clone()).with_fix(label, vec![edit], true)
}

/// `如果 甲 在 列 { … }`
pub(crate) fn membership(span: Span) -> Diagnostic {
    let title = Text::new("“在”不是运算符", "`在` is no operator");
    Diagnostic::error(CODE, span, title, Text::new("写成“列.包含(值)”", "write `list.包含(value)`"))
}
