//! Reads the text form of a module, as [`print`](crate::print) writes it. For tests and tools: stops at the first error,
//! which names the line. Checks shape only; [`verify`](crate::verify) checks meaning.

mod function;
mod header;
mod token;

use crate::Module;
use std::fmt;
use token::{Token, Tokens};

/// What was expected where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    pub line: usize,
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

type Result<T> = std::result::Result<T, ParseError>;

/// Reads a whole module.
pub fn parse(text: &str) -> Result<Module> {
    let mut parser = Parser { tokens: Tokens::new(text)?, module: Module::default() };
    while let Some(word) = parser.tokens.peek_word() {
        if word == "fn" { parser.function()? } else { parser.header_item()? }
    }
    match parser.tokens.peek() {
        Token::End => Ok(parser.module),
        other => Err(parser.tokens.error(format!("expected a definition, found {other}"))),
    }
}

struct Parser<'a> {
    tokens: Tokens<'a>,
    module: Module,
}
