//! Helpers of the random tests: an interpreter of MIR and a generator of programs.

pub mod generate;
pub mod interpret;
