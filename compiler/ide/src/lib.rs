//! What editors ask, as plain data: texts as they are typed, findings and fixes, what stands at a place, symbols, layout.
//! Places are byte offsets; protocols are the business of others.

#![forbid(unsafe_code)]

mod complete;
pub mod look;
mod workspace;

pub use complete::{Completion, CompletionKind};
pub use look::{Found, Symbol, SymbolKind};
pub use workspace::{Checked, Host, Workspace};
