//! E0120: an operator or keyword of other languages.

use super::either_range;
use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0120";

/// What is written instead; and whether it can stand in its place.
const MEANT: &[(&str, &str, bool)] = &[
    ("**", "底.幂(指数)", false),
    ("<>", "!=", true),
    ("=<", "<=", true),
    ("=>", ">=", true),
    (">>>", ">>", false),
    ("===", "==", true),
    ("!==", "!=", true),
    ("++", " += 1", true),
    ("--", " -= 1", true),
    ("->", "=>", true),
    ("? :", "如果 条件 { 甲 } 否则 { 乙 }", false),
];

pub(crate) fn foreign_operator(span: Span, operator: &str) -> Diagnostic {
    let title = Text::new(format!("没有“{operator}”这个运算符"), format!("there is no operator `{operator}`"));
    let Some(&(_, meant, replaces)) = MEANT.iter().find(|it| it.0 == operator) else {
        return Diagnostic::error(CODE, span, title, Text::new("不认识的运算符", "unknown operator"));
    };
    let text = meant.trim_start();
    let label = Text::new(format!("写成“{text}”"), format!("write `{text}`"));
    let diagnostic = Diagnostic::error(CODE, span, title, label.clone());
    if replaces {
        return diagnostic.with_fix(label, vec![Edit { span, text: meant.to_owned() }], true);
    }
    diagnostic
}

/// `打印(x--)`
pub(crate) fn counting_operator_as_value(span: Span, operator: &str) -> Diagnostic {
    let title = Text::new(format!("没有“{operator}”这个运算符"), format!("there is no operator `{operator}`"));
    let sign = &operator[..1];
    let label = Text::new(
        format!("用单独的一条语句“名字 {sign}= 1”"),
        format!("write `name {sign}= 1` as a statement of its own"),
    );
    Diagnostic::error(CODE, span, title, label)
}

/// `打印(7 // 2)`
pub(crate) fn comment_as_division(span: Span) -> Diagnostic {
    let title = Text::new("“//”开始注释，不是除法", "`//` begins a comment and divides nothing");
    let label = Text::new("整数相除写“/”，结果去掉小数", "integers are divided with `/`, which leaves out the rest");
    let edit = Edit { span, text: "/".to_owned() };
    Diagnostic::error(CODE, span, title, label).with_fix(Text::new("改成“/”", "write `/`"), vec![edit], true)
}

/// `甲 大于 3`
pub(crate) fn foreign_word_operator(span: Span, word: &str, meant: &str) -> Diagnostic {
    let title = Text::new(format!("“{word}”不是运算符"), format!("`{word}` is no operator"));
    let label = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    Diagnostic::error(CODE, span, title, label.clone()).with_fix(
        label,
        vec![Edit { span, text: meant.to_owned() }],
        true,
    )
}

pub(crate) fn foreign_keyword(span: Span, word: &str, keyword: &str) -> Diagnostic {
    let title = Text::new(format!("“{word}”不是这里的关键字"), format!("`{word}` is not a keyword here"));
    let label = Text::new(format!("写成“{keyword}”"), format!("write `{keyword}`"));
    let edit = Edit { span, text: keyword.to_owned() };
    Diagnostic::error(CODE, span, title, label.clone()).with_fix(label, vec![edit], true)
}

/// `设 甲 为 1`: the word before the value is another one too.
pub(crate) fn with_equals(mut keyword: Diagnostic, word: Span) -> Diagnostic {
    for fix in &mut keyword.fixes {
        fix.edits.push(Edit { span: word, text: "=".into() });
    }
    keyword.with_label(word, Text::new("这里写“=”", "write `=` here"))
}

/// `&x`, `*p`
pub(crate) fn pointer_operator(span: Span, takes_address: bool) -> Diagnostic {
    let (title, label) = match takes_address {
        true => (
            Text::new("没有取地址的“&”", "there is no address operator `&`"),
            Text::new(
                "直接写值；要让函数改变量，参数和实参都写“可变”",
                "write the value; what a function may change is marked `可变`",
            ),
        ),
        false => (
            Text::new("没有解引用的“*”", "there is no dereferencing `*`"),
            Text::new("直接写值；C 的指针用“p.读()”", "write the value; a pointer of C has `p.读()`"),
        ),
    };
    let fix = Text::new("删除它", "remove it");
    Diagnostic::error(CODE, span, title, label).with_fix(fix, vec![Edit { span, text: String::new() }], false)
}

/// `p->x`
pub(crate) fn arrow_member(span: Span) -> Diagnostic {
    let title = Text::new("没有“->”这个运算符", "there is no operator `->`");
    let label = Text::new("取成员写“.”，闭包写“=>”", "a member is written with `.`, a closure with `=>`");
    let diagnostic = Diagnostic::error(CODE, span, title, label);
    [".", " => "].into_iter().fold(diagnostic, |it, meant| {
        let fix = Text::new(format!("改成“{}”", meant.trim()), format!("write `{}`", meant.trim()));
        it.with_fix(fix, vec![Edit { span, text: meant.to_owned() }], false)
    })
}

/// `++x`, at both.
pub(crate) fn plus_plus(span: Span) -> Diagnostic {
    let title = Text::new("没有“++”这个运算符", "there is no operator `++`");
    Diagnostic::error(CODE, span, title, Text::new("写成“名字 += 1”", "write `name += 1`"))
}

/// `x =+ 1`
pub(crate) fn equals_plus(span: Span) -> Diagnostic {
    let title = Text::new("没有“=+”这个运算符", "there is no operator `=+`");
    let label = Text::new("写成“+=”", "write `+=`");
    let edit = Edit { span, text: "+=".to_owned() };
    Diagnostic::error(CODE, span, title, label.clone()).with_fix(label, vec![edit], false)
}

/// `0...9`
pub(crate) fn three_dots(span: Span) -> Diagnostic {
    let title = Text::new("没有“...”这个运算符", "there is no operator `...`");
    either_range(CODE, span, title)
}

/// `通 -> 3`
pub(crate) fn send_arrow(span: Span) -> Diagnostic {
    let title = Text::new("没有“->”这个运算符", "there is no operator `->`");
    let label = Text::new("往通道里送写成“<-”", "to send to a channel is written `<-`");
    let fix = Text::new("改成“<-”", "write `<-`");
    Diagnostic::error(CODE, span, title, label).with_fix(fix, vec![Edit { span, text: "<-".into() }], true)
}

/// `列[0:2]`
pub(crate) fn slice_with_colon(colon: Span, is_certain: bool) -> Diagnostic {
    let title = Text::new("切片不用“:”", "a slice takes no `:`");
    let label = Text::new("写成“..”，如 列[0..2]", "write `..`, as in `list[0..2]`");
    let fix = Text::new("改成“..”", "write `..`");
    Diagnostic::error(CODE, colon, title, label).with_fix(
        fix,
        vec![Edit { span: colon, text: "..".into() }],
        is_certain,
    )
}

/// `对于 (变量 次 = 0; 次 < 9; 次 += 1) { … }`; `rest` begins at the first `;`, `meant` is a header that counts the same.
pub(crate) fn counting_loop(rest: Span, header: Span, meant: Option<&str>) -> Diagnostic {
    let title = Text::new("没有“初值; 条件; 步进”这种循环", "there is no loop of the form `start; condition; step`");
    let label = Text::new(
        "数数写成“对于 i 在 0..10”，其他的用“当 条件 { … }”",
        "count with `对于 i 在 0..10`; for all else there is `当 condition { … }`",
    );
    let diagnostic = Diagnostic::error(CODE, rest, title, label);
    let Some(meant) = meant else { return diagnostic };
    let fix = Text::new(format!("写成“对于 {}”", meant.trim()), format!("write `对于 {}`", meant.trim()));
    diagnostic.with_fix(fix, vec![Edit { span: header, text: meant.to_owned() }], false)
}

/// `lambda x: x + 1`; `header` ends with the colon.
pub(crate) fn lambda(word: Span, header: Span, meant: &str) -> Diagnostic {
    let title = Text::new("闭包写“(参数) => 值”", "a closure is written `(parameters) => value`");
    let label = Text::new(format!("写成“{meant} …”"), format!("write `{meant} …`"));
    let edit = Edit { span: header, text: meant.to_owned() };
    Diagnostic::error(CODE, word, title, label.clone()).with_fix(label, vec![edit], true)
}

/// `for (const x of xs) { … }`
pub(crate) fn each_loop(header: Span, meant: &str, is_certain: bool) -> Diagnostic {
    let title = Text::new("对每一项做的循环写“对于 名字 在 值”", "a loop over items is written `对于 name 在 value`");
    let label = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    let edit = Edit { span: header, text: meant.to_owned() };
    Diagnostic::error(CODE, header, title, label.clone()).with_fix(label, vec![edit], is_certain)
}

/// `如果 甲 在 列 { … }`
pub(crate) fn membership(span: Span) -> Diagnostic {
    let title = Text::new("“在”不是运算符", "`在` is no operator");
    Diagnostic::error(CODE, span, title, Text::new("写成“列.包含(值)”", "write `list.包含(value)`"))
}
