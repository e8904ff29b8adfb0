//! E0322: an implementation has a method its trait does not declare.

use qi_base::{Diagnostic, Span, Text};

pub fn method_not_in_trait(span: Span, name: &str, trait_: &str, declared: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0322",
        span,
        Text::new(format!("特性“{trait_}”没有方法“{name}”"), format!("the trait `{trait_}` has no method `{name}`")),
        Text::new("不属于这个特性", "does not belong to the trait"),
    );
    diagnostic.with_label(declared, Text::new("特性在这里声明", "the trait is declared here"))
}
