//! Where names are written.

use super::Fixture;

/// The lines of each file with what is found in brackets; files and lines with nothing are left out.
fn found(files: &[(&str, &str)]) -> String {
    let mut it = Fixture::new(files);
    let found = it.workspace.references(&mut it.disk, &it.path, it.offset, true).unwrap_or_default();
    let mut shown = String::new();
    for in_file in &found {
        let name = in_file.file.path.file_name().unwrap_or_default().to_string_lossy();
        if found.len() > 1 {
            shown += &format!("{name}:\n");
        }
        let mut text = in_file.file.text.clone();
        for span in in_file.spans.iter().rev() {
            text.insert(span.end as usize, ']');
            text.insert(span.start as usize, '[');
        }
        let plain = in_file.file.text.lines();
        let lines = text.lines().zip(plain).filter(|(marked, plain)| marked != plain);
        lines.for_each(|it| shown += &format!("{}\n", it.0.trim()));
    }
    shown
}
fn check(text: &str, wanted: &[&str]) {
    let found = found(&[("主.qi", text)]);
    assert_eq!(found.lines().collect::<Vec<_>>(), wanted, "{text}");
}

#[test]
fn variables_by_scope() {
    let text =
        "变量 甲 = 1\n打印(甲$0)\n如果 甲 > 0 {\n变量 甲 = 2\n打印(甲)\n}\n变量 f = (甲: 整数) => 甲 + 1\n甲 = f(甲)\n";
    check(text, &["变量 [甲] = 1", "打印([甲])", "如果 [甲] > 0 {", "[甲] = f([甲])"]);
    let inner = text.replace("$0", "").replace("变量 甲 = 2", "变量 甲$0 = 2");
    check(&inner, &["变量 [甲] = 2", "打印([甲])"]);
    let param = text.replace("$0", "").replace("=> 甲 + 1", "=> $0甲 + 1");
    check(&param, &["变量 f = ([甲]: 整数) => [甲] + 1"]);
}

#[test]
fn templates_and_patterns() {
    check(
        "变量 对 = (1, 2)\n变量 (甲, 乙) = 对\n打印(f\"{甲$0:>3} 和 {乙}\", \"${甲 + 1}\")\n",
        &["变量 ([甲], 乙) = 对", "打印(f\"{[甲]:>3} 和 {乙}\", \"${[甲] + 1}\")"],
    );
    check(
        "变量 列 = [1, 2]\n匹配 列 {\n[头, ..尾] 如果 头 > 1 => 打印(头, 尾$0),\n_ => 打印(0),\n}\n",
        &["[头, ..[尾]] 如果 头 > 1 => 打印(头, [尾]),"],
    );
    check(
        "枚举 数 { 整(整数), 无数 }\n函数 f(x: 数): 整数 {\n匹配 x {\n整(值$0) => 返回 值,\n无数 => 返回 0,\n}\n}\n",
        &["整([值]) => 返回 [值],"],
    );
}

#[test]
fn alternatives_bind_the_same_variables() {
    check(
        "匹配 [1, 2] {\n[1, ..尾$0] | [2, ..尾] => 打印(尾),\n_ => 打印(0),\n}\n",
        &["[1, ..[尾]] | [2, ..[尾]] => 打印([尾]),"],
    );
    check(
        "匹配 (1, 2) {\n(1, 甲) | (甲, 1) => 打印(甲$0),\n_ => 打印(0),\n}\n",
        &["(1, [甲]) | ([甲], 1) => 打印([甲]),"],
    );
}

#[test]
fn parameters_and_named_arguments() {
    check(
        "函数 加(甲: 整数, 乙: 整数 = 甲): 整数 { 返回 甲$0 + 乙 }\n打印(加(甲: 1, 乙: 2))\n变量 甲 = 3\n打印(甲)\n",
        &["函数 加([甲]: 整数, 乙: 整数 = [甲]): 整数 { 返回 [甲] + 乙 }", "打印(加([甲]: 1, 乙: 2))"],
    );
    check(
        "函数 主函数() {\n函数 内(甲: 整数): 整数 { 返回 甲 }\n打印(内(甲$0: 1))\n}\n",
        &["函数 内([甲]: 整数): 整数 { 返回 [甲] }", "打印(内([甲]: 1))"],
    );
}

#[test]
fn types_and_fields() {
    let text = "类型 点 { 横: 整数, 纵: 整数 = 0 }\n实现 点 { 函数 移(另: 点?): 点 { 返回 点 { 横: 自己.横 + 1 } } }\n\
                变量 横 = 5\n变量 p = 点 { 横 }\n匹配 p {\n点 { 横: x, .. } => 打印(x),\n}\n匹配 p {\n点 { 横, .. } => 打印(横),\n}\n\
                p.横 += 1\n变量 q: 点? = p\n打印(q?.横)\n";
    let type_ = text.replace("类型 点", "类型 点$0");
    check(
        &type_,
        &[
            "类型 [点] { 横: 整数, 纵: 整数 = 0 }",
            "实现 [点] { 函数 移(另: [点]?): [点] { 返回 [点] { 横: 自己.横 + 1 } } }",
            "变量 p = [点] { 横 }",
            "[点] { 横: x, .. } => 打印(x),",
            "[点] { 横, .. } => 打印(横),",
            "变量 q: [点]? = p",
        ],
    );
    let field = text.replace("p.横", "p.横$0");
    check(
        &field,
        &[
            "类型 点 { [横]: 整数, 纵: 整数 = 0 }",
            "实现 点 { 函数 移(另: 点?): 点 { 返回 点 { [横]: 自己.[横] + 1 } } }",
            "变量 p = 点 { [横] }",
            "点 { [横]: x, .. } => 打印(x),",
            "点 { [横], .. } => 打印(横),",
            "p.[横] += 1",
            "打印(q?.[横])",
        ],
    );
    let variable = text.replace("变量 p = 点 { 横 }", "变量 p = 点 { 横$0 }");
    check(&variable, &["变量 [横] = 5", "变量 p = 点 { [横] }"]);
}

#[test]
fn variants_and_aliases_of_types() {
    check(
        "枚举 形 { 圆(整数), 方 { 边: 整数 }, 空形 }\n类型 别名 = 形\n变量 a = 形.空形\n变量 b: 别名 = 形::空形$0\n匹配 a {\n空形 => 打印(0),\n圆(_) | 方 { .. } => 打印(1),\n}\n",
        &[
            "枚举 形 { 圆(整数), 方 { 边: 整数 }, [空形] }",
            "变量 a = 形.[空形]",
            "变量 b: 别名 = 形::[空形]",
            "[空形] => 打印(0),",
        ],
    );
    check(
        "枚举 形 { 方 { 边: 整数 } }\n变量 a = 形.方 { 边: 1 }\n匹配 a {\n方 { 边$0 } => 打印(边),\n}\n",
        &["方 { [边] } => 打印([边]),"],
    );
    check(
        "枚举 形 { 方 { 边$0: 整数 } }\n变量 a = 形.方 { 边: 1 }\n匹配 a {\n方 { 边 } => 打印(边),\n}\n",
        &["枚举 形 { 方 { [边]: 整数 } }", "变量 a = 形.方 { [边]: 1 }", "方 { [边] } => 打印(边),"],
    );
}

#[test]
fn methods_of_traits() {
    let text = "特性 可画 { 函数 面积(倍: 整数): 整数; 函数 名(): 字符串 { 返回 \"图\" } }\n类型 方 { 边: 整数 }\n\
                实现 可画 对于 方 { 函数 面积(n: 整数): 整数 { 返回 n * 自己.边 } }\n\
                函数 总(甲: 可画, 乙: 任意 可画): 整数 { 返回 甲.面积(倍: 1) + 乙.面积(2) }\n\
                打印(方 { 边: 2 }.面积(3), 可画.面积(方 { 边: 1 }, 1))\n";
    check(
        &text.replace("甲.面积", "甲.面积$0"),
        &[
            "特性 可画 { 函数 [面积](倍: 整数): 整数; 函数 名(): 字符串 { 返回 \"图\" } }",
            "实现 可画 对于 方 { 函数 [面积](n: 整数): 整数 { 返回 n * 自己.边 } }",
            "函数 总(甲: 可画, 乙: 任意 可画): 整数 { 返回 甲.[面积](倍: 1) + 乙.[面积](2) }",
            "打印(方 { 边: 2 }.[面积](3), 可画.[面积](方 { 边: 1 }, 1))",
        ],
    );
    check(
        &text.replace("特性 可画", "特性 可画$0"),
        &[
            "特性 [可画] { 函数 面积(倍: 整数): 整数; 函数 名(): 字符串 { 返回 \"图\" } }",
            "实现 [可画] 对于 方 { 函数 面积(n: 整数): 整数 { 返回 n * 自己.边 } }",
            "函数 总(甲: [可画], 乙: 任意 [可画]): 整数 { 返回 甲.面积(倍: 1) + 乙.面积(2) }",
            "打印(方 { 边: 2 }.面积(3), [可画].面积(方 { 边: 1 }, 1))",
        ],
    );
    check(
        &text.replace("(倍: 整数)", "(倍$0: 整数)"),
        &[
            "特性 可画 { 函数 面积([倍]: 整数): 整数; 函数 名(): 字符串 { 返回 \"图\" } }",
            "函数 总(甲: 可画, 乙: 任意 可画): 整数 { 返回 甲.面积([倍]: 1) + 乙.面积(2) }",
        ],
    );
}

#[test]
fn type_parameters_and_receivers() {
    check(
        "类型 栈<T> { 列: 数组<T> }\n实现<T> 栈<T> { 函数 压(x: T$0) { 自己.列.追加(x) } }\n函数 同<T>(x: T): T { 返回 x }\n",
        &["实现<[T]> 栈<[T]> { 函数 压(x: [T]) { 自己.列.追加(x) } }"],
    );
    check(
        "类型 点 { 横: 整数 }\n函数 (我 点) 长(): 整数 { 返回 我$0.横 }\n打印(点 { 横: 1 }.长())\n",
        &["函数 ([我] 点) 长(): 整数 { 返回 [我].横 }"],
    );
    check(
        "外: 对于 i 在 0..3 {\n对于 j 在 0..3 {\n如果 i > j { 跳出 外$0 }\n}\n}\n",
        &["[外]: 对于 i 在 0..3 {", "如果 i > j { 跳出 [外] }"],
    );
}

#[test]
fn overloads_are_told_apart() {
    check(
        "函数 加(甲: 整数): 整数 { 返回 甲 }\n函数 加(甲: 整数, 乙: 整数): 整数 { 返回 加$0(甲) + 乙 }\n打印(加(1, 2))\n",
        &["函数 [加](甲: 整数): 整数 { 返回 甲 }", "函数 加(甲: 整数, 乙: 整数): 整数 { 返回 [加](甲) + 乙 }"],
    );
}

const LIBRARY: &str = "公开 函数 加(甲: 整数): 整数 { 返回 甲 }\n公开 类型 点 { 横: 整数 }\n公开 常量 上限 = 加(1)\n";

#[test]
fn other_modules() {
    let uses =
        "导入 ./库\n导入 ./库::{加, 点 作为 位置}\n变量 p: 位置 = 库.点 { 横: 加(库.上限) }\n打印(库.加(甲: p.横))\n";
    let files = [("主.qi", uses), ("库.qi", &LIBRARY.replace("函数 加", "函数 加$0"))];
    assert_eq!(
        found(&files),
        "主.qi:\n导入 ./库::{[加], 点 作为 位置}\n变量 p: 位置 = 库.点 { 横: [加](库.上限) }\n打印(库.[加](甲: p.横))\n\
         库.qi:\n公开 函数 [加](甲: 整数): 整数 { 返回 甲 }\n公开 常量 上限 = [加](1)\n"
    );
    let files = [("主.qi", &*uses.replace("作为 位置", "作为 位置$0")), ("库.qi", LIBRARY)];
    assert_eq!(found(&files), "导入 ./库::{加, 点 作为 [位置]}\n变量 p: [位置] = 库.点 { 横: 加(库.上限) }\n");
    let files = [("主.qi", &*uses.replace("打印(库", "打印(库$0")), ("库.qi", LIBRARY)];
    let modules = "导入 ./[库]\n导入 ./[库]::{加, 点 作为 位置}\n变量 p: 位置 = [库].点 { 横: 加([库].上限) }\n打印([库].加(甲: p.横))\n";
    assert_eq!(found(&files), modules);
}

/// Only the library is open: what imports it is found on the disk.
#[test]
fn modules_that_nothing_open_leads_to() {
    let library = LIBRARY.replace("类型 点", "类型 点$0");
    let files = [("库.qi", &*library), ("主.qi", "导入 ./库::*\n打印(点 { 横: 1 })\n"), ("闲.qi", "打印(1)\n")];
    assert_eq!(found(&files), "主.qi:\n打印([点] { 横: 1 })\n库.qi:\n公开 类型 [点] { 横: 整数 }\n");
}

#[test]
fn unfinished_calls_still_name_what_they_call() {
    check(
        "函数 加(甲: 整数, 乙: 整数): 整数 { 返回 甲 + 乙 }\n打印(加$0(1))\n",
        &["函数 [加](甲: 整数, 乙: 整数): 整数 { 返回 甲 + 乙 }", "打印([加](1))"],
    );
    check(
        "类型 点 { 横: 整数 }\n实现 点 { 函数 移(x: 整数) {} }\n变量 p = 点 { 横: 1 }\np.移$0()\n",
        &["实现 点 { 函数 [移](x: 整数) {} }", "p.[移]()"],
    );
}

#[test]
fn nothing_stands_there() {
    for text in ["打印(1$0)\n", "$0", "变量 x = $0\n", "如$0果 真 {}\n", "打$0印(1)\n"] {
        check(text, &[]);
    }
}
