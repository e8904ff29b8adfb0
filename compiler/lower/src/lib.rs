//! HIR to MIR: monomorphises on demand from the entry, the exported functions and the tests. Total: what the checker let
//! through always has a meaning here, anything else is `bug!`. The one finding is the instantiation limit.
//!
//! Writes [`qi_mir::Phase::Neutral`] bodies: no reference counts. Who suspends or throws is decided later (`passes::effects`);
//! every operation that could throw stands in a `try` here. See `docs/开发/降级.md`.

#![forbid(unsafe_code)]

mod body;
mod builder;
mod catchers;
mod closures;
mod context;
mod defaults;
mod entry;
mod exports;
mod expr;
mod finish;
mod frames;
mod instances;
mod intrinsics;
mod local_functions;
mod locals;
mod mutation;
mod names;
mod pattern;
mod place;
mod resolve;
mod runtime_types;
mod sites;
mod specialize;
mod target;
mod thunks;
mod types;
mod vtables;

use context::Lower;
use qi_base::{Diagnostics, Files};
use qi_hir::{Analysis, Program};
use qi_mir::Module;

/// What the module is for.
#[derive(Clone, Debug)]
pub enum Mode {
    /// Entry: initialisers, then 主函数/入口 or the top-level statements.
    Program,
    /// Entry: initialisers, then every 测试 whose name contains the filter.
    Tests { filter: Option<String> },
    /// No entry; 导出 functions only.
    Library,
}

#[derive(Clone, Debug)]
pub struct Options {
    pub mode: Mode,
}

/// Lowers everything that can be reached. None only after pushing the instantiation limit as an error.
pub fn lower(
    program: &Program,
    analysis: &Analysis,
    files: &Files,
    options: &Options,
    diagnostics: &mut Diagnostics,
) -> Option<Module> {
    let mut lower = Lower::new(program, analysis, files);
    lower.run(options);
    match lower.limit.take() {
        Some(finding) => {
            diagnostics.push(finding);
            None
        }
        None => Some(lower.module),
    }
}

#[cfg(test)]
mod tests {
    /// `qi-hir` knows nothing of the runtime, so it has a list of its own.
    #[test]
    fn the_checker_knows_what_never_returns() {
        for function in qi_abi::RuntimeFn::ALL {
            let known = qi_hir::flow::intrinsics::never_returns(function.symbol());
            assert_eq!(known, function.diverges(), "{}", function.symbol());
        }
    }

    #[test]
    fn the_checker_knows_what_suspends() {
        for function in qi_abi::RuntimeFn::ALL {
            let known = qi_hir::flow::intrinsics::suspends(function.symbol());
            assert_eq!(known, function.suspends(), "{}", function.symbol());
        }
    }
}
