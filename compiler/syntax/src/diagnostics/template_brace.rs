//! E0115: braces of a template that do not make a hole.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0115";

pub(crate) fn lone_close_brace(span: Span) -> Diagnostic {
    let title = Text::new("模板里有单独的“}”", "a lone `}` in a template");
    let fix = Text::new("要显示“}”就写“}}”", "write `}}` to show one");
    Diagnostic::error(CODE, span, title, Text::new("没有与它配对的“{”", "no `{` opens it")).with_fix(
        fix,
        vec![Edit { span, text: "}}".into() }],
        true,
    )
}

pub(crate) fn empty_hole(span: Span) -> Diagnostic {
    let title = Text::new("模板的花括号里没有表达式", "empty hole in a template");
    Diagnostic::error(CODE, span, title, Text::new("这里应有一个表达式", "an expression is needed here"))
        .with_note(Text::new("要显示花括号就写“{{”和“}}”", "write `{{` and `}}` to show braces"))
}

/// `f"值 {数"`; `at` is where the hole was to end.
pub(crate) fn unclosed_hole(open: Span, at: Span) -> Diagnostic {
    let title = Text::new("模板的花括号没有结束", "unclosed hole in a template");
    let label = Text::new("这个“{”没有配对的“}”", "this `{` has no `}`");
    let fix = Text::new("补上“}”", "add `}`");
    Diagnostic::error(CODE, open, title, label).with_fix(fix, vec![Edit { span: at, text: "}".into() }], true)
}
