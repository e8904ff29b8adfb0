//! E0220: the path of an import leads to no file.

use qi_base::{Diagnostic, Span, Text};

pub fn module_not_found(span: Span, path: &str, tried: &[String]) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0220",
        span,
        Text::new(format!("找不到模块“{path}”"), format!("cannot find the module `{path}`")),
        Text::new("没有这个模块", "no such module"),
    );
    let tried = tried.join("、");
    diagnostic.with_note(Text::new(format!("找过的文件：{tried}"), format!("files tried: {tried}")))
}
