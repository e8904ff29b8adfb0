//! W0409: a copy is changed, and nobody looks at it afterwards.

use qi_base::{Diagnostic, Span, Text};

/// Where a copy comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CopyKind {
    /// 对于
    Element,
    Pattern,
    Parameter,
    /// `变量 乙 = 甲`
    Variable,
    /// 自己 or a 可变 parameter in a closure that outlives the call.
    ReturnedClosure,
}

/// `declared`: where the copy gets its name.
pub fn lost_change(span: Span, name: &str, declared: Span, kind: CopyKind) -> Diagnostic {
    let diagnostic = Diagnostic::warning(
        "W0409",
        span,
        Text::new(
            format!("“{name}”是副本，改了它，原来的值不变"),
            format!("`{name}` is a copy: what it was copied from does not change"),
        ),
        match kind {
            CopyKind::ReturnedClosure => Text::new("调用者看不到这里的改动", "the caller does not see this change"),
            _ => Text::new("这里的改动没有人用到", "nobody uses this change"),
        },
    );
    let label = match kind {
        CopyKind::Element => Text::new("每一圈都是新的副本", "a new copy in every round"),
        CopyKind::Pattern => Text::new("模式里的名字是副本", "what a pattern binds is a copy"),
        CopyKind::Parameter => Text::new("参数是副本", "a parameter is a copy"),
        CopyKind::Variable => Text::new("赋值得到副本", "assignment makes a copy"),
        CopyKind::ReturnedClosure => Text::new("返回的闭包拿着它的副本", "a closure that is returned has a copy of it"),
    };
    let note = match kind {
        CopyKind::Element => Text::new(
            "要改数组的元素，按下标写：“列[i].字段 = …”",
            "to change the elements of an array, use the index: `列[i].字段 = …`",
        ),
        CopyKind::ReturnedClosure => Text::new(
            "要让闭包和调用者改同一个值，把它放进“共享”",
            "to have the closure and the caller change one value, keep it in a 共享",
        ),
        CopyKind::Pattern | CopyKind::Variable => {
            Text::new("要改原来的值，写它所在的地方", "to change the original, write the place where it is")
        }
        CopyKind::Parameter => Text::new(
            "要改调用者的变量，参数写成“可变 名字: 类型”，调用时也写“可变 变量”；或者返回改好的值",
            "to change the caller's variable, declare it `可变 name: type` and call with `可变 variable`; or return the new value",
        ),
    };
    diagnostic.with_label(declared, label).with_note(note)
}
