//! Clean-up that other passes lean on: folding, dead code, blocks that need not be. Works on `Phase::Neutral`.

pub mod blocks;
pub mod constants;
pub mod dead_code;
pub mod threading;
pub mod unreachable;

use crate::promote::promote;
use qi_mir::{Function, Types};

/// All but `threading`, until folding finds nothing more (a few rounds at most).
pub fn simplify(types: &Types, func: &mut Function) {
    unreachable::remove(func);
    const ROUNDS: usize = 3;
    for _ in 0..ROUNDS {
        let folded = constants::fold(types, func);
        blocks::merge(func);
        dead_code::remove(func);
        if !folded {
            break;
        }
    }
    unreachable::remove(func);
}

/// Threads jumps and cleans up after it.
pub fn thread(types: &mut Types, func: &mut Function) {
    const ROUNDS: usize = 3;
    for _ in 0..ROUNDS {
        if !threading::thread(types, func) {
            return;
        }
        promote(types, func);
        simplify(types, func);
    }
}
