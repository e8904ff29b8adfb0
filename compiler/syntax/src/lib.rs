//! Text to a lossless tree, and typed views of it. Reading never fails: every text has a tree, and findings come beside it.
//! Knows nothing of names, types or files other than the one it is given.

#![forbid(unsafe_code)]

#[macro_use]
mod kind;
pub mod ast;
mod diagnostics;
mod grammar;
mod lexer;
mod parser;
mod punct;
mod tree;

pub use grammar::type_names::FOREIGN_TYPES;
pub use kind::{PUNCTUATION, SyntaxKind};
pub use lexer::{Token, is_identifier_continue, lex, without_brackets};
pub use parser::{FOREIGN_KEYWORDS, Parse, parse};
pub use punct::half_width;
pub use rowan::{NodeOrToken, WalkEvent};
pub use tree::{QiLanguage, SyntaxElement, SyntaxNode, SyntaxToken};

#[cfg(test)]
mod tests;
