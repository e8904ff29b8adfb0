//! E0402: an arm that the arms above leave nothing to match.

use qi_base::{Diagnostic, Span, Text};

pub fn unreachable_arm(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0402",
        span,
        Text::new("这个分支永远不会匹配", "this arm can never match"),
        Text::new("前面的分支已经覆盖了它", "covered by the arms above"),
    )
}

/// `1 | 1 => …`
pub fn unreachable_alternative(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0402",
        span,
        Text::new("“|”的这一项永远不会匹配", "this part of the pattern can never match"),
        Text::new("前面已经覆盖了它", "covered by what stands before it"),
    )
}

/// An arm above is a name alone, which may be meant as a variable to compare with.
pub fn covered_by_new_name(diagnostic: Diagnostic, span: Span, name: &str) -> Diagnostic {
    let label = Text::new(
        format!("“{name}”在模式里是新的名字，什么都匹配"),
        format!("in a pattern `{name}` is a new name, which matches everything"),
    );
    let note = Text::new(
        format!("要和变量“{name}”比较，写“x 如果 x == {name} => …”"),
        format!("to compare with a variable `{name}`, write `x 如果 x == {name} => …`"),
    );
    diagnostic.with_label(span, label).with_note(note)
}

/// `9..=1 => …`
pub fn empty_range_arm(span: Span) -> Diagnostic {
    let mut diagnostic = unreachable_arm(span);
    diagnostic.labels[0].text =
        Text::new("这个区间是空的：开头比结尾大", "this range is empty: it begins behind its end");
    diagnostic
}

/// Says that the arm is covered by a name that is no variant.
pub fn covered_by_name(
    diagnostic: Diagnostic,
    span: Span,
    name: &str,
    enum_name: &str,
    similar: Option<&str>,
) -> Diagnostic {
    let diagnostic = diagnostic.with_label(
        span,
        Text::new(
            format!("“{name}”不是“{enum_name}”的变体，匹配一切"),
            format!("`{name}` is no variant of `{enum_name}` and matches everything"),
        ),
    );
    diagnostic.with_similar(span, similar)
}

pub fn unreachable_catch(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0402",
        span,
        Text::new("这个“捕获”永远不会执行", "this `捕获` is never executed"),
        Text::new("前面的“捕获”已经捕获了这些错误", "an earlier `捕获` takes these errors"),
    )
}
