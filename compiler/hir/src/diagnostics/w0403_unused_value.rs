//! W0403: a value computed for nothing.

use qi_base::{Diagnostic, Edit, Span, Text};

/// 结果: what went wrong goes unnoticed.
pub fn unused_result(span: Span) -> Diagnostic {
    Diagnostic::warning(
        "W0403",
        span,
        Text::new("这个结果没有被使用，里面的错误没人看到", "this 结果 is not used: nobody sees the error in it"),
        Text::new("得到了结果却没有用", "its value goes nowhere"),
    )
    .with_note(Text::new(
        "写“?”或“!”把错误抛出去，用“匹配”分开处理；有意不看时写“_ = …”",
        "throw the error with ? or !, or look at it with 匹配; write `_ = …` if it does not matter",
    ))
}

pub fn unused_value(span: Span) -> Diagnostic {
    Diagnostic::warning(
        "W0403",
        span,
        Text::new("这个值没有被使用", "this value is not used"),
        Text::new("计算了却没有用", "computed for nothing"),
    )
}

/// `-3` in a line of its own.
pub fn goes_on_from_above(diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.with_note(Text::new(
        "上一行在行末就结束了：要接着算，把运算符写在上一行的末尾",
        "the line above ended at its end: to go on with it, write the operator at the end of that line",
    ))
}

/// At the end of a closure in braces.
pub fn with_return(diagnostic: Diagnostic, span: Span) -> Diagnostic {
    let text = Text::new("花括号里的闭包用“返回”给出值", "a closure in braces gives its value with `返回`");
    diagnostic.with_fix(text, vec![Edit { span: span.before(), text: "返回 ".to_owned() }], false)
}
