//! E0301: a value of one type stands where another is needed.

use qi_base::{Diagnostic, Edit, Span, Text};

pub fn type_mismatch(span: Span, expected: &str, found: &str) -> Diagnostic {
    Diagnostic::error(
        "E0301",
        span,
        Text::new(
            format!("类型不匹配：需要“{expected}”，得到“{found}”"),
            format!("type mismatch: expected `{expected}`, found `{found}`"),
        ),
        Text::new(format!("这里是“{found}”"), format!("this is `{found}`")),
    )
}

/// A whole array for a `...` parameter.
pub fn spread_of_array(diagnostic: Diagnostic, array: Span) -> Diagnostic {
    let text = Text::new(
        "一个一个地给；要把数组的元素都给它，前面写“..”",
        "to pass all elements of an array, write `..` before it",
    );
    let edit = Edit { span: array.before(), text: "..".to_owned() };
    Diagnostic { notes: Vec::new(), ..diagnostic }.with_fix(text, vec![edit], true)
}

/// An error where a text is needed.
pub fn message_of_error(diagnostic: Diagnostic, at: Span) -> Diagnostic {
    let text = Text::new("错误不是字符串：取它的文字", "an error is no 字符串: take its text");
    diagnostic.with_fix(text, vec![Edit { span: at, text: ".消息()".to_owned() }], true)
}

/// A 布尔 where a number is needed.
pub fn truth_as_number(diagnostic: Diagnostic, value: Span, ty: &str, is_postfix: bool) -> Diagnostic {
    let text = Text::new("布尔要变成 1 或 0，写出转换", "to make a 布尔 1 or 0, write the conversion");
    let edit = |span: Span, text: String| Edit { span, text };
    let edits = match is_postfix {
        true => vec![edit(value.after(), format!(" 作为 {ty}"))],
        false => vec![edit(value.before(), "(".to_owned()), edit(value.after(), format!(") 作为 {ty}"))],
    };
    diagnostic.with_fix(text, edits, false)
}

/// A closure with more or fewer parameters than what takes it gives it.
pub fn closure_param_count(span: Span, wanted: usize, given: usize) -> Diagnostic {
    let label = match wanted {
        0 => Text::new("写成“() => …”", "write `() => …`"),
        _ if wanted < given => Text::new("多出来的不会有值", "nothing would be passed for the others"),
        _ => Text::new("不用的参数写“_”", "write `_` for a parameter that is not used"),
    };
    Diagnostic::error(
        "E0301",
        span,
        Text::new(
            format!("这里的闭包要有 {wanted} 个参数，写了 {given} 个"),
            format!("a closure of {wanted} parameters is needed here, this one has {given}"),
        ),
        label,
    )
}

/// `非 a == b`, meant as `非 (a == b)`: what `compared` covers belongs together.
pub fn not_binds_tighter(diagnostic: Diagnostic, compared: Span, op: &str) -> Diagnostic {
    let text = Text::new(
        format!("“非”比“{op}”先结合：把比较用括号括起来"),
        format!("`非` binds tighter than `{op}`: put parentheses around the comparison"),
    );
    let edit = |span: Span, text: &str| Edit { span, text: text.to_owned() };
    let edits = vec![edit(compared.before(), "("), edit(compared.after(), ")")];
    Diagnostic { notes: Vec::new(), ..diagnostic }.with_fix(text, edits, true)
}

/// A value returned among the statements of a file.
pub fn return_from_top_level(diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.with_note(Text::new(
        "这里不在函数里；要给出退出码，写“退出(…)”",
        "this is in no function; for an exit code write `退出(…)`",
    ))
}

/// A value returned from 主函数, which has no result type; `is_zero`: success, as it is without.
pub fn return_from_entry(diagnostic: Diagnostic, statement: Span, is_zero: bool) -> Diagnostic {
    let text = Text::new(
        "主函数没有写结果类型，不返回值：正常结束写“返回”，要给出退出码写“退出(…)”",
        "主函数 has no result type and returns nothing: end it with `返回`, for an exit code write `退出(…)`",
    );
    if !is_zero {
        return diagnostic.with_note(text);
    }
    diagnostic.with_fix(text, vec![Edit { span: statement, text: "返回".to_owned() }], true)
}

/// A value returned from a function without a result type, whose declaration ends at `at` (closures are not looked at).
pub fn with_result_type(diagnostic: Diagnostic, at: Option<Span>, ty: &str) -> Diagnostic {
    let text = Text::new(
        format!("没有写结果类型的函数不返回值；要返回它，写“: {ty}”"),
        format!("a function without a result type returns nothing; to return this, write `: {ty}`"),
    );
    match at {
        Some(span) => diagnostic.with_fix(text, vec![Edit { span, text: format!(": {ty}") }], false),
        None => diagnostic.with_note(text),
    }
}

/// `变量 p: 点 = { 横: 1 }`
pub fn literal_without_type(span: Span, ty: &str) -> Diagnostic {
    let text = Text::new(format!("写成“{ty} {{ … }}”"), format!("write `{ty} {{ … }}`"));
    let edit = Edit { span: span.before(), text: format!("{ty} ") };
    Diagnostic::error(
        "E0301",
        span,
        Text::new(
            format!("类型不匹配：需要“{ty}”，得到字典"),
            format!("type mismatch: expected `{ty}`, found a dictionary"),
        ),
        Text::new("前面没有类型的名字，这是字典", "without the name of a type this is a dictionary"),
    )
    .with_fix(text, vec![edit], true)
}
