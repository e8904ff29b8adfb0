//! E0118: the literal of a struct where `{` opens the block.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0118";

/// `literal` ends with its closing brace.
pub(crate) fn struct_literal_in_header(literal: Span) -> Diagnostic {
    let title = Text::new(
        "如果、当、对于、匹配后面的结构体字面量要加括号",
        "the literal of a struct in the header of 如果, 当, 对于 or 匹配 needs parentheses",
    );
    let label = Text::new("这里的“{”会被当作代码块的开头", "here `{` would open the block");
    let edits =
        vec![Edit { span: literal.before(), text: "(".into() }, Edit { span: literal.after(), text: ")".into() }];
    Diagnostic::error(CODE, literal, title, label).with_fix(Text::new("加上括号", "add parentheses"), edits, true)
}
