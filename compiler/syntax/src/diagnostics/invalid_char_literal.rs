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

/// `[',', ;']`: `literal` lacks its first quote.
pub(crate) fn missing_opening_quote(literal: Span, quote: char) -> Diagnostic {
    let title = Text::new("字符字面量缺少开头的引号", "a character literal without its opening quote");
    let label = Text::new(format!("前面应有 {quote}"), format!("{quote} expected before it"));
    let fix = Text::new(format!("补上 {quote}"), format!("add {quote}"));
    let edit = Edit { span: literal.before(), text: quote.to_string() };
    Diagnostic::error(CODE, literal, title, label).with_fix(fix, vec![edit], false)
}

/// `'''文'''`
pub(crate) fn triple_single_quotes(open: Span, close: Span) -> Diagnostic {
    let title = Text::new("没有 '''…''' 这种字符串", "there are no strings in '''");
    let label = Text::new("多行文字写在 \"\"\" 与 \"\"\" 之间", "text of several lines goes between \"\"\" and \"\"\"");
    let edits = [open, close].map(|span| Edit { span, text: "\"\"\"".into() }).to_vec();
    Diagnostic::error(CODE, open, title, label).with_fix(Text::new("写成 \"\"\"", "write \"\"\""), edits, true)
}
