//! What editors ask, as plain data: texts as they are typed, findings and fixes, what stands at a place and where else it is
//! written, symbols, layout.
//! Places are byte offsets; protocols are the business of others.

#![forbid(unsafe_code)]

mod complete;
pub mod look;
mod mentions;
mod references;
mod rename;
mod signature;
#[cfg(test)]
mod tests;
mod workspace;

pub use complete::{Completion, CompletionKind};
pub use look::{Found, Symbol, SymbolKind};
pub use references::InFile;
pub use rename::Renamed;
pub use signature::{Help, Signature};
pub use workspace::{Checked, Host, Package, Workspace};
