//! E0314: the number of a literal does not fit its type.

use qi_base::{Diagnostic, Span, Text};

pub fn literal_out_of_range(span: Span, ty: &str, min: &str, max: u128) -> Diagnostic {
    Diagnostic::error(
        "E0314",
        span,
        Text::new(format!("这个数超出“{ty}”的范围"), format!("this number is out of range for `{ty}`")),
        Text::new(format!("“{ty}”的范围是 {min} 到 {max}"), format!("`{ty}` holds {min} to {max}")),
    )
}

pub fn float_out_of_range(span: Span, ty: &str, max: f64) -> Diagnostic {
    Diagnostic::error(
        "E0314",
        span,
        Text::new(format!("这个数超出“{ty}”的范围"), format!("this number is out of range for `{ty}`")),
        Text::new(format!("“{ty}”最大约 {max:.3e}"), format!("`{ty}` holds at most about {max:.3e}")),
    )
    .with_note(Text::new("无穷大写“标准库.数学”的“无穷大”", "infinity is 无穷大 of 标准库.数学"))
}
