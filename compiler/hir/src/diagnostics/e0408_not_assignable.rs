//! E0408: an assignment to something that is no variable or part of one.

use qi_base::{Diagnostic, Span, Text};

pub fn not_assignable(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0408",
        span,
        Text::new("不能给它赋值", "this cannot be assigned to"),
        Text::new("这不是变量，也不是变量的一部分", "neither a variable nor part of one"),
    )
}

/// `甲.乙?.丙 = 1`
pub fn optional_chain_assignment(span: Span) -> Diagnostic {
    not_assignable(span).with_note(Text::new(
        "“?.”得到的是副本：有值才改写成“如果 变量 x = …”再写回，一定有值写“….乙!.丙 = …”",
        "`?.` gives a copy: change the value inside `如果 变量 x = …` and write it back, or write `….b!.c = …`",
    ))
}

pub fn text_element_assignment(span: Span) -> Diagnostic {
    Diagnostic::error(
        "E0408",
        span,
        Text::new("不能给字符串的一部分赋值", "a part of a text cannot be assigned to"),
        Text::new("字符串的字符不能单独修改", "the characters of a text cannot be changed one by one"),
    )
    .with_note(Text::new(
        "用“替换”或拼接得到新的字符串，或用“字符们()”得到数组",
        "make a new text with 替换 or `+`, or get an array with 字符们()",
    ))
}
