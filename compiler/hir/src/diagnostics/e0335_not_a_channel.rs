//! E0335: `<-` on something that is no channel.

use qi_base::{Diagnostic, Span, Text};

pub fn not_a_channel(span: Span, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "E0335",
        span,
        Text::new(format!("“<-”需要通道，这里是“{ty}”"), format!("`<-` needs a channel, this is `{ty}`")),
        Text::new("不是通道", "not a channel"),
    )
}
