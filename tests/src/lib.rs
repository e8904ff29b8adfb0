//! What the test suite and the other binaries of this crate share: the corpus, running programs, finding the compiler.

#![forbid(unsafe_code)]

pub mod bless;
pub mod corpus;
pub mod directive;
pub mod expectation;
pub mod process;
pub mod random;
