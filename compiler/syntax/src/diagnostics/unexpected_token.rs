//! E0108: something else was expected here.

use super::missing_sign;
use qi_base::{Diagnostic, Edit, Span, Text};

pub(crate) const CODE: &str = "E0108";

pub(crate) fn unexpected_token(span: Span, expected: &Text, found: &Text) -> Diagnostic {
    let title = Text::new(
        format!("这里应为{}，却是{}", expected.zh, found.zh),
        format!("expected {}, found {}", expected.en, found.en),
    );
    let label = Text::new(format!("应为{}", expected.zh), format!("expected {}", expected.en));
    Diagnostic::error(CODE, span, title, label)
}

/// `变量 x 整数`; `is_certain`: what follows is known to be a type.
pub(crate) fn missing_colon(at: Span, is_certain: bool) -> Diagnostic {
    let title = Text::new("名字和类型之间缺少“:”", "missing `:` between a name and its type");
    missing_sign(CODE, at, title, ":", is_certain)
}

/// `变量 x as 整数`; `span` has the blank before the word.
pub(crate) fn as_before_type(span: Span, word: &str) -> Diagnostic {
    let title = Text::new("名字和类型之间写“:”", "between a name and its type stands `:`");
    let place = Span { start: span.end - word.len() as u32, ..span };
    let fix = Text::new("写成“:”", "write `:`");
    let edit = Edit { span, text: ":".into() };
    Diagnostic::error(CODE, place, title, fix.clone()).with_fix(fix, vec![edit], true)
}

/// `x := 3`
pub(crate) fn declared_by_colon(name: Span, operator: Span) -> Diagnostic {
    let title = Text::new("声明变量写“变量 名字 = 值”", "a variable is declared as `变量 name = value`");
    let label = Text::new("“:=”不声明变量", "`:=` declares nothing");
    let edits = vec![Edit { span: name.before(), text: "变量 ".into() }, Edit { span: operator, text: "=".into() }];
    let fix = Text::new("写成“变量 … = …”", "write `变量 … = …`");
    Diagnostic::error(CODE, operator, title, label).with_fix(fix, edits, true)
}

/// `["甲": 1]`, `[:]`
pub(crate) fn map_in_brackets(span: Span, edits: Vec<(Span, &str)>) -> Diagnostic {
    let title = Text::new("字典写在花括号里", "a dictionary is written in braces");
    let label = Text::new("方括号里是数组，没有键", "brackets make an array, which has no keys");
    let fix = Text::new("写成“{ … }”", "write `{ … }`");
    let edits = edits.into_iter().map(|(span, text)| Edit { span, text: text.into() }).collect();
    Diagnostic::error(CODE, span, title, label).with_fix(fix, edits, true)
}

/// `变量 x 3`
pub(crate) fn missing_equals(at: Span, is_certain: bool) -> Diagnostic {
    let title = Text::new("值的前面缺少“=”", "missing `=` before the value");
    missing_sign(CODE, at, title, " =", is_certain)
}

/// `x := <-通: …` in a 选择.
pub(crate) fn arm_without_case(span: Span, found: &Text) -> Diagnostic {
    let diagnostic = unexpected_token(span, &Text::new("“情况”或“默认”", "`情况` or `默认`"), found);
    let fix = Text::new("补上“情况”", "add `情况`");
    diagnostic.with_fix(fix, vec![Edit { span: span.before(), text: "情况 ".into() }], true)
}

/// `情况 x := <-甲 { … }`
pub(crate) fn missing_arm_colon(at: Span) -> Diagnostic {
    let title = Text::new("“情况”和“默认”的后面缺少“:”", "missing `:` behind `情况` or `默认`");
    missing_sign(CODE, at, title, ":", true)
}

/// `外 对于 i 在 0..3 { … 跳出 外 }`
pub(crate) fn label_without_colon(at: Span, name: &str) -> Diagnostic {
    let title = Text::new(format!("标签“{name}”后面缺少“:”"), format!("missing `:` behind the label `{name}`"));
    missing_sign(CODE, at, title, ":", true)
}

/// `} 否则 打印(0)`, `} 否则打印(0)`, `如果 (甲 > 2) 打印(0)`; `keyword` is what stands before it.
pub(crate) fn branch_without_braces(start: Span, end: Span, keyword: Option<&str>, is_glued: bool) -> Diagnostic {
    let (title, label) = match keyword {
        Some(it) => (
            Text::new(format!("“{it}”后面缺少“{{”"), format!("missing `{{` behind `{it}`")),
            Text::new(format!("写成“{it} {{ … }}”"), format!("write `{it} {{ … }}`")),
        ),
        None => (
            Text::new("缺少“{”", "missing `{`"),
            Text::new("写成“{ … }”，一条语句也一样", "write `{ … }`, also around one statement"),
        ),
    };
    let open = if is_glued { " { " } else { "{ " };
    let edits = vec![Edit { span: start.before(), text: open.into() }, Edit { span: end, text: " }".into() }];
    Diagnostic::error(CODE, start, title, label.clone()).with_fix(label, edits, true)
}

/// `导入 ./工具.qi`
pub(crate) fn extension_in_import(extension: Span) -> Diagnostic {
    let title = Text::new("导入不写“.qi”", "an import takes no `.qi`");
    let label = Text::new("只写模块的名字", "write only the name of the module");
    superfluous(Diagnostic::error(CODE, extension, title, label), extension)
}

/// `函数 整数 取() {`; `end` is behind the parameters, if they end and no type follows.
pub(crate) fn result_before_name(ty: Span, name: Span, text: &str, end: Option<Span>) -> Diagnostic {
    let title = Text::new("结果类型写在参数后面", "the result type is written behind the parameters");
    let label = Text::new(format!("写成“函数 名字(…): {text}”"), format!("write `函数 name(…): {text}`"));
    let diagnostic = Diagnostic::error(CODE, ty, title, label.clone());
    let Some(end) = end else { return diagnostic };
    let before = Span { end: name.start, ..ty };
    let edits = vec![Edit { span: before, text: String::new() }, Edit { span: end, text: format!(": {text}") }];
    diagnostic.with_fix(label, edits, true)
}

/// `{"甲" = 1}`, `加(1；2)`: `sign` belongs there; `gap` reaches from what stands before the token to its end.
pub(crate) fn wrong_sign(token: Span, gap: Span, sign: &str, found: &Text, needs_blank: bool) -> Diagnostic {
    let expected = Text::new(format!("“{sign}”"), format!("`{sign}`"));
    let fix = Text::new(format!("写成“{sign}”"), format!("write `{sign}`"));
    let text = if needs_blank { format!("{sign} ") } else { sign.to_owned() };
    unexpected_token(token, &expected, found).with_fix(fix, vec![Edit { span: gap, text }], true)
}

/// `自己..列`
pub(crate) fn doubled_dot(dots: Span) -> Diagnostic {
    let title = Text::new("“.”写了两次", "`.` is written twice");
    let label = Text::new("取成员写一个“.”", "a member is reached with one `.`");
    let edit = Edit { span: dots, text: ".".into() };
    Diagnostic::error(CODE, dots, title, label).with_fix(Text::new("写成“.”", "write `.`"), vec![edit], true)
}

/// `函数 加(甲: 整数) 整数`
pub(crate) fn missing_result_colon(at: Span) -> Diagnostic {
    let title = Text::new("参数和结果类型之间缺少“:”", "missing `:` between the parameters and the result type");
    missing_sign(CODE, at, title, ":", true)
}

/// `函数 加(甲: 整数) => 整数 {`
pub(crate) fn arrow_before_result(arrow: Span) -> Diagnostic {
    let title = Text::new("结果类型前面写“:”", "the result type comes after a `:`");
    let label = Text::new("写成“:”", "write `:`");
    let edit = Edit { span: arrow, text: ":".into() };
    Diagnostic::error(CODE, arrow, title, label.clone()).with_fix(label, vec![edit], true)
}

/// `实现 可画 点 {`
pub(crate) fn missing_for(at: Span) -> Diagnostic {
    let title = Text::new("特性和类型之间缺少“对于”", "missing `对于` between the trait and the type");
    missing_sign(CODE, at, title, " 对于", true)
}

/// `对于 i 0..3 {`
pub(crate) fn missing_in(at: Span) -> Diagnostic {
    let title = Text::new("名字和值之间缺少“在”", "missing `在` between the name and the value");
    missing_sign(CODE, at, title, " 在", true)
}

/// `甲 { 1 => … }`
pub(crate) fn missing_match(value: Span) -> Diagnostic {
    let title = Text::new("分支前面缺少“匹配”", "arms without `匹配` before them");
    let label = Text::new("写成“匹配 值 { … }”", "write `匹配 value { … }`");
    let fix = Text::new("补上“匹配”", "add `匹配`");
    let edit = Edit { span: value.before(), text: "匹配 ".into() };
    Diagnostic::error(CODE, value, title, label).with_fix(fix, vec![edit], true)
}

/// `如果 甲 > 2 返回 1 }`
pub(crate) fn missing_brace(at: Span) -> Diagnostic {
    let title = Text::new("缺少“{”", "missing `{`");
    missing_sign(CODE, at, title, " {", true)
}

/// `整数 甲`; `keyword` is what else is missing before it, `is_certain`: the first word is a type.
pub(crate) fn type_before_name(
    ty: Span,
    name: Span,
    ty_text: &str,
    name_text: &str,
    keyword: &str,
    is_certain: bool,
) -> Diagnostic {
    let title = Text::new("类型写在名字后面，用“:”隔开", "the type is written after the name, with a `:` between them");
    let meant = format!("{keyword}{name_text}: {ty_text}");
    let label = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    let edit = Edit { span: ty.to(name), text: meant };
    Diagnostic::error(CODE, ty.to(name), title, label.clone()).with_fix(label, vec![edit], is_certain)
}

/// `整数 加(甲: 整数) { … }`
pub(crate) fn function_without_keyword(name: Span, text: &str) -> Diagnostic {
    let title = Text::new(
        "声明函数要写“函数”，结果类型写在参数后面",
        "a function begins with `函数`, and its result type comes last",
    );
    let label = Text::new(format!("写成“函数 {text}(…): 类型”"), format!("write `函数 {text}(…): type`"));
    Diagnostic::error(CODE, name, title, label)
}

/// `主函数() { … }`, `加(甲: 整数) { … }`
pub(crate) fn missing_function_keyword(name: Span) -> Diagnostic {
    let title = Text::new("声明函数要写“函数”", "a function begins with `函数`");
    let label = Text::new("在前面写“函数”", "write `函数` before it");
    let edit = Edit { span: name.before(), text: "函数 ".into() };
    Diagnostic::error(CODE, name, title, label.clone()).with_fix(label, vec![edit], true)
}

/// `类型 狗 继承 动物 {`
pub(crate) fn inheritance(span: Span) -> Diagnostic {
    let title = Text::new("类型不能继承别的类型", "a type does not inherit from another");
    let label = Text::new(
        "共同的做法写成特性：实现 特性 对于 类型 { … }",
        "what types share is a trait: `实现 trait 对于 type { … }`",
    );
    Diagnostic::error(CODE, span, title, label)
}

/// `构造(名: 字符串) { … }` in a type
pub(crate) fn constructor(name: Span) -> Diagnostic {
    let title = Text::new("没有构造函数", "there are no constructors");
    let label = Text::new(
        "写成“静态 函数 新(…)”，里面返回“类型 { 字段: 值 }”",
        "write `静态 函数 新(…)` and return `type { field: value }` in it",
    );
    Diagnostic::error(CODE, name, title, label)
}

/// `函数 主函数 { … }`
pub(crate) fn missing_parameters(at: Span) -> Diagnostic {
    let title = Text::new("函数的名字后面缺少“()”", "missing `()` behind the name of a function");
    missing_sign(CODE, at, title, "()", true)
}

/// `函数 f<T>(a: T) where T: 可比较 {`
pub(crate) fn bounds_behind(word: Span) -> Diagnostic {
    let title = Text::new("类型参数的约束写在“< >”里", "the bounds of a type parameter stand in `< >`");
    Diagnostic::error(CODE, word, title, Text::new("写成“<T: 特性>”", "write `<T: trait>`"))
}

/// `类型 点 { x = 0 }`
pub(crate) fn field_without_type(at: Span) -> Diagnostic {
    let title = Text::new("字段没有写类型", "a field without a type");
    Diagnostic::error(CODE, at, title, Text::new("这里应有“: 类型”", "`: type` expected here"))
}

/// `类型 点 { 变量 x: 整数 }`
pub(crate) fn keyword_before_field(keyword: Span, text: &str) -> Diagnostic {
    let title = Text::new(format!("字段前面不写“{text}”"), format!("a field takes no `{text}`"));
    let label = Text::new("只写“名字: 类型”", "write only `name: type`");
    Diagnostic::error(CODE, keyword, title, label)
}

/// `枚举 色 { case 红 }`
pub(crate) fn keyword_before_variant(word: Span, text: &str) -> Diagnostic {
    let title = Text::new(format!("变体前面不写“{text}”"), format!("a variant takes no `{text}`"));
    Diagnostic::error(CODE, word, title, Text::new("只写变体的名字", "write only the name of the variant"))
}

/// `如果 甲 > 0:` or `如果 甲 > 0` with the block on the next lines, up to `end`; `close` is what to write there.
pub(crate) fn indented_block(place: Span, end: Span, close: &str, is_certain: bool) -> Diagnostic {
    let title = Text::new("代码块写在“{ }”里", "a block stands in `{ }`");
    let label = match place.start == place.end {
        true => Text::new("这里写“{”，块的末尾写“}”", "write `{` here, and `}` at the end of the block"),
        false => Text::new("把“:”换成“{”，块的末尾写“}”", "write `{` for this `:`, and `}` at the end of the block"),
    };
    let edits = vec![Edit { span: place, text: " {".into() }, Edit { span: end, text: close.into() }];
    let fix = Text::new("写上花括号", "write the braces");
    Diagnostic::error(CODE, place, title, label).with_fix(fix, edits, is_certain)
}

/// `x?: 整数`; `end` is behind the type.
pub(crate) fn optional_name(mark: Span, end: Span) -> Diagnostic {
    let title = Text::new("“?”写在类型后面", "`?` is written after the type");
    let label = Text::new("写成“名字: 类型?”", "write `name: type?`");
    let fix = Text::new("把“?”移到类型后面", "move the `?` behind the type");
    let edits = vec![Edit { span: mark, text: String::new() }, Edit { span: end, text: "?".into() }];
    Diagnostic::error(CODE, mark, title, label).with_fix(fix, edits, true)
}

/// `变量 a[10]: 整数`
pub(crate) fn array_behind_name(brackets: Span) -> Diagnostic {
    let title = Text::new("名字后面不写长度", "no length stands behind a name");
    let label = Text::new(
        "数组写成“名字: [类型] = …”，如 变量 a = [0; 10]",
        "an array is written `name: [type] = …`, as in `变量 a = [0; 10]`",
    );
    Diagnostic::error(CODE, brackets, title, label)
}

/// `整数[]`, `数组<整数>[3]`; `is_empty`: nothing stands in the brackets.
pub(crate) fn array_behind_type(brackets: Span, ty: Span, text: &str, is_empty: bool) -> Diagnostic {
    if is_empty {
        let title = Text::new("数组的类型写成“[类型]”", "the type of an array is written `[type]`");
        let meant = format!("[{text}]");
        let label = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
        let edit = Edit { span: ty.to(brackets), text: meant };
        return Diagnostic::error(CODE, brackets, title, label.clone()).with_fix(label, vec![edit], true);
    }
    let title = Text::new("数组的类型里没有长度", "the type of an array has no length");
    let label = Text::new("长度由值决定，如 变量 a = [0; 3]", "the value tells the length, as in `变量 a = [0; 3]`");
    Diagnostic::error(CODE, brackets, title, label)
}

/// `a: 整数 | 字符串`
pub(crate) fn union_of_types(bar: Span) -> Diagnostic {
    let title = Text::new("没有“甲 | 乙”这种类型", "there are no types like `a | b`");
    let label = Text::new("几种类型之一用枚举表示", "one of several types is an enum");
    Diagnostic::error(CODE, bar, title, label)
}

/// `a: 整数 | 空`; `all` is the whole type, `text` what stands before the `|`.
pub(crate) fn option_as_union(bar: Span, all: Span, text: &str) -> Diagnostic {
    let title = Text::new("可以为空的类型写“?”", "a type that may be empty is written with `?`");
    let label = Text::new(format!("写成“{text}?”"), format!("write `{text}?`"));
    let edit = Edit { span: all, text: format!("{text}?") };
    Diagnostic::error(CODE, bar, title, label.clone()).with_fix(label, vec![edit], true)
}

/// `a: inout 整数`; `word` reaches to the type.
pub(crate) fn mutable_in_type(name: Span, word: Span, text: &str) -> Diagnostic {
    let title = Text::new(format!("“{text}”不能放在类型前面"), format!("`{text}` cannot stand before a type"));
    let label = Text::new("可变参数写成“可变 名字: 类型”", "a mutable parameter is written `可变 name: type`");
    let fix = Text::new("写成“可变 …”", "write `可变 …`");
    let edits = vec![Edit { span: name.before(), text: "可变 ".into() }, Edit { span: word, text: String::new() }];
    Diagnostic::error(CODE, word, title, label).with_fix(fix, edits, true)
}

/// A word that is written otherwise here.
pub(crate) fn wrong_word(diagnostic: Diagnostic, meant: &str) -> Diagnostic {
    let span = diagnostic.span();
    let word = meant.trim_start();
    let text = Text::new(format!("写成“{word}”"), format!("write `{word}`"));
    diagnostic.with_fix(text, vec![Edit { span, text: meant.into() }], true)
}

/// `对于 x: 整数 在 列`
pub(crate) fn typed_loop_variable(span: Span) -> Diagnostic {
    let title = Text::new("循环变量不写类型", "the variable of a loop takes no type");
    let label = Text::new("它的类型由“在”后面的值决定", "its type follows from what stands behind 在");
    superfluous(Diagnostic::error(CODE, span, title, label), span)
}

/// A word that is left out: `span`, with the blank behind it.
pub(crate) fn superfluous(diagnostic: Diagnostic, span: Span) -> Diagnostic {
    diagnostic.with_fix(Text::new("删除它", "remove it"), vec![Edit { span, text: String::new() }], true)
}

/// `匹配 甲 { 情况 1: … }`; `edits` write all arms as ours.
pub(crate) fn case_in_match(span: Span, word: &str, edits: Option<Vec<Edit>>) -> Diagnostic {
    let title = Text::new(format!("匹配的分支不用“{word}”"), format!("the arms of 匹配 take no `{word}`"));
    let label =
        Text::new("写成“模式 => 值”，其余的情形写“_ => 值”", "write `pattern => value`, and `_ => value` for the rest");
    let diagnostic = Diagnostic::error(CODE, span, title, label);
    match edits {
        Some(edits) => diagnostic.with_fix(Text::new("改写各个分支", "rewrite the arms"), edits, true),
        None => diagnostic,
    }
}

/// Something stands where nothing can.
pub(crate) fn misplaced(span: Span, found: &Text) -> Diagnostic {
    let title = Text::new(format!("{}不能放在这里", found.zh), format!("{} cannot stand here", found.en));
    Diagnostic::error(CODE, span, title, Text::new("不该出现在这里", "not expected here"))
}

/// `f"{甲}" => …`
pub(crate) fn template_as_pattern(start: Span) -> Diagnostic {
    let title = Text::new("模板字符串不能作模式", "a template string is no pattern");
    let label = Text::new(
        "模式里的字符串是固定的：比较写“x 如果 x == f\"…\"”",
        "the strings of patterns are fixed: compare with `x 如果 x == f\"…\"`",
    );
    Diagnostic::error(CODE, start, title, label)
}

/// `变量 f = 函数 加(甲: 整数) { … }`
pub(crate) fn named_function_as_value(name: Span) -> Diagnostic {
    let title = Text::new("作为值的函数没有名字", "a function that is a value has no name");
    let label = Text::new(
        "名字写在变量上：变量 名字 = 函数(…) { … }",
        "the variable has the name: `变量 name = 函数(…) { … }`",
    );
    let fix = Text::new("删除名字", "remove the name");
    Diagnostic::error(CODE, name, title, label).with_fix(fix, vec![Edit { span: name, text: String::new() }], false)
}

/// 尝试 without 捕获 and 最终.
pub(crate) fn missing_handler(keyword: Span, end: Span) -> Diagnostic {
    let title = Text::new("“尝试”后面缺少“捕获”或“最终”", "`尝试` lacks `捕获` or `最终`");
    Diagnostic::error(
        CODE,
        keyword,
        title,
        Text::new("这里开始的块没有人处理错误", "nobody handles errors of this block"),
    )
    .with_fix(
        Text::new("加上“捕获 e { … }”", "add `捕获 e { … }`"),
        vec![Edit { span: end, text: " 捕获 e { 打印(e) }".into() }],
        false,
    )
}

/// `【` where `{` belongs.
pub(crate) fn with_wide_brackets(diagnostic: Diagnostic) -> Diagnostic {
    diagnostic
        .with_note(Text::new("“【】”就是“[]”；花括号写“{ }”或“｛ ｝”", "`【】` is `[]`; braces are `{ }` or `｛ ｝`"))
}

/// `如果 如果 甲 {`; `first` is the same word before it.
pub(crate) fn doubled(first: Span, second: Span, text: &str, is_certain: bool) -> Diagnostic {
    let title = Text::new(format!("“{text}”写了两次"), format!("`{text}` is written twice"));
    let with_blank = Span { start: first.end, ..second };
    let error = Diagnostic::error(CODE, second, title, Text::new("第二个是多余的", "the second one is not needed"));
    let edit = Edit { span: with_blank, text: String::new() };
    error.with_fix(Text::new("删除它", "remove it"), vec![edit], is_certain)
}

/// `变量 总 和 = 0`; `uses` are all its places, `is_certain`: nothing else can be meant.
pub(crate) fn blank_in_name(first: Span, name: &str, meant: &str, uses: &[Span], is_certain: bool) -> Diagnostic {
    let title = Text::new(format!("名字“{name}”里不能有空格"), format!("the name `{name}` cannot contain a blank"));
    let label = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    let edits = uses.iter().map(|&span| Edit { span, text: meant.to_owned() }).collect();
    Diagnostic::error(CODE, first, title, label.clone()).with_fix(label, edits, is_certain)
}

/// `变量 my-name = 1`; `uses` are all its places.
pub(crate) fn dash_in_name(first: Span, name: &str, uses: &[Span]) -> Diagnostic {
    let meant = name.replace(['-', '－'], "_");
    let title = Text::new(format!("名字“{name}”里不能有“-”"), format!("the name `{name}` cannot contain `-`"));
    let label = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    let edits = uses.iter().map(|&span| Edit { span, text: meant.clone() }).collect();
    Diagnostic::error(CODE, first, title, label.clone()).with_fix(label, edits, true)
}
