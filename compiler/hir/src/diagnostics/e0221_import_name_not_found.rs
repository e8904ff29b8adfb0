//! E0221: an imported name is not in the module.

use qi_base::{Diagnostic, Span, Text};

pub fn import_name_not_found(span: Span, module: &str, name: &str, similar: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0221",
        span,
        Text::new(format!("模块“{module}”里没有“{name}”"), format!("the module `{module}` has no `{name}`")),
        Text::new("模块里没有这个名字", "not in the module"),
    );
    match similar {
        Some(similar) => diagnostic.with_note(Text::new(
            format!("有一个相近的名字“{similar}”"),
            format!("there is a similar name `{similar}`"),
        )),
        None => diagnostic,
    }
}
