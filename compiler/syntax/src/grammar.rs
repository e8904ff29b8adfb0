//! The rules, by topic; each is a method of the parser named after what it reads, with the shape in `grammar.txt`.

mod atom;
mod closure;
mod control;
mod expr;
mod foreign;
mod foreign_statement;
mod import;
pub(crate) mod item;
mod list;
mod pattern;
mod postfix;
mod select;
mod signature;
mod slip;
mod statement;
mod switch;
mod trailing;
pub(crate) mod type_names;
mod types;
