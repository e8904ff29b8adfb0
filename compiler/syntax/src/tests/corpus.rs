//! Whole programs: lossless, without findings, indifferent to width; and mutilated ones, which must not crash.

use super::{corpus_files, parse_ok, parse_text};
use crate::lex;
use qi_base::{FileId, Id};

#[test]
fn every_program_parses() {
    let files = corpus_files();
    assert!(files.len() > 20);
    for (path, text) in files {
        let parse = parse_text(&text);
        assert!(parse.errors.is_empty(), "{path}: {:#?}", parse.errors);
    }
}

/// A small generator, so that failures repeat.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

const SPICES: [&str; 40] = [
    "(", ")", "{", "}", "[", "]", "<", ">", "\"", "'", "f\"", "${", "\"\"\"", "`", "/*", "*/", "\n", ";", ",", ":",
    "::", ".", "..", "=>", "=", "<-", "-", "|", "?", "!", "如果", "函数", "匹配", "变量", "选择 {", "情况", "。",
    "\u{200B}", "９", "@",
];

fn mutate(text: &str, random: &mut Random) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(4) {
        let at = random.below(chars.len() + 1);
        match random.below(4) {
            0 => {
                let end = (at + 1 + random.below(12)).min(chars.len());
                chars.drain(at.min(end)..end);
            }
            1 => {
                let other = random.below(chars.len() + 1);
                let piece: Vec<char> = chars[at.min(other)..at.max(other).min(at.min(other) + 40)].to_vec();
                chars.splice(at..at, piece);
            }
            _ => {
                let spice = SPICES[random.below(SPICES.len())];
                chars.splice(at..at, spice.chars());
            }
        }
    }
    chars.into_iter().collect()
}

#[test]
fn mutilated_programs_do_not_crash() {
    let files = corpus_files();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    for round in 0..12 {
        for (_, text) in &files {
            // A window keeps the rounds fast and cuts constructs in half.
            let chars: Vec<char> = text.chars().collect();
            let start = if round % 2 == 0 { 0 } else { random.below(chars.len()) };
            let window: String = chars[start..(start + 1500).min(chars.len())].iter().collect();
            parse_text(&mutate(&window, &mut random));
        }
    }
}

#[test]
fn noise_does_not_crash() {
    let mut random = Random(42);
    for _ in 0..400 {
        let length = random.below(60);
        let text: String = (0..length).map(|_| SPICES[random.below(SPICES.len())]).collect();
        parse_text(&text);
    }
    for _ in 0..200 {
        let length = random.below(80);
        let text: String = (0..length).filter_map(|_| char::from_u32(random.below(0x3100) as u32)).collect();
        parse_text(&text);
    }
}

/// Code with every mark in full width.
fn widen(text: &str) -> String {
    let twin = |c: char| match c {
        '(' | ')' | '{' | '}' | ',' | ';' | ':' | '=' | '<' | '>' | '+' | '-' | '*' | '/' | '%' | '!' | '?' | '&'
        | '|' | '.' | '~' | '@' => char::from_u32(c as u32 + 0xFEE0).expect("in the block"),
        '[' => '【',
        ']' => '】',
        '0'..='9' => char::from_u32(c as u32 + 0xFEE0).expect("in the block"),
        ' ' => '\u{3000}',
        c => c,
    };
    text.chars().map(twin).collect()
}

#[test]
fn both_widths_are_the_same_tokens() {
    let code = "函数 甲(a: 数组<整数>, b...: T) -> [整数]? { 如果 a[0] >= 1.5e-3 && !b { a += 0xFF; b = x?.y ?? ~z; 甲 <- 1 } 变量 c = (x) => x::y(1_000..=2) @内建 }";
    let kinds = |text: &str| lex(FileId::from_index(0), text).0.into_iter().map(|it| it.kind).collect::<Vec<_>>();
    assert_eq!(kinds(code), kinds(&widen(code)));
    // And half of the marks.
    let mixed: String =
        code.char_indices().map(|(i, c)| if i % 2 == 0 { widen(&c.to_string()) } else { c.to_string() }).collect();
    assert_eq!(kinds(code), kinds(&mixed));
}

#[test]
fn byte_order_mark_and_interpreter_line() {
    parse_ok("\u{FEFF}打印(1)\n");
    parse_ok("#!/usr/bin/env qic\n打印(1)\n");
    parse_ok("");
}
