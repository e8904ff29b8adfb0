//! E0350: a format specification that is malformed or does not fit the value.

use qi_base::{Diagnostic, Span, Text};

pub fn malformed_format(span: Span, spec: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0350",
        span,
        Text::new(format!("看不懂格式说明“{spec}”"), format!("malformed format specification `{spec}`")),
        Text::new("写法不对", "not a specification"),
    );
    // `.2f`, `5d` and `10s` of C and Python.
    if let Some(rest) = spec.strip_suffix(['f', 'd', 's']).filter(|it| !it.is_empty()) {
        let note = Text::new(format!("末尾不写字母：“{rest}”"), format!("no letter at the end: `{rest}`"));
        return diagnostic.with_note(note);
    }
    diagnostic.with_note(Text::new(
        "写法是 [填充]对齐、+、#、0、宽度、.精度、x X b o e E ? 之一，依次可省：>8、*^10、08.2、+、x",
        "the form is [fill]align, +, #, 0, width, .precision, one of x X b o e E ?, each optional: >8, *^10, 08.2, +, x",
    ))
}

pub fn unfit_format(span: Span, kind: char, ty: &str) -> Diagnostic {
    let wanted = match kind {
        'e' | 'E' => ("数", "numbers"),
        _ => ("整数", "integers"),
    };
    Diagnostic::error(
        "E0350",
        span,
        Text::new(format!("格式“{kind}”不能用于“{ty}”"), format!("the format `{kind}` does not fit `{ty}`")),
        Text::new(format!("只用于{}", wanted.0), format!("only for {}", wanted.1)),
    )
}
