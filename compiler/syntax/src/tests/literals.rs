//! The values of literals.

use super::parse_text;
use crate::ast::{AstNode, Literal, LiteralKind};

fn value(text: &str) -> LiteralKind {
    let parse = parse_text(&format!("变量 a = {text}\n"));
    assert!(parse.errors.is_empty(), "{:#?}", parse.errors);
    parse.syntax().descendants().find_map(Literal::cast).expect("a literal").kind()
}
fn string(text: &str) -> String {
    match value(text) {
        LiteralKind::String(it) => it,
        other => panic!("{other:?}"),
    }
}

#[test]
fn numbers() {
    assert_eq!(value("1_000"), LiteralKind::Int(Some(1000)));
    assert_eq!(value("0xFF"), LiteralKind::Int(Some(255)));
    assert_eq!(value("0b1010"), LiteralKind::Int(Some(10)));
    assert_eq!(value("0o17"), LiteralKind::Int(Some(15)));
    assert_eq!(value("０ｘＦＦ"), LiteralKind::Int(Some(255)));
    assert_eq!(value("２５５"), LiteralKind::Int(Some(255)));
    assert_eq!(value("9223372036854775808"), LiteralKind::Int(Some(1 << 63)));
    assert_eq!(value("3.25"), LiteralKind::Float(3.25));
    assert_eq!(value("1e-9"), LiteralKind::Float(1e-9));
    assert_eq!(value("１．５ｅ３"), LiteralKind::Float(1500.0));
}

#[test]
fn characters() {
    assert_eq!(value("'中'"), LiteralKind::Char('中'));
    assert_eq!(value("'\\n'"), LiteralKind::Char('\n'));
    assert_eq!(value("‘好’"), LiteralKind::Char('好'));
    assert_eq!(value("'\\u{1F600}'"), LiteralKind::Char('😀'));
    assert_eq!(value("'\\\\'"), LiteralKind::Char('\\'));
    assert_eq!(value("'\\''"), LiteralKind::Char('\''));
}

#[test]
fn strings() {
    assert_eq!(string(r#""a\n\t\r\\\"\'\0\u{4F60}""#), "a\n\t\r\\\"'\0你");
    assert_eq!(string("“你\\n好”"), "你\n好");
    assert_eq!(string(r#"r"c:\x""#), r"c:\x");
    assert_eq!(string("`a\\n\nb`"), "a\\n\nb");
    assert_eq!(string("r“c:\\”"), "c:\\");
    assert_eq!(string("\"\""), "");
    assert_eq!(string("\"价 \\${x}\""), "价 ${x}");
}

#[test]
fn lines() {
    assert_eq!(string("\"\"\"\n    甲\n      乙\n\n    丙\n    \"\"\""), "甲\n  乙\n\n丙");
    assert_eq!(string("\"\"\"\n    甲\n  \"\"\""), "  甲");
    assert_eq!(string("\"\"\"甲\n  乙\"\"\""), "甲\n  乙");
    assert_eq!(string("\"\"\"\n甲\n乙\n\"\"\""), "甲\n乙");
    assert_eq!(string("\"\"\"\n  a\\n\n  b\"\"\""), "a\n\nb");
    assert_eq!(string("\"\"\"\"\"\""), "");
    assert_eq!(string("r\"\"\"\n  \\d\n  \"\"\""), "\\d");
    assert_eq!(string("\"\"\"\r\n  甲\r\n  乙\r\n\"\"\""), "  甲\n  乙");
    assert_eq!(string("\"\"\"\n\n  甲\n\n  \"\"\""), "\n甲\n");
}
