//! E0201: a name that no scope in sight defines.

use qi_base::{Diagnostic, Edit, Span, Text};

pub fn unknown_name(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(
        "E0201",
        span,
        Text::new(format!("找不到名字“{name}”"), format!("cannot find the name `{name}`")),
        Text::new("这里没有叫这个的东西", "nothing of this name is in scope"),
    )
}

/// `返回甲`, `甲且乙`: keywords and names written together; `apart` is how they are meant.
pub fn with_glued_keyword(diagnostic: Diagnostic, span: Span, apart: &str) -> Diagnostic {
    let text = Text::new(format!("关键字和名字之间要有空格：“{apart}”"), format!("a blank is missing: `{apart}`"));
    diagnostic.with_fix(text, vec![Edit { span, text: apart.to_owned() }], true)
}

/// `console.log(甲)`
pub fn with_our_output(diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.with_note(Text::new("输出一行写“打印(值)”", "a line is printed with `打印(value)`"))
}

/// A local variable of this name is declared at `declared`, below or in a block that has ended.
pub fn name_out_of_scope(diagnostic: Diagnostic, span: Span, declared: Span, in_its_value: bool) -> Diagnostic {
    let text = if in_its_value {
        Text::new("它自己的值里还不能用它", "cannot be used in its own value")
    } else if span < declared {
        Text::new("在这里才声明，声明之后才能用", "declared only here; it can be used after that")
    } else {
        Text::new("在这里声明的，到它所在的花括号为止", "declared here, known up to the end of its block")
    };
    diagnostic.with_label(declared, text)
}

/// `甲 = 1` without a 甲.
pub fn undeclared_target(span: Span, name: &str) -> Diagnostic {
    let text = Text::new(
        format!("新的变量要声明：“变量 {name} = …”"),
        format!("a new variable is declared: `变量 {name} = …`"),
    );
    unknown_name(span, name).with_fix(text, vec![Edit { span, text: format!("变量 {name}") }], false)
}

/// A name of a module from which others are imported; `at`: one of those.
pub fn with_name_to_import(diagnostic: Diagnostic, at: Span, module: &str, name: &str) -> Diagnostic {
    let text = Text::new(
        format!("模块“{module}”里有“{name}”：把它也写进“导入”"),
        format!("the module `{module}` has `{name}`: import it too"),
    );
    diagnostic.with_fix(text, vec![Edit { span: at.after(), text: format!(", {name}") }], true)
}
