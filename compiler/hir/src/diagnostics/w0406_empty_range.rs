//! W0406: a range written with its larger end first: nothing is in it.

use qi_base::{Diagnostic, Span, Text};

pub fn empty_range(span: Span) -> Diagnostic {
    let title = Text::new("这个范围是空的：起点大于终点", "this range is empty: it starts above its end");
    Diagnostic::warning("W0406", span, title, Text::new("里面一个数也没有", "there is nothing in it")).with_note(
        Text::new(
            "要倒着数，写“范围(起点, 终点, -1)”，不含终点",
            "to count down write `范围(start, end, -1)`, without the end",
        ),
    )
}
