//! Tokens of the text form, and the small questions a hand-written parser asks about them.

use super::{ParseError, Result};
use qi_base::Id;
use std::fmt;

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Token<'a> {
    Word(&'a str),
    /// Numbers and bit patterns as written.
    Number(&'a str),
    Text(String),
    Punct(char),
    Arrow,
    End,
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Token::Word(it) | Token::Number(it) => write!(f, "`{it}`"),
            Token::Text(it) => write!(f, "{it:?}"),
            Token::Punct(it) => write!(f, "`{it}`"),
            Token::Arrow => f.write_str("`->`"),
            Token::End => f.write_str("the end"),
        }
    }
}

pub(super) struct Tokens<'a> {
    items: Vec<(Token<'a>, usize)>,
    position: usize,
}

impl<'a> Tokens<'a> {
    pub(super) fn new(text: &'a str) -> Result<Self> {
        let mut items = Vec::new();
        for (index, line) in text.lines().enumerate() {
            scan_line(line, index + 1, &mut items)?;
        }
        let last = text.lines().count().max(1);
        items.push((Token::End, last));
        Ok(Self { items, position: 0 })
    }

    pub(super) fn peek(&self) -> &Token<'a> {
        &self.items[self.position].0
    }
    pub(super) fn peek_word(&self) -> Option<&'a str> {
        match self.peek() {
            Token::Word(it) => Some(it),
            _ => None,
        }
    }
    pub(super) fn next(&mut self) -> Token<'a> {
        let token = self.items[self.position].0.clone();
        if self.position + 1 < self.items.len() {
            self.position += 1;
        }
        token
    }
    /// Whether no line break separates the next token from the last one taken.
    pub(super) fn on_same_line(&self) -> bool {
        self.position > 0 && self.items[self.position - 1].1 == self.items[self.position].1
    }
    pub(super) fn error(&self, message: impl Into<String>) -> ParseError {
        ParseError { line: self.items[self.position].1, message: message.into() }
    }

    /// Takes the character if it comes next.
    pub(super) fn eat(&mut self, punct: char) -> bool {
        let found = *self.peek() == Token::Punct(punct);
        if found {
            self.next();
        }
        found
    }
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.peek_word() == Some(word);
        if found {
            self.next();
        }
        found
    }
    pub(super) fn expect(&mut self, punct: char) -> Result<()> {
        if self.eat(punct) {
            return Ok(());
        }
        Err(self.error(format!("expected `{punct}`, found {}", self.peek())))
    }
    pub(super) fn expect_word(&mut self, word: &str) -> Result<()> {
        if self.eat_word(word) {
            return Ok(());
        }
        Err(self.error(format!("expected `{word}`, found {}", self.peek())))
    }
    pub(super) fn arrow(&mut self) -> Result<()> {
        if *self.peek() == Token::Arrow {
            self.next();
            return Ok(());
        }
        Err(self.error(format!("expected `->`, found {}", self.peek())))
    }
    pub(super) fn word(&mut self) -> Result<&'a str> {
        let Some(word) = self.peek_word() else {
            return Err(self.error(format!("expected a word, found {}", self.peek())));
        };
        self.next();
        Ok(word)
    }
    pub(super) fn text(&mut self) -> Result<String> {
        match self.peek().clone() {
            Token::Text(text) => {
                self.next();
                Ok(text)
            }
            other => Err(self.error(format!("expected a text, found {other}"))),
        }
    }
    pub(super) fn number(&mut self) -> Result<&'a str> {
        match *self.peek() {
            Token::Number(text) => {
                self.next();
                Ok(text)
            }
            ref other => Err(self.error(format!("expected a number, found {other}"))),
        }
    }
    pub(super) fn integer<N: std::str::FromStr>(&mut self) -> Result<N> {
        let error = self.error("expected an integer of the right size");
        self.number()?.parse().map_err(|_| error)
    }
    /// `prefix12`.
    pub(super) fn id<I: Id>(&mut self, prefix: &str) -> Result<I> {
        let id = self.peek_word().and_then(|word| number_after(word, prefix));
        match id {
            Some(index) => {
                self.next();
                Ok(I::from_index(index))
            }
            None => Err(self.error(format!("expected `{prefix}N`, found {}", self.peek()))),
        }
    }
    pub(super) fn peek_id<I: Id>(&self, prefix: &str) -> Option<I> {
        self.peek_word().and_then(|word| number_after(word, prefix)).map(I::from_index)
    }
}

pub(super) fn number_after(word: &str, prefix: &str) -> Option<usize> {
    let digits = word.strip_prefix(prefix)?;
    if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

fn scan_line<'a>(line: &'a str, number: usize, items: &mut Vec<(Token<'a>, usize)>) -> Result<()> {
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            return Ok(());
        }
        let (token, len) = if rest.starts_with("->") {
            (Token::Arrow, 2)
        } else if first == '"' {
            scan_text(rest, number)?
        } else if first.is_ascii_digit() || first == '-' {
            let is_part = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '+');
            let len = rest.find(|it| !is_part(it)).unwrap_or(rest.len());
            (Token::Number(&rest[..len]), len)
        } else if first.is_ascii_alphabetic() || first == '_' {
            let len = rest.find(|it: char| !it.is_ascii_alphanumeric() && it != '_').unwrap_or(rest.len());
            (Token::Word(&rest[..len]), len)
        } else {
            (Token::Punct(first), first.len_utf8())
        };
        items.push((token, number));
        rest = rest[len..].trim_start();
    }
    Ok(())
}

/// The text is written as Rust's `{:?}` does.
fn scan_text<'a>(rest: &str, line: usize) -> Result<(Token<'a>, usize)> {
    let bad = |message: &str| ParseError { line, message: message.to_owned() };
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((index, it)) = chars.next() {
        match it {
            '"' => return Ok((Token::Text(text), index + 1)),
            '\\' => match chars.next().map(|it| it.1) {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('r') => text.push('\r'),
                Some('0') => text.push('\0'),
                Some(it @ ('\\' | '"' | '\'')) => text.push(it),
                Some('u') => {
                    let digits: String = chars.by_ref().map(|it| it.1).skip(1).take_while(|it| *it != '}').collect();
                    let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                    text.push(code.ok_or_else(|| bad("bad escape"))?);
                }
                _ => return Err(bad("bad escape")),
            },
            it => text.push(it),
        }
    }
    Err(bad("text without end"))
}
