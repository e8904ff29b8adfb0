//! After an error: one finding, and the rest is read as if nothing had happened.

use super::{findings, parse_text};
use crate::ast::Item;

#[test]
fn one_finding_per_statement() {
    let cases: &[(&str, &[&str])] = &[
        ("打印(1 2)", &["1:5 E0113"]),
        ("变量 x =\n变量 y = 1", &["1:7 E0112"]),
        ("打印(\"a\"\n打印(1)", &["1:7 E0107"]),
        ("打印(y]\n打印(1)", &["1:5 E0107"]),
        ("如果 x = 3 { 打印(1) }", &["1:6 E0117"]),
        ("如果 (x > 3 { 打印(1) }\n打印(2)", &["1:10 E0107"]),
        ("变量 l = [1, 2\n变量 k = 3", &["1:13 E0107"]),
        ("变量 返回 = 3", &["1:4 E0116"]),
        ("变量 x 整数 = 3", &["1:5 E0108"]),
        ("x = y = 3", &["1:7 E0117"]),
        ("对于 i 0..3 { 打印(i) }\n打印(2)", &["1:5 E0108"]),
        ("匹配 x { 1 -> 2, 3 => 4 }", &["1:10 E0108"]),
        ("尝试 { }", &["1:1 E0108"]),
        ("否则 { }", &["1:1 E0108"]),
        (")", &["1:1 E0107"]),
        ("}}}", &["1:1 E0107"]),
        ("类型 别名 = ", &["1:8 E0108"]),
        ("变量 f = 闭包 [弱 1] () { }", &["1:13 E0113"]),
        ("枚举 色 { 红 = }", &["1:12 E0112"]),
        ("导入 标准库.文本::*", &[]),
        ("公开 打印(1)", &["1:4 E0108"]),
        ("函数 () { }", &["1:4 E0108"]),
        ("如果 点 { 横: 1 } == a { }", &["1:4 E0118"]),
        ("如果 a { 外: 循环 { } }", &[]),
        ("函数 f()", &["1:7 E0108"]),
        ("变量 a = 点 {\n横: 1\n纵: 2 }", &["2:5 E0113"]),
    ];
    for (text, expected) in cases {
        assert_eq!(findings(text), *expected, "{text}");
    }
}

#[test]
fn a_missing_brace_ends_at_the_next_declaration() {
    let text = "函数 甲() {\n    如果 x {\n        打印(1)\n}\n\n函数 乙() { 变量 = 3 }\n类型 点 { }\n";
    assert_eq!(findings(text), ["2:10 E0107", "6:13 E0108"]);
    assert_eq!(parse_text(text).tree.items().count(), 3);
}

#[test]
fn an_extra_brace_hides_nothing() {
    let text = "函数 甲() {\n}}\n函数 乙() { }\n";
    assert_eq!(findings(text), ["2:2 E0107"]);
    assert_eq!(parse_text(text).tree.items().filter(|it| matches!(it, Item::Function(_))).count(), 2);
}

#[test]
fn each_function_has_its_own_errors() {
    let text = "函数 甲( { 打印(1) }\n函数 乙() { 打印(* 3) }\n函数 丙(a 整数) { }\n函数 丁() { 返回 1 1 }\n";
    let lines: Vec<_> = findings(text).into_iter().map(|it| it.split(':').next().map(str::to_owned)).collect();
    assert_eq!(lines, [Some("1".into()), Some("2".into()), Some("3".into()), Some("4".into())]);
}

#[test]
fn fixes_are_edits_that_work() {
    for text in [
        "打印(y]\n",
        "变量 x 整数 = 3\n",
        "打印(1 2)\n",
        "打印(1)。\n",
        "打印(”文”)\n",
        "打印(f\"a}b\")\n",
        "打印(1\n打印(2)\n",
    ] {
        let parse = parse_text(text);
        let fix = parse.errors.iter().flat_map(|it| &it.fixes).find(|it| it.certain).expect("a certain fix");
        let mut fixed = text.to_owned();
        for edit in &fix.edits {
            fixed.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
        assert_eq!(findings(&fixed), Vec::<String>::new(), "{fixed}");
    }
}
