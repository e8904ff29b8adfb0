//! The one layout of Qi source: indentation, blanks, punctuation width. Keeps every token (a list broken over lines may
//! gain its last comma), every comment, single blank lines, and where the author broke lines. Refuses text with syntax
//! errors. Formatting what was formatted changes nothing.
//!
//! Three steps: [`pieces`] flattens the tree, [`layout`] decides the line breaks, [`spacing`] the blanks between.

#![forbid(unsafe_code)]

mod layout;
mod pieces;
mod spacing;
mod verify;

use qi_base::{Diagnostic, FileId, Id, Severity};

/// Columns a line should not exceed, by display width.
pub const MAX_WIDTH: usize = 100;
pub const INDENT: usize = 4;

/// The formatted text, or the syntax errors that prevent it (their spans name file 0).
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let parse = qi_syntax::parse(FileId::from_index(0), text);
    if parse.errors.iter().any(|it| it.severity == Severity::Error) {
        return Err(parse.errors);
    }
    // In strings they mean the same.
    if text.contains("\r\n") {
        return format(&text.replace("\r\n", "\n"));
    }
    let formatted = layout::lay_out(pieces::Source::new(parse.syntax()));
    // Source is never worth a risk: what would read differently is left as it is.
    if verify::reads_the_same(parse.syntax(), &formatted) { Ok(formatted) } else { Ok(text.to_owned()) }
}

#[cfg(test)]
mod tests;
