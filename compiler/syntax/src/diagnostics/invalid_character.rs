//! E0101: a character that cannot stand in code.

use super::either_range;
use crate::punct;
use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0101";

pub(crate) fn invalid_character(span: Span, c: char) -> Diagnostic {
    let code_point = format!("U+{:04X}", c as u32);
    if punct::is_invisible(c) {
        let title = Text::new(
            format!("代码里有看不见的字符 {code_point}"),
            format!("invisible character {code_point} in code"),
        );
        let label = Text::new("这里藏着一个不可见字符", "an invisible character hides here");
        let remove = vec![Edit { span, text: String::new() }];
        return Diagnostic::error(CODE, span, title, label).with_fix(Text::new("删除它", "remove it"), remove, true);
    }
    let title = Text::new(format!("不认识的字符“{c}”"), format!("unknown character `{c}`"));
    let label = Text::new("代码里不能用这个字符", "this character cannot stand in code");
    let diagnostic = Diagnostic::error(CODE, span, title, label);
    match replacement(c) {
        Some(text) => {
            let edits = vec![Edit { span, text: text.into() }];
            let fix = Text::new(format!("改成“{text}”"), format!("write `{text}`"));
            diagnostic.with_fix(fix, edits, sign_of_arithmetic(c).is_some())
        }
        None => diagnostic,
    }
}

/// Between the letters of a name.
pub(crate) fn invalid_in_name(span: Span, c: char) -> Diagnostic {
    if punct::is_invisible(c) {
        return invalid_character(span, c);
    }
    let title = Text::new(format!("名字里不能有“{c}”"), format!("`{c}` cannot be part of a name"));
    let label = Text::new("名字由文字、数字和“_”组成", "names consist of letters, digits and `_`");
    let edits = vec![Edit { span, text: "_".into() }];
    Diagnostic::error(CODE, span, title, label)
        .with_fix(Text::new("改成“_”", "write `_`"), edits, false)
        .with_note(Text::new("取成员写“.”", "members are reached with `.`"))
}

/// What a sign of arithmetic is here.
pub(crate) fn sign_of_arithmetic(c: char) -> Option<&'static str> {
    Some(match c {
        '×' => "*",
        '÷' => "/",
        '≤' | '≦' => "<=",
        '≥' | '≧' => ">=",
        '≠' => "!=",
        _ => return None,
    })
}

fn replacement(c: char) -> Option<&'static str> {
    Some(match c {
        '·' | '・' | '•' => ".",
        '「' | '」' | '＂' | '„' | '«' | '»' => "\"",
        '＇' => "'",
        _ if sign_of_arithmetic(c).is_some() => return sign_of_arithmetic(c),
        '—' | '−' | '–' => "-",
        '〈' => "<",
        '〉' => ">",
        '〔' => "[",
        '〕' => "]",
        _ => return None,
    })
}

/// `6 → 打印("六")`; `meant` is the arrow of ours.
pub(crate) fn wide_arrow(span: Span, c: char, meant: &str, is_certain: bool) -> Diagnostic {
    let title = Text::new(format!("不认识的字符“{c}”"), format!("unknown character `{c}`"));
    let label = Text::new(format!("箭头写“{meant}”"), format!("the arrow is written `{meant}`"));
    let fix = Text::new(format!("改成“{meant}”"), format!("write `{meant}`"));
    Diagnostic::error(CODE, span, title, label).with_fix(fix, vec![Edit { span, text: meant.to_owned() }], is_certain)
}

/// `0…9`
pub(crate) fn ellipsis(span: Span, c: char) -> Diagnostic {
    let title = Text::new(format!("不认识的字符“{c}”"), format!("unknown character `{c}`"));
    either_range(CODE, span, title)
}

/// `「你好」`
pub(crate) fn corner_quotes(all: Span, inner: &str) -> Diagnostic {
    let title = Text::new("字符串不用“「」”", "a string is not written in `「」`");
    let label = Text::new("用双引号", "use double quotes");
    let meant = format!("\"{inner}\"");
    let fix = Text::new(format!("写成 {meant}"), format!("write {meant}"));
    Diagnostic::error(CODE, all, title, label).with_fix(fix, vec![Edit { span: all, text: meant }], true)
}

/// "```qi", pasted with the program.
pub(crate) fn fence(line: Span) -> Diagnostic {
    let title = Text::new("“```”是文档的标记，不属于程序", "a fence of Markdown is no part of a program");
    let label = Text::new("删除这一行", "remove this line");
    let edit = Edit { span: line, text: String::new() };
    Diagnostic::error(CODE, line, title, label.clone()).with_fix(label, vec![edit], true)
}

/// `# 说明`; `is_certain`: it cannot be a directive either.
pub(crate) fn comment_of_scripts(mark: Span, is_certain: bool) -> Diagnostic {
    let title = Text::new("不认识的字符“#”", "unknown character `#`");
    let label = Text::new("注释以“//”开头", "a comment begins with `//`");
    let fix = Text::new("改成“//”", "write `//`");
    Diagnostic::error(CODE, mark, title, label).with_fix(fix, vec![Edit { span: mark, text: "//".into() }], is_certain)
}
