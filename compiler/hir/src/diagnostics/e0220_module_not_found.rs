//! E0220: the path of an import leads to no file.

use qi_base::{Diagnostic, Span, Text};

pub fn module_not_found(span: Span, path: &str, tried: &[String]) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0220",
        span,
        Text::new(format!("找不到模块“{path}”"), format!("cannot find the module `{path}`")),
        Text::new("没有这个模块", "no such module"),
    );
    if tried.is_empty() {
        // The path leads to something in a module that was found.
        return diagnostic;
    }
    let (list, listed) = (tried.join("、"), tried.join(", "));
    diagnostic.with_note(Text::new(format!("找过的文件：{list}"), format!("files tried: {listed}")))
}

/// `known`: the modules of the standard library.
pub fn std_module_not_found(span: Span, path: &str, known: &[String]) -> Diagnostic {
    let known = known.join(" ");
    let text = Text::new(format!("标准库现有：{known}"), format!("the standard library has: {known}"));
    module_not_found(span, path, &[]).with_note(text)
}
