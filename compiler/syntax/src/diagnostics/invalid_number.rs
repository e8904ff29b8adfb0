//! E0106: digits that make no number.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0106";

/// `3万`; `meant` is the number in digits.
pub(crate) fn number_with_unit(span: Span, text: &str, meant: &str) -> Diagnostic {
    let title = Text::new(format!("“{text}”不是有效的数字"), format!("`{text}` is not a valid number"));
    let label = Text::new("数字里不写“万”“亿”这样的字", "a number is written in digits only");
    let fix = Text::new(format!("写成 {meant}"), format!("write {meant}"));
    let edit = Edit { span, text: meant.to_owned() };
    Diagnostic::error(CODE, span, title, label).with_fix(fix, vec![edit], true)
}

/// `变量 3甲 = 2`; `uses` are all its places.
pub(crate) fn digit_before_name(first: Span, name: &str, uses: &[Span]) -> Diagnostic {
    let title = Text::new(format!("名字不能以数字开头：“{name}”"), format!("no name begins with a digit: `{name}`"));
    let digits = name.len() - name.trim_start_matches(|it: char| it.is_numeric() || it == '_').len();
    let meant = format!("{}{}", &name[digits..], &name[..digits]);
    let label = Text::new(format!("可以写成“{meant}”"), format!("`{meant}` would do"));
    let fix = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    let edits = uses.iter().map(|&span| Edit { span, text: meant.clone() }).collect();
    Diagnostic::error(CODE, first, title, label).with_fix(fix, edits, false)
}

/// `1.2.3`
pub(crate) fn several_points(span: Span, text: &str) -> Diagnostic {
    let title = Text::new(format!("“{text}”不是有效的数字"), format!("`{text}` is not a valid number"));
    let label = Text::new(
        "一个数里只有一个小数点；版本号、地址写成字符串",
        "a number has one point; a version or an address is a string",
    );
    let edit = Edit { span, text: format!("\"{text}\"") };
    let fix = Text::new("写成字符串", "write a string");
    Diagnostic::error(CODE, span, title, label).with_fix(fix, vec![edit], false)
}

pub(crate) fn invalid_number(span: Span, text: &str) -> Diagnostic {
    let title = Text::new(format!("“{text}”不是有效的数字"), format!("`{text}` is not a valid number"));
    let label = Text::new("这个数字写得不对", "this number is malformed");
    Diagnostic::error(CODE, span, title, label).with_note(Text::new(
        "数字写成 42、1_000、0xFF、0b1010、0o17、3.14 或 1e-9",
        "numbers are written 42, 1_000, 0xFF, 0b1010, 0o17, 3.14 or 1e-9",
    ))
}
