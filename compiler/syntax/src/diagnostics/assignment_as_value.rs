//! E0117: an assignment where a value is needed.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0117";

pub(crate) fn assignment_as_value(operator: Span, is_plain: bool) -> Diagnostic {
    let title = Text::new("赋值不是表达式，没有值", "an assignment is not an expression");
    let label = Text::new("这里不能赋值", "no assignment can stand here");
    let diagnostic = Diagnostic::error(CODE, operator, title, label);
    if !is_plain {
        return diagnostic;
    }
    let edits = vec![Edit { span: operator, text: "==".into() }];
    diagnostic.with_fix(Text::new("比较用“==”", "comparison is `==`"), edits, false)
}

/// `打招呼(敬语 = 真)`; `gap` is the blank before the `=`.
pub(crate) fn named_argument(operator: Span, gap: Span, name: &str) -> Diagnostic {
    let title = Text::new("赋值不是表达式，没有值", "an assignment is not an expression");
    let label =
        Text::new(format!("指名的实参写成“{name}: 值”"), format!("a named argument is written `{name}: value`"));
    let fix = Text::new(format!("指名的实参写“{name}:”"), format!("name the argument with `{name}:`"));
    let edit = Edit { span: gap.to(operator), text: ":".into() };
    let compared = vec![Edit { span: operator, text: "==".into() }];
    Diagnostic::error(CODE, operator, title, label).with_fix(fix, vec![edit], false).with_fix(
        Text::new("比较用“==”", "comparison is `==`"),
        compared,
        false,
    )
}

/// `打印("a", end="")`; `edits` are the word before the parentheses and all of the argument, if nothing is to be printed at
/// the end.
pub(crate) fn end_of_line_argument(argument: Span, name: &str, edits: Option<(Span, Span)>) -> Diagnostic {
    let title = Text::new(format!("“打印”没有参数“{name}”"), format!("`打印` has no parameter `{name}`"));
    let label = match name {
        "end" => Text::new("“打印”总是换行；不换行用“输出”", "`打印` always ends the line; `输出` does not"),
        _ => Text::new(
            "值之间总是一个空格；要别的，用模板字符串",
            "a blank stands between the values; for anything else, use a template string",
        ),
    };
    let error = Diagnostic::error(CODE, argument, title, label);
    let Some((word, all)) = edits else { return error };
    let edits = vec![Edit { span: word, text: "输出".into() }, Edit { span: all, text: String::new() }];
    error.with_fix(Text::new("写成“输出(…)”", "write `输出(…)`"), edits, true)
}

/// `甲, 乙 = 乙, 甲`; `left` and `right` stand on the two sides.
pub(crate) fn several_assigned(comma: Span, left: (Span, &str), right: (Span, &str)) -> Diagnostic {
    let title = Text::new("几个名字一起赋值要写括号", "to assign several names at once takes parentheses");
    let meant = format!("({}) = ({})", left.1, right.1);
    let label = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    let edit = Edit { span: left.0.to(right.0), text: meant };
    Diagnostic::error(CODE, comma, title, label.clone()).with_fix(label, vec![edit], true)
}

/// `a = b = 3`
pub(crate) fn second_assignment(operator: Span) -> Diagnostic {
    let title = Text::new("赋值不是表达式，没有值", "an assignment is not an expression");
    let label =
        Text::new("一条语句只赋值一次：先“b = 3”，再“a = b”", "one assignment each: first `b = 3`, then `a = b`");
    Diagnostic::error(CODE, operator, title, label)
}

/// `如果 有(x) = o {`, at the pattern.
pub(crate) fn let_without_keyword(pattern: Span) -> Diagnostic {
    let title = Text::new("条件里的模式前面缺少“变量”", "a pattern in a condition needs `变量` before it");
    let label = Text::new("写成“变量 模式 = 值”", "write `变量 pattern = value`");
    let fix = Text::new("补上“变量”", "add `变量`");
    let edit = Edit { span: pattern.before(), text: "变量 ".into() };
    Diagnostic::error(CODE, pattern, title, label).with_fix(fix, vec![edit], true)
}
