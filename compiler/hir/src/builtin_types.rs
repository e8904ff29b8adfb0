//! The types that the compiler itself knows, by name. What is written in Qi (字典, 选项 …) is not among them.

use qi_base::Name;

/// Every name with the number of type arguments it takes: least and most.
const BUILTIN_TYPES: &[(&str, usize, usize)] = &[
    ("整数", 0, 0),
    ("整数8", 0, 0),
    ("整数16", 0, 0),
    ("整数32", 0, 0),
    ("整数64", 0, 0),
    ("无符号8", 0, 0),
    ("无符号16", 0, 0),
    ("无符号32", 0, 0),
    ("无符号64", 0, 0),
    ("字节", 0, 0),
    ("浮点数", 0, 0),
    ("浮点数64", 0, 0),
    ("浮点数32", 0, 0),
    ("布尔", 0, 0),
    ("字符", 0, 0),
    ("空", 0, 0),
    ("字符串", 0, 0),
    ("数组", 1, 1),
    ("列表", 1, 1),
    ("未来", 1, 1),
    ("任务", 1, 1),
    ("生成器", 1, 2),
    ("流", 1, 1),
    ("通道", 1, 1),
    ("锁", 1, 1),
    ("原子整数", 0, 0),
    ("共享", 1, 1),
    ("弱", 1, 1),
    ("指针", 0, 1),
    ("C字符串", 0, 0),
    ("C整数", 0, 0),
    ("C无符号整数", 0, 0),
];
/// Opaque objects of the runtime, in the standard library.
const HANDLE_TYPE: &str = "内建对象";

/// How many type arguments a predeclared type takes: least and most.
pub fn builtin_arity(name: Name) -> Option<(usize, usize)> {
    if name.as_str() == HANDLE_TYPE {
        return Some((0, 0));
    }
    BUILTIN_TYPES.iter().find(|it| it.0 == name.as_str()).map(|&(_, least, most)| (least, most))
}

/// The names that a user may write.
pub fn builtin_type_names() -> impl Iterator<Item = &'static str> {
    BUILTIN_TYPES.iter().map(|&(name, ..)| name)
}
