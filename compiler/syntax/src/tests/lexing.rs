//! What single tokens are.

use super::findings;
use crate::SyntaxKind::{self, *};
use crate::lex;
use qi_base::{FileId, Id};

fn kinds(text: &str) -> Vec<SyntaxKind> {
    let (tokens, errors) = lex(FileId::from_index(0), text);
    assert!(errors.is_empty(), "{errors:#?}");
    let mut kinds: Vec<_> = tokens.iter().map(|it| it.kind).filter(|it| !it.is_trivia()).collect();
    assert_eq!(kinds.pop(), Some(EOF));
    kinds
}

#[test]
fn longest_identifier_wins() {
    assert_eq!(kinds("变量名 变量 名"), [IDENT, T![变量], IDENT]);
    assert_eq!(kinds("否则如果 否则 如果"), [T![否则如果], T![否则], T![如果]]);
    assert_eq!(kinds("_ _a 『返回』"), [UNDERSCORE, IDENT, IDENT]);
}

#[test]
fn synonyms_are_one_kind() {
    assert_eq!(kinds("结构体 中断 自身 与"), [T![类型], T![跳出], T![自己], T![且]]);
}

#[test]
fn numbers_and_dots() {
    assert_eq!(kinds("1..10"), [INT, T![..], INT]);
    assert_eq!(kinds("0..=9"), [INT, T![..=], INT]);
    assert_eq!(kinds("对.0.1"), [IDENT, T![.], INT, T![.], INT]);
    assert_eq!(kinds("1.5.舍入"), [FLOAT, T![.], IDENT]);
    assert_eq!(kinds("1.舍入"), [INT, T![.], IDENT]);
    assert_eq!(kinds("1e-9 1e5 0xFF 0b1010 0o17 1_000"), [FLOAT, FLOAT, INT, INT, INT, INT]);
    assert_eq!(kinds("３．１４"), [FLOAT]);
}

#[test]
fn comments_nest() {
    assert_eq!(kinds("/* a /* b */ c */ 甲 // 乙\n丙 ／／ 丁"), [IDENT, IDENT]);
    assert_eq!(findings("/* a /* b */"), ["1:1 E0104"]);
    assert_eq!(kinds("/*/ 甲 */"), []);
}

#[test]
fn quotes_close_with_their_own_kind() {
    assert_eq!(kinds("\"说“好”\" “a\"b” r\"\\\" `\\` '“' ‘\"’"), [STRING, STRING, STRING, STRING, CHAR, CHAR]);
    assert_eq!(kinds("'\\'' '\\u{4F60}' '''"), [CHAR, CHAR, CHAR]);
}

#[test]
fn what_is_wrong_in_a_token() {
    assert_eq!(findings("变量 a = 12ab"), ["1:8 E0106"]);
    assert_eq!(findings("变量 a = 0xFG"), ["1:8 E0106"]);
    assert_eq!(findings("变量 a = 0b"), ["1:8 E0106"]);
    assert_eq!(findings(&format!("变量 a = {}", "9".repeat(60))), ["1:8 E0110"]);
    assert_eq!(findings("变量 a = \"\\q\""), ["1:9 E0103"]);
    assert_eq!(findings("变量 a = \"\\u{D800}\""), ["1:9 E0103"]);
    assert!(findings("变量 a = ['\"', '\\\"', '\\'', '\\\\']").is_empty());
    assert_eq!(findings("变量 a = 'ab'"), ["1:8 E0105"]);
    assert_eq!(findings("变量 a = ''"), ["1:8 E0105"]);
    assert_eq!(findings("变量 a = 'b"), ["1:8 E0105"]);
    assert_eq!(findings("变量 a = ”文”"), ["1:8 E0114"]);
    assert_eq!(findings("变量 a = \"没有结束\n变量 b = 1"), ["1:8 E0102"]);
    assert_eq!(findings("卡尔·马克思()"), ["1:3 E0101"]);
    assert_eq!(findings("变量\u{200B} a = 1"), ["1:3 E0101"]);
    assert_eq!(findings("// 藏着 \u{202E} 控制符\n"), ["1:7 E0101"]);
}

#[test]
fn invisible_characters_are_fine_in_strings() {
    assert_eq!(kinds("\"a\u{200D}b\u{202E}\""), [STRING]);
}

#[test]
fn full_stops() {
    assert_eq!(findings("打印(1)。\n打印(2)"), ["1:6 E0111"]);
    assert_eq!(findings("对象。方法()"), ["1:3 E0111"]);
}
