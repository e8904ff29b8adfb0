//! E0107: brackets that do not pair.

use super::missing_sign;
use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0107";

/// `at` is the empty place where the closing bracket should stand; `insert` is what to write there.
pub(crate) fn missing_close(at: Span, open: Span, insert: &str, is_certain: bool) -> Diagnostic {
    let close = insert.trim();
    let title = Text::new(format!("括号不配对：缺少“{close}”"), format!("unbalanced brackets: missing `{close}`"));
    let label = Text::new(format!("这里应有“{close}”"), format!("`{close}` expected here"));
    let fix = Text::new(format!("补上“{close}”"), format!("add `{close}`"));
    Diagnostic::error(CODE, at, title, label)
        .with_label(open, Text::new("与这个括号配对", "to match this bracket"))
        .with_fix(fix, vec![Edit { span: at, text: insert.into() }], is_certain)
}

/// `坏字符 字符)`; `at` is the empty place where the opening parenthesis should stand, `gap` the blank there.
pub(crate) fn missing_open(at: Span, gap: Span, close: Span, is_certain: bool) -> Diagnostic {
    missing_open_at(at, Edit { span: gap, text: "(".into() }, close, is_certain)
}

/// `变量 列 = 1, 2]`, `变量 表 = "甲": 1}`: `insert` is what to write at the empty place `at`.
pub(crate) fn missing_open_bracket(at: Span, insert: &str, close: Span, is_certain: bool) -> Diagnostic {
    missing_open_at(at, Edit { span: at, text: insert.into() }, close, is_certain)
}

fn missing_open_at(at: Span, edit: Edit, close: Span, is_certain: bool) -> Diagnostic {
    let open = edit.text.trim();
    let title = Text::new(format!("括号不配对：缺少“{open}”"), format!("unbalanced brackets: missing `{open}`"));
    let fix = Text::new(format!("补上“{open}”"), format!("add `{open}`"));
    Diagnostic::error(CODE, at, title, Text::new(format!("这里应有“{open}”"), format!("`{open}` expected here")))
        .with_label(close, Text::new("与这个括号配对", "to match this bracket"))
        .with_fix(fix, vec![edit], is_certain)
}

/// `通道整数>(1)`; `is_certain`: the name can be parted in one way only.
pub(crate) fn missing_less(at: Span, is_certain: bool) -> Diagnostic {
    let title = Text::new("括号不配对：缺少“<”", "unbalanced brackets: missing `<`");
    missing_sign(CODE, at, title, "<", is_certain)
}

/// `数组<整数(3)`, `变量 列: [数组<整数] = []`
pub(crate) fn missing_greater(at: Span) -> Diagnostic {
    let title = Text::new("括号不配对：缺少“>”", "unbalanced brackets: missing `>`");
    missing_sign(CODE, at, title, ">", true)
}

/// A block whose `}` never comes: shown at its opening brace.
pub(crate) fn unclosed_block(open: Span, at: Span) -> Diagnostic {
    let title = Text::new("括号不配对：缺少“}”", "unbalanced brackets: missing `}`");
    Diagnostic::error(CODE, open, title, Text::new("这个“{”没有配对的“}”", "this `{` has no `}`"))
        .with_label(at, Text::new("到这里还没有结束", "still open here"))
}

/// As [`unclosed_block`] of `outer`; the indentation shows that the `}` of `open` is the one that is missing.
pub(crate) fn unclosed_block_within(open: Span, close: Span, outer: Span) -> Diagnostic {
    let title = Text::new("括号不配对：缺少“}”", "unbalanced brackets: missing `}`");
    let label = Text::new("这个“{”看来没有配对的“}”", "this `{` seems to have no `}`");
    let later = Text::new("这个“}”的缩进与它对不上", "this `}` is not indented like it");
    Diagnostic::error(CODE, open, title, label)
        .with_label(close, later)
        .with_label(outer, Text::new("结果这个“{”没有结束", "so this `{` never ends"))
}

pub(crate) fn wrong_close(found: Span, open: Span, close: &str) -> Diagnostic {
    let title = Text::new(format!("括号不配对：应为“{close}”"), format!("mismatched bracket: `{close}` expected"));
    let fix = Text::new(format!("改成“{close}”"), format!("write `{close}`"));
    Diagnostic::error(CODE, found, title, Text::new("这个括号与开头的不同类", "this bracket is of another kind"))
        .with_label(open, Text::new("与这个括号配对", "to match this bracket"))
        .with_fix(fix, vec![Edit { span: found, text: close.into() }], true)
}

pub(crate) fn stray_close(found: Span, text: &str) -> Diagnostic {
    let title = Text::new(format!("括号不配对：多余的“{text}”"), format!("unbalanced brackets: stray `{text}`"));
    Diagnostic::error(CODE, found, title, Text::new("没有与它配对的括号", "nothing opens it")).with_fix(
        Text::new("删除它", "remove it"),
        vec![Edit { span: found, text: String::new() }],
        false,
    )
}

/// As [`stray_close`] of `found`; the indentation shows that `suspect` is the one too many.
pub(crate) fn stray_close_before(suspect: Span, found: Span) -> Diagnostic {
    let title = Text::new("括号不配对：多余的“}”", "unbalanced brackets: stray `}`");
    let label = Text::new("这里看来多了一个“}”", "this `}` seems to be one too many");
    Diagnostic::error(CODE, suspect, title, label)
        .with_label(found, Text::new("结果这个“}”没有与它配对的括号", "so nothing opens this `}`"))
        .with_fix(Text::new("删除它", "remove it"), vec![Edit { span: suspect, text: String::new() }], false)
}

/// The second brace of `}} 否则 {`, which closes what begins at `open`.
pub(crate) fn premature_close(found: Span, open: Span) -> Diagnostic {
    let title = Text::new("括号不配对：多余的“}”", "unbalanced brackets: stray `}`");
    let label = Text::new("这里看来多了一个“}”", "this `}` seems to be one too many");
    Diagnostic::error(CODE, found, title, label)
        .with_label(open, Text::new("结果这个“{”在那里就结束了", "so this `{` ends there"))
        .with_fix(Text::new("删除它", "remove it"), vec![Edit { span: found, text: String::new() }], false)
}
