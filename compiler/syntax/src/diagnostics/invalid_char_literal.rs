//! E0105: a character literal that does not hold exactly one character.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0105";

pub(crate) fn invalid_char_literal(span: Span, inner: &str) -> Diagnostic {
    let title = if inner.is_empty() {
        Text::new("字符字面量是空的", "empty character literal")
    } else {
        Text::new("字符字面量里有不止一个字符", "a character literal holds one character")
    };
    let label = Text::new("这里应恰有一个字符", "exactly one character is needed here");
    let quoted = vec![Edit { span, text: format!("\"{inner}\"") }];
    Diagnostic::error(CODE, span, title, label).with_fix(
        Text::new("字符串用双引号", "a string takes double quotes"),
        quoted,
        false,
    )
}

pub(crate) fn unterminated_char(open: Span) -> Diagnostic {
    let title = Text::new("字符字面量没有结束", "unterminated character literal");
    let label = Text::new("这个引号没有配对", "this quote has no partner");
    Diagnostic::error(CODE, open, title, label)
}
