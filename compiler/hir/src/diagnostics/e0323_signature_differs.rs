//! E0323: an implemented method has another signature than declared.

use qi_base::{Diagnostic, Span, Text};

pub fn signature_differs(span: Span, trait_: &str, wanted: &str, declared: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0323",
        span,
        Text::new(
            format!("方法的签名与特性“{trait_}”的声明不同"),
            format!("the signature differs from the declaration in the trait `{trait_}`"),
        ),
        Text::new(format!("应为“{wanted}”"), format!("should be `{wanted}`")),
    );
    diagnostic.with_label(declared, Text::new("在这里声明", "declared here"))
}

/// `函数 存<T: 可叫>(x: T)` for a declared `函数 存<T>(x: T)`.
pub fn bound_of_implementation(span: Span, param: &str, bound: &str, declared: Span) -> Diagnostic {
    let param = if param.contains('#') { "这个参数" } else { param };
    let diagnostic = Diagnostic::error(
        "E0323",
        span,
        Text::new(
            format!("特性没有要求“{param}”实现“{bound}”"),
            format!("the trait does not ask that `{param}` implements `{bound}`"),
        ),
        Text::new("实现不能要求得更多", "an implementation cannot ask for more"),
    );
    diagnostic.with_label(declared, Text::new("在这里声明", "declared here"))
}

pub fn method_differs(span: Span, name: &str, wanted: usize, found: usize, declared: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0323",
        span,
        Text::new(
            format!("方法“{name}”的参数个数与特性不同：应为 {wanted} 个，写了 {found} 个"),
            format!("`{name}` has {found} parameters, the trait declares {wanted}"),
        ),
        Text::new("参数个数不同", "another number of parameters"),
    );
    diagnostic.with_label(declared, Text::new("在这里声明", "declared here"))
}
