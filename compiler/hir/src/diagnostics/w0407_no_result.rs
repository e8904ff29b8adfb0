//! W0407: a variable for the result of a call that has none.

use qi_base::{Diagnostic, Edit, Span, Text};

/// `done`: the method of the same type that gives a changed copy (已排序 for 排序), and the name it would replace.
pub fn no_result(span: Span, name: &str, variable: &str, done: Option<(Span, String)>) -> Diagnostic {
    let title = Text::new(
        format!("“{name}”没有结果，“{variable}”里只有“空”"),
        format!("`{name}` has no result: all that `{variable}` holds is 空"),
    );
    let label = Text::new("这个调用没有结果", "this call has no result");
    let diagnostic = Diagnostic::warning("W0407", span, title, label);
    let Some((at, done)) = done else { return diagnostic };
    let text = Text::new(
        format!("“{name}”就地修改；要改好的副本，写“{done}”"),
        format!("`{name}` changes it in place; a changed copy is made by `{done}`"),
    );
    diagnostic.with_fix(text, vec![Edit { span: at, text: done }], false)
}
