//! E0602: a variable captured by sharing that may hold a 函数, a generator or a 任意.

use qi_base::{Diagnostic, Span, Text};

/// `span` names a generic function whose closure shares the variable.
pub fn shared_generic_capture(span: Span, generic: &str, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(
        "E0602",
        span,
        Text::new(
            format!("这里的 {generic} 可能含有函数、生成器或任意值，而闭包共享捕获了“{name}”"),
            format!("{generic} may hold a 函数, a generator or a 任意 here, and a closure shares `{name}`"),
        ),
        Text::new("这样用的类型不行", "not with this type"),
    )
    .with_label(declared, Text::new("它的类型里有这个类型参数", "its type depends on the type parameter"))
    .with_note(Text::new(
        "让类型参数是不含函数的类型，或把变量放进“共享<T>”",
        "use a type without functions, or put the variable in a 共享<T>",
    ))
}

pub fn shared_function_capture(span: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(
        "E0602",
        span,
        Text::new(
            format!("“{name}”可能含有函数、生成器或任意值，不能被闭包共享捕获"),
            format!("`{name}` may hold a 函数, a generator or a 任意 and cannot be captured by sharing"),
        ),
        Text::new("在捕获之后或闭包里被修改", "changed after its capture or in the closure"),
    )
    .with_label(declared, Text::new("在这里声明", "declared here"))
    .with_note(Text::new("改用局部函数，或放进“共享<T>”", "use a local function, or put it in a 共享<T>"))
}
