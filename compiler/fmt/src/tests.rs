//! Layout of small programs, and what must hold for every program of the corpus.

use crate::format;

fn formatted(text: &str) -> String {
    let once = format(text).unwrap_or_else(|errors| panic!("{text}\n{errors:#?}"));
    let twice = format(&once).unwrap_or_else(|errors| panic!("{once}\n{errors:#?}"));
    assert_eq!(once, twice, "not idempotent");
    once
}

#[track_caller]
fn becomes(text: &str, expected: &str) {
    assert_eq!(formatted(text), expected);
}
#[track_caller]
fn stays(text: &str) {
    becomes(text, text);
}

#[test]
fn punctuation_becomes_half_width() {
    becomes("打印（“你好，世界”，１ ＋ 【2、 3】【0】）；\n", "打印(“你好，世界”, 1 + [2, 3][0]);\n");
    becomes("变量 甲：数组《整数》＝【】 // 注释，不动\n", "变量 甲: 数组<整数> = [] // 注释，不动\n");
    becomes("打印(f\"｛{甲}，\")", "打印(f\"｛{甲}，\")\n");
}

#[test]
fn blanks() {
    becomes("变量 a=-1+2*( 3-b )", "变量 a = -1 + 2 * (3 - b)\n");
    becomes("a . b ( 1 ,2 ) [ 0 ] ? ! ", "a.b(1, 2)[0]?!\n");
    becomes("变量 x=0 .. 10", "变量 x = 0..10\n");
    becomes("变量 f=( x )=>x*2", "变量 f = (x) => x * 2\n");
    becomes("函数 f < T : A+B > ( a :T=1 ) :T ?{返回 a}", "函数 f<T: A + B>(a: T = 1): T? { 返回 a }\n");
    becomes("变量 m={ \"a\":1 };变量 p=点{横:1}", "变量 m = {\"a\": 1};\n变量 p = 点 { 横: 1 }\n");
    becomes("c<- 1;变量 x=<- c", "c <- 1;\n变量 x = <-c\n");
    becomes("导入 标准库 . 文本 :: { 分割 ,替换 }\n导入 . / 辅助", "导入 标准库.文本::{分割, 替换}\n导入 ./辅助\n");
    becomes("匹配 x{点{横,..}=>1,..=5=>2,[a,..b]=>3}", "匹配 x { 点 { 横, .. } => 1, ..=5 => 2, [a, ..b] => 3 }\n");
}

#[test]
fn what_must_not_touch_stays_apart() {
    stays("变量 a = x? .y\n");
    stays("变量 a = x? ?\n");
    stays("变量 a = f\"{ {\"a\": 1}[\"a\"] }\"\n");
    stays("变量 a = -(-1)\n");
}

#[test]
fn author_lines_stay() {
    stays("变量 果 = 查询 { 数们: [1] }\n    .大于(3)\n    .加(100)\n");
    stays("变量 和 = 1\n    + 2\n    * 3\n");
    stays("打印(\n    1,\n    [2, 3],\n)\n");
    stays("变量 表 = [\n    1, 2, 3,\n    4, 5, 6,\n]\n");
    stays("f(1, (x) => {\n    打印(x)\n})\n");
    stays("如果 a { b } 否则 { c }\n");
}

#[test]
fn blocks_with_a_line_break_have_one_statement_a_line() {
    becomes("函数 f() { a(); b()\nc() }", "函数 f() {\n    a();\n    b()\n    c()\n}\n");
    becomes("如果 a\n{\nb }\n否则\n{ c }", "如果 a {\n    b\n} 否则 { c }\n");
    becomes("类型 点 {\n横: 整数,\n\n\n纵: 整数 }", "类型 点 {\n    横: 整数,\n\n    纵: 整数\n}\n");
    becomes("函数 f() {   }", "函数 f() {}\n");
}

#[test]
fn blocks_around_several_lines_have_one_statement_a_line() {
    becomes(
        "函数 f() { a(); b((s) => {\n1 }); c() }",
        "函数 f() {\n    a();\n    b((s) => {\n        1\n    });\n    c()\n}\n",
    );
    stays("函数 f() { b((s) => {\n    1\n}) }\n");
}

#[test]
fn select_arms() {
    stays(
        "选择 {\n    情况 x := <-甲: 打印(x)\n    情况 超时(20):\n        打印(1)\n        打印(2)\n    默认: 打印(3)\n}\n",
    );
    becomes(
        "选择 {\n情况 x := <-甲:\n打印(x)\n默认: 打印(3) }",
        "选择 {\n    情况 x := <-甲:\n        打印(x)\n    默认: 打印(3)\n}\n",
    );
}

#[test]
fn comments_stay_where_they_are() {
    stays(
        "// 头\n\n/// 文档\n函数 f() {\n    // 里面\n    a() // 后面\n\n    /* 块 */\n    b(/* 参数 */ 1)\n    // 末尾\n}\n",
    );
    becomes("f(1, // 一\n2)", "f(\n    1, // 一\n    2,\n)\n");
    becomes("如果 a { // 说明\nb }", "如果 a { // 说明\n    b\n}\n");
}

#[test]
fn long_lines_break_from_the_outside() {
    let long = |n: usize| vec!["很长的名字"; n].join(", ");
    becomes(&format!("打印({})", long(10)), &format!("打印(\n{})\n", "    很长的名字,\n".repeat(10)));
    let condition = ["很长的名字(1)"; 8].join(" 且 ");
    becomes(&format!("变量 a = {condition}"), &format!("变量 a = {}\n", condition.replace(" 且", "\n    且")));
    becomes(&format!("函数 f() {{ 打印({}) }}", long(7)), &format!("函数 f() {{\n    打印({})\n}}\n", long(7)));
}

#[test]
fn strings_are_not_touched() {
    stays("变量 a = \"\"\"\n  甲\n    乙，\n\"\"\" + `\n ` + r\"（）\"\n");
}

#[test]
fn broken_text_is_refused() {
    assert!(format("函数 f( {").is_err());
    assert_eq!(formatted(""), "");
    becomes("\u{FEFF}a()\r\n\r\n\r\n\r\nb()\r\n", "a()\n\nb()\n");
    becomes("a(`甲\r\n乙`)\r\n/* 丙\r\n丁 */\r\nb()\r\n", "a(`甲\n乙`)\n/* 丙\n丁 */\nb()\n");
}

#[test]
fn every_program_is_stable() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/syntax/ok");
    let mut n_files = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus exists") {
        let text = std::fs::read_to_string(entry.expect("readable").path()).expect("UTF-8");
        formatted(&text);
        // Squeezed onto few lines or spread over many, the tokens stay the same (strings may not survive the spreading).
        for changed in [text.replace("\n    ", "\n"), text.replace(", ", ",\n"), text.replace('(', "(\n")] {
            if format(&changed).is_ok() {
                formatted(&changed);
            }
        }
        n_files += 1;
    }
    assert!(n_files > 20);
}
