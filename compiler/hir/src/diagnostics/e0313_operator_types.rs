//! E0313: operands that an operator does not take.

use qi_base::{Diagnostic, Edit, Span, Text};

pub fn operator_types(span: Span, op: &str, left: (Span, &str), right: (Span, &str)) -> Diagnostic {
    let (x, y) = (left.1, right.1);
    Diagnostic::error(
        "E0313",
        span,
        Text::new(
            format!("类型不匹配：运算符“{op}”不能用于“{x}”和“{y}”"),
            format!("type mismatch: `{op}` does not take `{x}` and `{y}`"),
        ),
        Text::new("两边的类型不合适", "the types do not fit"),
    )
    .with_label(left.0, Text::new(format!("“{x}”"), format!("`{x}`")))
    .with_label(right.0, Text::new(format!("“{y}”"), format!("`{y}`")))
}

pub fn compound_assignment(span: Span, op: &str, left: &str, right: &str) -> Diagnostic {
    Diagnostic::error(
        "E0313",
        span,
        Text::new(
            format!("类型不匹配：“{op}=”的结果“{right}”不能存回“{left}”"),
            format!("type mismatch: the result `{right}` of `{op}=` cannot be stored in `{left}`"),
        ),
        Text::new("结果类型不同", "the result has another type"),
    )
}

pub fn prefix_type(span: Span, op: &str, ty: &str) -> Diagnostic {
    Diagnostic::error(
        "E0313",
        span,
        Text::new(format!("类型不匹配：“{op}”不能用于“{ty}”"), format!("type mismatch: `{op}` does not take `{ty}`")),
        Text::new(format!("这里是“{ty}”"), format!("this is `{ty}`")),
    )
}

/// `打印 (1 + 2) * 3`
pub fn printed_operand(diagnostic: Diagnostic, op: &str) -> Diagnostic {
    diagnostic.with_note(Text::new(
        format!("括号已经是“打印”的参数：要打印整个式子，写“打印((…) {op} …)”"),
        format!("the parentheses hold the arguments already: to print all of it, write `打印((…) {op} …)`"),
    ))
}

/// `3 * "ab"`
pub fn repeat_order(diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.with_note(Text::new(
        "重复字符串时字符串写在左边：\"ab\" * 3",
        "to repeat a string, put the string on the left: \"ab\" * 3",
    ))
}

/// `甲 + 乙 作为 浮点数`
pub fn cast_binds_tighter(diagnostic: Diagnostic, op: &str) -> Diagnostic {
    diagnostic.with_note(Text::new(
        format!("“作为”比“{op}”先结合：转换整个式子写“(… {op} …) 作为 类型”，否则两边都要转换"),
        format!("`作为` binds tighter than `{op}`: to convert all of it, write `(… {op} …) 作为 type`"),
    ))
}

/// `0..1 << n`
pub fn range_binds_tighter(diagnostic: Diagnostic, op: &str) -> Diagnostic {
    diagnostic.with_note(Text::new(
        format!("“..”比“{op}”先结合：把“{op}”的两边用括号括起来"),
        format!("`..` binds tighter than `{op}`: put parentheses around the operands of `{op}`"),
    ))
}

/// `f() == 1`: what is meant is `f()`, or `非 f()` if negated; with it the spans of f() and of what goes away.
pub fn compares_truth_with_number(diagnostic: Diagnostic, meant: Option<(bool, Option<(Span, Span)>)>) -> Diagnostic {
    let Some((is_negated, spans)) = meant else {
        return diagnostic.with_note(Text::new(
            "布尔不是数：“b 作为 整数”是 1 或 0，“n != 0”是布尔",
            "a 布尔 is no number: `b 作为 整数` is 1 or 0, `n != 0` is a 布尔",
        ));
    };
    let text = match is_negated {
        true => Text::new("布尔就是条件：要它为假，前面写“非”", "a 布尔 is a condition: for false put `非` before it"),
        false => Text::new("布尔就是条件，不用比较", "a 布尔 is a condition and needs no comparison"),
    };
    let Some((truth, rest)) = spans else { return diagnostic.with_note(text) };
    let negation = is_negated.then(|| Edit { span: truth.before(), text: "非 ".to_owned() });
    let edits = negation.into_iter().chain([Edit { span: rest, text: String::new() }]).collect();
    diagnostic.with_fix(text, edits, true)
}

/// `表[键] ?? 0`
pub fn indexed_dictionary_has_value(diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.with_note(Text::new(
        "“字典[键]”在没有这个键时出错；要一个选项，写“字典.取(键)”",
        "`字典[键]` fails where there is no such key; for an option write `字典.取(键)`",
    ))
}

/// `is_result`: a 结果, which holds a value or an error.
pub fn coalesce_needs_option(span: Span, ty: &str, is_result: bool) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        "E0313",
        span,
        Text::new(
            format!("“??”左边需要选项（T?），这里是“{ty}”"),
            format!("the left side of `??` must be an option (T?), this is `{ty}`"),
        ),
        if is_result {
            Text::new("可能是 败", "may be 败")
        } else {
            Text::new("总是有值", "always has a value")
        },
    );
    if !is_result {
        return diagnostic;
    }
    diagnostic.with_note(Text::new(
        "结果不用“??”：用“.或者(默认值)”，用“?”交出错误，或者 匹配 成 和 败",
        "a 结果 takes no `??`: use `.或者(default)`, pass its error on with `?`, or match 成 and 败",
    ))
}
