//! E0240: a closure's parameter with a default value or `...`.

use qi_base::{Diagnostic, Span, Text};

pub fn closure_param_form(span: Span, variadic: bool) -> Diagnostic {
    let title = if variadic {
        Text::new("闭包不能有不定个数的参数", "a closure cannot have a variadic parameter")
    } else {
        Text::new("闭包的参数不能有默认值", "a parameter of a closure cannot have a default value")
    };
    let label = Text::new("函数类型里写不出它", "a function type cannot say it");
    Diagnostic::error("E0240", span, title, label)
        .with_note(Text::new("写成局部函数：函数 名字(…) { … }", "write a local function: 函数 名字(…) { … }"))
}
