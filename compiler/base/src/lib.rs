//! Vocabulary shared by every compiler crate: typed ids, source files and spans, interned names, diagnostics as data.
//! Knows nothing of Qi's grammar, types or of how a diagnostic is rendered.

#![forbid(unsafe_code)]

mod diagnostic;
mod id;
mod name;
mod source;
pub mod suggest;

pub use diagnostic::{Diagnostic, Diagnostics, Edit, Fix, Label, Severity, Subject, Text};
pub use id::{Id, IdVec};
pub use name::Name;
pub use source::{File, FileId, Files, LineColumn, Span};

/// Ends the process for a state that checking should have excluded: our fault, never the user's.
///
/// The driver's panic hook turns it into a report request with exit code 101.
#[macro_export]
macro_rules! bug {
    ($($arg:tt)*) => { panic!("{}", format_args!($($arg)*)) };
}
