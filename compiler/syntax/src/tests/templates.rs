//! Strings with holes.

use super::{findings, parse_ok};
use crate::ast::{AstNode, Template, TemplatePart};

/// Text as it is, holes as `<source|spec>`.
fn parts(text: &str) -> String {
    let parse = parse_ok(&format!("变量 a = {text}\n"));
    let template = parse.syntax().descendants().find_map(Template::cast).expect("a template");
    let show = |part: TemplatePart| match part {
        TemplatePart::Text { value, .. } => value,
        TemplatePart::Hole(hole) => {
            format!("<{}|{}>", hole.expr().expect("an expression").syntax().text(), hole.spec().unwrap_or_default())
        }
    };
    template.parts().into_iter().map(show).collect()
}

#[test]
fn holes_and_specs() {
    assert_eq!(parts("f\"a{b}c{d:.2}\""), "a<b|>c<d|.2>");
    assert_eq!(parts("f\"{{x}} {y}\""), "{x} <y|>");
    assert_eq!(parts("f\"{x:*^10}{y:=>6}{z:-<3}\""), "<x|*^10><y|=>6><z|-<3>");
    assert_eq!(parts("f\"{a::b(c):x}\""), "<a::b(c)|x>");
    assert_eq!(parts("f\"{表[\"键\"]:>4}\""), "<表[\"键\"]|>4>");
    assert_eq!(parts("f\"{f({\"a\": 1})}\""), "<f({\"a\": 1})|>");
    assert_eq!(parts("f“{x}，{y}”"), "<x|>，<y|>");
    assert_eq!(parts("f\"\\n{x}\\{\""), "\n<x|>{");
    assert_eq!(parts("f\"$ {x}\""), "$ <x|>");
}

#[test]
fn holes_nest() {
    assert_eq!(parts("f\"{f\"a{b}\"} {表[\"键\"]}\""), "<f\"a{b}\"|> <表[\"键\"]|>");
    assert_eq!(parts("f\"{如果 a { \"x}\" } 否则 { 'y' }}!\""), "<如果 a { \"x}\" } 否则 { 'y' }|>!");
}

#[test]
fn other_spellings() {
    assert_eq!(parts("\"和=${a + b}。{c}\""), "和=<a + b|>。{c}");
    assert_eq!(parts("“${名字}”"), "<名字|>");
    assert_eq!(parts("模板\"{x}\""), "<x|>");
    assert_eq!(parts("模版“{x}”"), "<x|>");
    assert_eq!(parts("\"\\${x} ${y}\""), "${x} <y|>");
}

#[test]
fn lines_lose_their_indentation() {
    assert_eq!(parts("f\"\"\"\n    甲 {x}\n      {y} 乙\n    \"\"\""), "甲 <x|>\n  <y|> 乙");
    assert_eq!(parts("\"\"\"\n    ${x}\n    丙\"\"\""), "<x|>\n丙");
    assert_eq!(parts("f\"\"\"{\n  x\n}\"\"\""), "<x|>");
}

#[test]
fn what_is_wrong() {
    assert_eq!(findings("打印(f\"你好 {名字\")\n打印(1)"), ["1:9 E0115"]);
    assert_eq!(findings("打印(f\"你好 {名字)\n打印(1)"), ["1:4 E0102"]);
    assert_eq!(findings("打印(f\"{}\")"), ["1:6 E0115"]);
    assert_eq!(findings("打印(f\"a}b\")"), ["1:7 E0115"]);
    assert_eq!(findings("打印(f\"{a b}\")"), ["1:9 E0108"]);
    assert_eq!(findings("打印(f\"{f(a}\")\n打印(1"), ["1:10 E0107", "2:5 E0107"]);
}
