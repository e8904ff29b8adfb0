//! Nesting is limited in every direction, on the small stack of a test thread.

use super::{parse_ok, parse_text};

const DEEP: usize = 20_000;

fn is_refused(text: &str) {
    let errors = parse_text(text).errors;
    let codes: Vec<_> = errors.iter().map(|it| it.code).collect();
    assert!(codes.contains(&"E0109"), "{}…: {codes:?}", text.chars().take(40).collect::<String>());
    assert!(codes.len() < 5, "a cascade: {codes:?}");
}

#[test]
fn deep_input_is_refused() {
    let nested = |open: &str, close: &str| format!("变量 x = {}1{}\n", open.repeat(DEEP), close.repeat(DEEP));
    for (open, close) in
        [("(", ")"), ("[", "]"), ("(", ""), ("[", ""), ("-", ""), ("非 ", ""), ("f(", ")"), ("{1: ", "}")]
    {
        is_refused(&nested(open, close));
    }
    for (open, close) in
        [("点 { a: ", "}"), ("x => ", ""), ("(x) => ", ""), ("f\"{", "}\""), ("启动 ", ""), ("等待 ", "")]
    {
        is_refused(&nested(open, close));
    }
    for chain in ["+ 1", ".b", "()", "[0]", "?", "!", " ?? 1", " 作为 T"] {
        is_refused(&format!("变量 x = 1{}\n", chain.repeat(DEEP)));
    }
    is_refused(&format!("函数 f() {{ {} {} }}", "{".repeat(DEEP), "}".repeat(DEEP)));
    is_refused(&format!("函数 f() {{ {} {} }}", "如果 真 {".repeat(DEEP), "}".repeat(DEEP)));
    is_refused(&format!("函数 f() {{ 如果 a {{}}{} }}", " 否则 如果 a {}".repeat(DEEP)));
    is_refused(&format!("变量 x: {}整数{} = 1", "数组<".repeat(DEEP), ">".repeat(DEEP)));
    is_refused(&format!("变量 x: {}整数{} = 1", "[".repeat(DEEP), "]".repeat(DEEP)));
    is_refused(&format!("变量 {}a{} = 1", "(".repeat(DEEP), ")".repeat(DEEP)));
}

#[test]
fn moderate_depth_is_fine() {
    let n = 900;
    parse_ok(&format!("变量 x = {}1{}\n", "(".repeat(n), ")".repeat(n)));
    parse_ok(&format!("变量 x = 1{}\n", " + 1".repeat(n)));
    parse_ok(&format!("函数 f() {{ {}{} }}", "如果 真 {".repeat(n), "}".repeat(n)));
}

#[test]
fn what_follows_is_still_read() {
    let text = format!("变量 x = {}1{}\n函数 f() {{ 变量 = 3 }}\n", "(".repeat(DEEP), ")".repeat(DEEP));
    let codes: Vec<_> = parse_text(&text).errors.iter().map(|it| it.code).collect();
    assert_eq!(codes, ["E0109", "E0108"]);
}
