//! E0113: two statements, fields or arms without anything between them.

use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0113";

pub(crate) fn missing_statement_end(at: Span, next: Span, found: &Text) -> Diagnostic {
    let title = Text::new(
        format!("语句到这里应当结束，后面却是{}", found.zh),
        format!("the statement should end here, but {} follows", found.en),
    );
    let label = Text::new("两条语句之间要换行或写“;”", "statements are separated by a line break or `;`");
    let fix = Text::new("在前面加上“;”", "add `;` before it");
    Diagnostic::error(CODE, next, title, label).with_fix(fix, vec![Edit { span: at, text: ";".into() }], false)
}

/// `限时(200) { … }`; `call` stands before the brace, `meant` is all of it as it should be written.
pub(crate) fn trailing_block(brace: Span, call: Span, meant: &str) -> Diagnostic {
    let title = Text::new("代码块不能跟在调用后面", "a block cannot follow a call");
    let label = Text::new(format!("闭包是参数：写成“{meant}”"), format!("a closure is an argument: write `{meant}`"));
    Diagnostic::error(CODE, brace, title, label).with_label(call, Text::new("调用到这里为止", "the call ends here"))
}

/// `变量 甲 = 1, 乙 = 2`
pub(crate) fn one_name_each(comma: Span) -> Diagnostic {
    let title = Text::new("语句到这里应当结束，后面却是“,”", "the statement should end here, but `,` follows");
    let label =
        Text::new("一个“变量”声明一个名字：分成几条语句", "one `变量` declares one name: write several statements");
    Diagnostic::error(CODE, comma, title, label)
}

/// `变量 甲 = 可选 否则 { 返回 }`; `jump` is where 否则 to the closing brace stands, and what the block does.
pub(crate) fn declared_or_else(word: Span, jump: Option<(Span, &str)>) -> Diagnostic {
    let title = Text::new("声明后面没有“否则”", "a declaration takes no `否则`");
    let label = Text::new(
        "没有值时的去处写成“?? 返回”，或用“如果 变量 … = … { … } 否则 { … }”",
        "write `?? 返回` for what to do without a value, or `如果 变量 … = … { … } 否则 { … }`",
    );
    let error = Diagnostic::error(CODE, word, title, label);
    let Some((all, jump)) = jump else { return error };
    let text = format!("?? {jump}");
    let fix = Text::new(format!("写成“{text}”"), format!("write `{text}`"));
    error.with_fix(fix, vec![Edit { span: all, text }], true)
}

/// `变量 甲, 乙 = 1, 2`; `values` if they are several.
pub(crate) fn several_declared(comma: Span, names: (Span, &str), values: Option<(Span, &str)>) -> Diagnostic {
    let title = Text::new("几个名字要写在括号里", "several names go in parentheses");
    let value = values.map_or("…".to_owned(), |it| format!("({})", it.1));
    let meant = format!("({}) = {value}", names.1);
    let label = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    let edits = [Some(names), values].into_iter().flatten();
    let edits = edits.map(|(span, text)| Edit { span, text: format!("({text})") }).collect();
    Diagnostic::error(CODE, comma, title, label.clone()).with_fix(label, edits, values.is_some())
}

/// `打印 甲, 乙`; `statement` is all of it, `meant` what to write.
pub(crate) fn one_operand(comma: Span, statement: Span, meant: &str) -> Diagnostic {
    let title = Text::new("不带括号的“打印”只有一个值", "without parentheses `打印` takes one value");
    let label = Text::new("几个值要写在括号里", "several values go in parentheses");
    let fix = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    let edit = Edit { span: statement, text: meant.to_owned() };
    Diagnostic::error(CODE, comma, title, label).with_fix(fix, vec![edit], true)
}

/// `打印 [1, 2]`; `is_certain`: the statement ends with the array.
pub(crate) fn printed_array(open: Span, word: Span, array: Span, text: &str, is_certain: bool) -> Diagnostic {
    let title = Text::new("“[”跟在名字后面是取下标", "`[` behind a name is an index");
    let label = Text::new("数组写在括号里", "an array goes in parentheses");
    let fix = Text::new(format!("写成“{text}([…])”"), format!("write `{text}([…])`"));
    let end = Span { start: array.end, ..array };
    let edits = vec![
        Edit { span: Span { start: word.end, end: open.start, ..open }, text: "(".into() },
        Edit { span: end, text: ")".into() },
    ];
    Diagnostic::error(CODE, open, title, label).with_fix(fix, edits, is_certain)
}

/// `对于 键, 值 在 …`
pub(crate) fn names_in_parentheses(comma: Span, names: Span, meant: &str) -> Diagnostic {
    let title = Text::new("几个名字要写在括号里", "several names go in parentheses");
    let label = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    let edit = Edit { span: names, text: meant.to_owned() };
    Diagnostic::error(CODE, comma, title, label.clone()).with_fix(label, vec![edit], true)
}

pub(crate) fn missing_comma(at: Span, is_certain: bool) -> Diagnostic {
    let title = match is_certain {
        true => Text::new("缺少逗号“,”", "missing comma"),
        false => Text::new("两项之间缺少逗号“,”或运算符", "missing comma or operator between two items"),
    };
    let fix = Text::new("补上“,”", "add `,`");
    Diagnostic::error(CODE, at, title, Text::new("这里应有“,”", "`,` expected here")).with_fix(
        fix,
        vec![Edit { span: at, text: ",".into() }],
        is_certain,
    )
}

/// `3甲`; `at` is the empty place between them.
pub(crate) fn number_before_name(whole: Span, at: Span) -> Diagnostic {
    let title = Text::new("数字和名字之间缺少运算符", "missing operator between a number and a name");
    let label = Text::new("名字也不能以数字开头", "and no name begins with a digit");
    let fix = Text::new("要相乘就写“*”", "write `*` to multiply");
    let edit = Edit { span: at, text: " * ".into() };
    Diagnostic::error(CODE, whole, title, label).with_fix(fix, vec![edit], false)
}

/// `打印(加 1, 2)`
pub(crate) fn call_without_parentheses(name: Span, text: &str) -> Diagnostic {
    let title = Text::new("调用函数要写括号", "a call needs parentheses");
    let label = Text::new(format!("写成“{text}(…)”"), format!("write `{text}(…)`"));
    Diagnostic::error(CODE, name, title, label)
}

/// `返回 1, 2`; `first` is the value before the comma.
pub(crate) fn several_results(comma: Span, first: Span) -> Diagnostic {
    let title = Text::new("“返回”后面只有一个值", "`返回` takes one value");
    let label = Text::new("几个值写成元组：返回 (甲, 乙)", "several values make a tuple: `返回 (a, b)`");
    Diagnostic::error(CODE, comma, title, label).with_label(first, Text::new("第一个值", "the first value"))
}
