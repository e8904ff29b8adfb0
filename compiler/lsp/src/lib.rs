//! The language server: JSON-RPC, addresses, lines and UTF-16 units. What it says comes from `qi-ide`.

#![forbid(unsafe_code)]

mod answers;
mod findings;
mod names;
mod place;
mod server;
mod transport;

pub use server::{NotAnEditor, serve};
