//! E0112: an expression is missing.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0112";

pub(crate) fn missing_expression(span: Span, found: &Text) -> Diagnostic {
    let title =
        Text::new(format!("缺少表达式，却是{}", found.zh), format!("expected an expression, found {}", found.en));
    Diagnostic::error(CODE, span, title, Text::new("这里应有一个表达式", "an expression is needed here"))
}

/// `打印(_)`
pub(crate) fn wildcard_as_value(span: Span) -> Diagnostic {
    let title = Text::new("“_”里没有值", "`_` holds no value");
    let label = Text::new("它只用来丢掉一个值，读不出来", "it only takes a value that is not needed");
    Diagnostic::error(CODE, span, title, label)
}

/// `甲 > 1 且 < 5`; `operand` is what to write before `operator`, and whether that can only be meant.
pub(crate) fn missing_left_side(at: Span, operator: &str, operand: Option<(&str, bool)>) -> Diagnostic {
    let title = Text::new(format!("“{operator}”的左边缺少值"), format!("`{operator}` has no left side"));
    let label = Text::new("两边要各是一个完整的条件", "both sides must be conditions of their own");
    let diagnostic = Diagnostic::error(CODE, at, title, label);
    let Some((operand, is_certain)) = operand else { return diagnostic };
    let fix = Text::new(format!("再写一遍“{operand}”"), format!("write `{operand}` once more"));
    let edit = Edit { span: at.before(), text: format!("{operand} ") };
    diagnostic.with_fix(fix, vec![edit], is_certain)
}
