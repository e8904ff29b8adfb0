//! E0223: two things of one name in one scope.

use qi_base::{Diagnostic, Span, Text};

pub fn duplicate_definition(span: Span, name: &str, first: Span) -> Diagnostic {
    Diagnostic::error(
        "E0223",
        span,
        Text::new(format!("“{name}”在同一个范围里重复定义"), format!("`{name}` is defined twice in the same scope")),
        Text::new("第二次定义", "second definition"),
    )
    .with_label(first, Text::new("第一次定义在这里", "first defined here"))
}

/// In one block.
pub fn local_twice(span: Span, name: &str, first: Span) -> Diagnostic {
    duplicate_definition(span, name, first).with_note(Text::new(
        format!("要改变已有变量的值，直接写“{name} = …”"),
        format!("to change the value of the existing one write `{name} = …`"),
    ))
}

/// Two `::*` bring different things of one name. `used`: where it is meant, which is the second import itself if that
/// passes the name on.
pub fn two_stars(used: Span, name: &str, imports: [Span; 2]) -> Diagnostic {
    let [first, second] = imports;
    let label_second = Text::new("第二处", "the second");
    let (label, other) = match used == second {
        true => (label_second, None),
        false => (Text::new("不知是哪一个", "which one?"), Some((second, label_second))),
    };
    let text = Text::new(
        format!("两处“::*”带来不同的“{name}”"),
        format!("two imports with `::*` bring different things called `{name}`"),
    );
    let diagnostic = Diagnostic::error("E0223", used, text, label).with_label(first, Text::new("第一处", "the first"));
    let diagnostic = other.into_iter().fold(diagnostic, |it, (span, label)| it.with_label(span, label));
    diagnostic.with_note(Text::new(
        format!("把要用的那一个写明：“导入 模块::{{{name}}}”"),
        format!("name the one that is meant: `导入 module::{{{name}}}`"),
    ))
}
