//! E0116: a reserved word used as a name.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0116";

/// `函数 加一(自己, 甲: 整数)`; `all` reaches to the next parameter.
pub(crate) fn self_as_parameter(word: Span, all: Span) -> Diagnostic {
    let title = Text::new("“自己”不写成参数", "`自己` is no parameter");
    let label = Text::new("方法里直接用“自己”", "a method simply has its `自己`");
    let edit = Edit { span: all, text: String::new() };
    Diagnostic::error(CODE, word, title, label).with_fix(Text::new("删除它", "remove it"), vec![edit], true)
}

pub(crate) fn reserved_word(span: Span, word: &str) -> Diagnostic {
    let title =
        Text::new(format!("“{word}”是保留字，不能作名字"), format!("`{word}` is reserved and cannot be a name"));
    let raw = format!("『{word}』");
    let fix = Text::new(format!("写成 {raw}，或换一个名字"), format!("write {raw} or choose another name"));
    Diagnostic::error(CODE, span, title, Text::new("这里需要一个名字", "a name is needed here")).with_fix(
        fix,
        vec![Edit { span, text: raw }],
        false,
    )
}
