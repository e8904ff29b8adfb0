//! E0120: a statement of other languages.

use super::foreign_operator::CODE;
use qi_base::{Diagnostic, Edit, Span, Text};

/// `do { … } while (条件);`: `last` is what stands from the closing brace to the condition, and what is meant by it.
pub(crate) fn do_while(word: Span, keyword: Span, last: (Span, &str), is_certain: bool) -> Diagnostic {
    let title = Text::new("没有先做后判断的循环", "there is no loop that tests at its end");
    let meant = "循环 { …; 如果 条件 { 跳出 } }";
    let label = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    let edits = vec![Edit { span: word, text: "循环".into() }, Edit { span: last.0, text: last.1.into() }];
    let fix = Text::new("在末尾判断并跳出", "test and leave at the end");
    Diagnostic::error(CODE, word, title, label)
        .with_label(keyword, Text::new("判断写在循环里面", "the test stands inside the loop"))
        .with_fix(fix, edits, is_certain)
}

/// `循环 3 次 { … }`
pub(crate) fn repeat_loop(header: Span, meant: &str) -> Diagnostic {
    let title = Text::new("重复若干次写“对于 _ 在 0..次数”", "to repeat something is written `对于 _ 在 0..count`");
    let label = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    let edit = Edit { span: header, text: meant.to_owned() };
    Diagnostic::error(CODE, header, title, label.clone()).with_fix(label, vec![edit], true)
}

/// `println!("你好")`, at the sign.
pub(crate) fn macro_call(sign: Span, is_certain: bool) -> Diagnostic {
    let title = Text::new("没有宏：名字后面不写“!”", "there are no macros: a name takes no `!`");
    let label = Text::new("函数直接调用", "a function is called by its name");
    let edit = Edit { span: sign, text: String::new() };
    Diagnostic::error(CODE, sign, title, label).with_fix(Text::new("删除它", "remove it"), vec![edit], is_certain)
}

/// `defer 关闭(x)`
pub(crate) fn defer(span: Span, word: &str) -> Diagnostic {
    let title = Text::new(format!("没有“{word}”"), format!("there is no `{word}`"));
    let label = Text::new(
        "收尾的事写在“尝试 { … } 最终 { … }”的最终里",
        "what is to be done at the end stands in the 最终 of `尝试 { … } 最终 { … }`",
    );
    Diagnostic::error(CODE, span, title, label)
}

/// `从 标准库.文本 导入 分割`; `is_certain`: that is all of it.
pub(crate) fn import_from(statement: Span, meant: &str, is_certain: bool) -> Diagnostic {
    let title = Text::new("导入的名字写在模块后面", "the names that are imported stand behind the module");
    let label = Text::new(format!("写成“{meant}”"), format!("write `{meant}`"));
    let edit = Edit { span: statement, text: meant.to_owned() };
    Diagnostic::error(CODE, statement, title, label.clone()).with_fix(label, vec![edit], is_certain)
}

/// `import 读 from "文件"`
pub(crate) fn foreign_import(span: Span) -> Diagnostic {
    let title = Text::new(
        "导入写“导入 模块”或“导入 模块.{名字}”",
        "an import is written `导入 module` or `导入 module.{name}`",
    );
    let label = Text::new("别的语言的导入", "an import of another language");
    Diagnostic::error(CODE, span, title, label)
}
