//! Names of types, as far as the grammar knows any.

/// Where one of these stands before a name, the two are the wrong way round: `整数 数`.
const PLAIN_TYPES: &[&str] = &[
    "整数",
    "整数8",
    "整数16",
    "整数32",
    "整数64",
    "无符号8",
    "无符号16",
    "无符号32",
    "无符号64",
    "字节",
    "浮点数",
    "浮点数32",
    "布尔",
    "字符",
    "字符串",
];

/// What bounds most often name.
pub(crate) const STANDARD_TRAITS: &[&str] = &["可比较", "等同", "散列", "可打印", "可迭代", "错误", "可关闭"];

/// What other languages call the types.
pub const FOREIGN_TYPES: &[(&str, &str)] = &[
    ("int", "整数"),
    ("Int", "整数"),
    ("integer", "整数"),
    ("long", "整数"),
    ("i64", "整数"),
    ("isize", "整数"),
    ("usize", "整数"),
    ("i8", "整数8"),
    ("i16", "整数16"),
    ("i32", "整数32"),
    ("u8", "无符号8"),
    ("u16", "无符号16"),
    ("u32", "无符号32"),
    ("u64", "无符号64"),
    ("byte", "字节"),
    ("float", "浮点数"),
    ("double", "浮点数"),
    ("f64", "浮点数"),
    ("f32", "浮点数32"),
    ("bool", "布尔"),
    ("boolean", "布尔"),
    ("Bool", "布尔"),
    ("char", "字符"),
    ("str", "字符串"),
    ("string", "字符串"),
    ("String", "字符串"),
    ("void", "空"),
    ("Void", "空"),
    ("list", "数组"),
    ("List", "数组"),
    ("Array", "数组"),
    ("Vec", "数组"),
    ("dict", "字典"),
    ("map", "字典"),
    ("Map", "字典"),
    ("HashMap", "字典"),
    ("set", "集合"),
    ("Set", "集合"),
    ("HashSet", "集合"),
    ("Option", "选项"),
    ("Optional", "选项"),
    ("Result", "结果"),
    ("Future", "未来"),
    ("Mutex", "锁"),
    ("整型", "整数"),
    ("长整数", "整数"),
    ("长整型", "整数"),
    ("短整数", "整数16"),
    ("短整型", "整数16"),
    ("无符号整数", "无符号64"),
    ("单精度", "浮点数32"),
    ("双精度", "浮点数"),
    ("数字", "整数"),
    ("浮点", "浮点数"),
    ("浮点型", "浮点数"),
    ("小数", "浮点数"),
    ("实数", "浮点数"),
    ("双精度", "浮点数"),
    ("单精度", "浮点数32"),
    ("布尔值", "布尔"),
    ("布尔型", "布尔"),
    ("布林", "布尔"),
    ("字符型", "字符"),
    ("字串", "字符串"),
    ("文本", "字符串"),
    ("映射", "字典"),
    ("哈希表", "字典"),
    ("词典", "字典"),
    ("可选", "选项"),
];

/// Types of the prelude with arguments.
const GENERIC_TYPES: &[&str] =
    &["数组", "字典", "集合", "选项", "结果", "通道", "锁", "共享", "弱", "未来", "任务", "生成器", "流", "指针"];

/// A type of the prelude, or what others call one.
pub(crate) fn is_known_type(name: &str) -> bool {
    is_plain_type(name) || name == "空" || GENERIC_TYPES.contains(&name) || FOREIGN_TYPES.iter().any(|it| it.0 == name)
}

pub(crate) fn is_plain_type(name: &str) -> bool {
    PLAIN_TYPES.contains(&our_type(name))
}

/// Our name of a plain type that has an ASCII name elsewhere; others as they are.
pub(crate) fn our_type(name: &str) -> &str {
    let ours = FOREIGN_TYPES.iter().find(|it| it.0 == name && name.is_ascii());
    ours.map_or(name, |it| it.1)
}
