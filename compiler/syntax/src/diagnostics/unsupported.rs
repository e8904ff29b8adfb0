//! E0190: syntax that is understood but not supported.

use qi_base::{Diagnostic, Span, Text};

pub(crate) const CODE: &str = "E0190";

pub(crate) fn unsupported(span: Span, what: &Text) -> Diagnostic {
    let title = Text::new(format!("尚未支持{}", what.zh), format!("{} not supported yet", what.en));
    Diagnostic::error(CODE, span, title, Text::new("尚未支持", "not supported yet"))
}
