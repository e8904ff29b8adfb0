//! Typed views of the tree, one struct per node of `grammar.txt`. A view borrows nothing and checks nothing: after a
//! syntax error any part may be missing, so accessors return `Option` or an iterator.

mod control;
mod expr;
mod item;
mod literal;
mod node;
mod operator;
mod pattern;
mod types;

pub use control::*;
pub use expr::*;
pub use item::*;
pub use literal::{LiteralKind, TemplatePart};
pub use node::{AstNode, Block, LetStmt, Name, Path, PathSegment, Statement};
pub use operator::{AssignOp, BinaryOp, PrefixOp};
pub use pattern::*;
pub use rowan::TextRange;
pub use types::*;

pub(crate) use literal::{EscapeError, character, closing_quote, cook_quoted, integer, unescape};
