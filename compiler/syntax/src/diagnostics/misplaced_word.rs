//! E0108: words and names where none of their kind can stand, and what to write instead.

use super::unexpected_token::CODE;
use qi_base::{Diagnostic, Edit, Span, Text};

/// `变量 可变 甲 = 1`
pub(crate) fn mutable_variable(word: Span) -> Diagnostic {
    let title = Text::new("变量本来就可以改，不写“可变”", "a variable can be changed: it takes no `可变`");
    Diagnostic::error(CODE, word, title, Text::new("不改的值用“常量”声明", "what does not change is a `常量`"))
}

/// `外: 如果 真 { … }`
pub(crate) fn label_of_other(label: Span) -> Diagnostic {
    let title = Text::new("标签只写在循环前面", "a label stands only before a loop");
    let label_text = Text::new("后面应是“当”“对于”或“循环”", "`当`, `对于` or `循环` should follow");
    Diagnostic::error(CODE, label, title, label_text)
}

/// `跳出 3`
pub(crate) fn operand_of_jump(keyword: Span, operand: Span, word: &str, is_count: bool) -> Diagnostic {
    let title = Text::new(format!("“{word}”不带值"), format!("`{word}` takes no value"));
    let label = Text::new("后面只能写循环的标签", "only the label of a loop can follow");
    let error = Diagnostic::error(CODE, operand, title, label);
    let error = match is_count {
        true => error.with_note(Text::new(
            format!("外层的循环用标签：外: 对于 … {{ … {word} 外 … }}"),
            format!("an outer loop is named by a label: `外: 对于 … {{ … {word} 外 … }}`"),
        )),
        false => error,
    };
    let fix = Text::new("删除它", "remove it");
    error.with_fix(fix, vec![Edit { span: Span { start: keyword.end, ..operand }, text: String::new() }], false)
}

/// `阻塞 函数 读() { … }`
pub(crate) fn blocking_function(word: Span) -> Diagnostic {
    let title = Text::new("“阻塞”只写在“外部”后面", "`阻塞` stands only behind `外部`");
    let label = Text::new(
        "用来说明 C 的函数：外部 阻塞 \"库\" { … }",
        "it tells of functions of C: `外部 阻塞 \"library\" { … }`",
    );
    Diagnostic::error(CODE, word, title, label)
}

/// 捕获 behind 最终, or a second 最终.
pub(crate) fn clause_out_of_order(word: Span, is_catch: bool) -> Diagnostic {
    let title = match is_catch {
        true => Text::new("“捕获”写在“最终”前面", "`捕获` stands before `最终`"),
        false => Text::new("“最终”只写一次", "`最终` stands only once"),
    };
    Diagnostic::error(CODE, word, title, order())
}

/// 捕获 or 最终 without 尝试.
pub(crate) fn clause_alone(word: Span, text: &str) -> Diagnostic {
    let title = Text::new(format!("“{text}”前面没有“尝试”"), format!("`{text}` without `尝试` before it"));
    Diagnostic::error(CODE, word, title, order())
}

fn order() -> Text {
    Text::new("次序是“尝试 { … } 捕获 e { … } 最终 { … }”", "the order is `尝试 { … } 捕获 e { … } 最终 { … }`")
}

/// `0..n => …`
pub(crate) fn name_as_end_of_range(name: Span) -> Diagnostic {
    let title = Text::new("模式里范围的两端只能是字面值", "the ends of a range in a pattern are literals");
    let label =
        Text::new("用名字比较写成条件：x 如果 x < 名字", "to compare with a name, write a guard: `x 如果 x < name`");
    Diagnostic::error(CODE, name, title, label)
}

/// `x > 2 => …`; `whole` is the pattern with the comparison, `meant` what to write for it.
pub(crate) fn comparison_in_pattern(sign: Span, whole: Span, meant: Option<&str>) -> Diagnostic {
    let title = Text::new("模式里不能比较", "a pattern compares nothing");
    let text = meant.unwrap_or("x 如果 x > 2");
    let label = Text::new(format!("条件写成“{text}”"), format!("a condition is written `{text}`"));
    let error = Diagnostic::error(CODE, sign, title, label);
    let Some(meant) = meant else { return error };
    let fix = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    // The name may be one that is declared outside; here it is a new one.
    error.with_fix(fix, vec![Edit { span: whole, text: meant.to_owned() }], false)
}

/// `&整数`, `*整数` as a type.
pub(crate) fn sign_before_type(sign: Span, text: &str) -> Diagnostic {
    let title = Text::new(format!("类型前面不写“{text}”"), format!("a type takes no `{text}` before it"));
    let label = match text {
        "&" => Text::new(
            "直接写类型；要让函数改它，写“可变 名字: 类型”",
            "write the type alone; what the function may change is `可变 name: type`",
        ),
        _ => Text::new("直接写类型；C 的指针写“指针<类型>”", "write the type alone; a pointer of C is `指针<type>`"),
    };
    // Whether the function is to change it, nothing tells.
    let edit = Edit { span: sign, text: String::new() };
    Diagnostic::error(CODE, sign, title, label).with_fix(Text::new("删除它", "remove it"), vec![edit], false)
}

/// `导入 "./工具"`; `meant` is the path as it is written here, if it can be.
pub(crate) fn path_of_import(path: Span, meant: Option<&str>) -> Diagnostic {
    let title = Text::new("导入的模块不写在引号里", "the module of an import takes no quotes");
    let text = meant.unwrap_or("模块.名字");
    let label = Text::new(format!("写成“导入 {text}”"), format!("write `导入 {text}`"));
    let error = Diagnostic::error(CODE, path, title, label);
    let Some(meant) = meant else { return error };
    let fix = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    error.with_fix(fix, vec![Edit { span: path, text: meant.to_owned() }], false)
}

/// `情况 [甲, 乙] := <-通`
pub(crate) fn pattern_of_select(pattern: Span) -> Diagnostic {
    let title = Text::new("收到的值在这里只能取名字或元组", "what is received takes a name or a tuple here");
    let label = Text::new(
        "写成“情况 名字 := <-通道:”，在里面再取出各项",
        "write `情况 name := <-channel:` and take it apart inside",
    );
    Diagnostic::error(CODE, pattern, title, label)
}
