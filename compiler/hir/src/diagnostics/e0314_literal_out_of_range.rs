//! E0314: an integer literal does not fit its type.

use qi_base::{Diagnostic, Span, Text};

pub fn literal_out_of_range(span: Span, ty: &str, min: &str, max: u128) -> Diagnostic {
    Diagnostic::error(
        "E0314",
        span,
        Text::new(format!("这个数超出“{ty}”的范围"), format!("this number is out of range for `{ty}`")),
        Text::new(format!("“{ty}”的范围是 {min} 到 {max}"), format!("`{ty}` holds {min} to {max}")),
    )
}
