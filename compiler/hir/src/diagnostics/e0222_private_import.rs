//! E0222: an imported name is not public.

use qi_base::{Diagnostic, Span, Text};

pub fn private_import(span: Span, module: &str, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::error(
        "E0222",
        span,
        Text::new(
            format!("“{name}”在模块“{module}”里不是公开的"),
            format!("`{name}` is private to the module `{module}`"),
        ),
        Text::new("没有公开，不能导入", "private, cannot be imported"),
    )
    .with_label(declared, Text::new("在这里声明", "declared here"))
}
