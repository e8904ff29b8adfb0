//! Makes reference counts explicit: `Phase::Neutral` to `Phase::Owned`.
//!
//! Every consuming use but the last retains first; an owned value is released right after its last use, or at the start
//! of the branch on which it dies (error edges too). Parts of values stay uncounted while the whole lives, and loads stay
//! views while their place is not written ([`super::lives`] decides). Leaves a graph without critical edges, in which
//! only jumps carry arguments. Does not look for pairs that cancel out (`elide`). Linear, but for a few rounds of `lives`.
//!
//! ```text
//! v1: str = call_runtime qi_str_concat v0, v0        v1: str = call_runtime qi_str_concat v0, v0
//! v2: array<str> = array_new v1, v1             =>   retain v1
//! return v2                                          v2: array<str> = array_new v1, v1
//!                                                    return v2
//! ```

use super::last_loads;
use super::lives::{Life, Lives};
use super::slots;
use crate::graph;
use qi_base::IdVec;
use qi_mir::analysis::liveness::UseBlocks;
use qi_mir::analysis::{Cfg, Liveness};
use qi_mir::opcode::CalleeFacts;
use qi_mir::{BlockId, Function, InstId, Opcode, Own, Phase, Terminator, Types, Value};
use rustc_hash::FxHashSet;

pub fn insert(types: &Types, facts: &dyn CalleeFacts, func: &mut Function) {
    debug_assert!(func.phase == Phase::Neutral, "{} has explicit counts already", func.name);
    graph::split_critical_edges(func);
    graph::forward_single_params(func);
    let cfg = Cfg::new(func);
    last_loads::take(types, func, &cfg);
    slots::close(types, facts, func, &cfg);
    let lives = Lives::new(types, facts, func, &cfg);
    let live_in = owned_liveness(func, &cfg, &lives);
    let exits = exits(func, &cfg, &lives, &live_in);
    for &block in &cfg.postorder {
        rewrite(func, &cfg, &lives, &live_in, &exits, block);
    }
    func.phase = Phase::Owned;
}

/// Owned values that are live on entry to each block, where using a part counts as using the whole.
fn owned_liveness(func: &Function, cfg: &Cfg, lives: &Lives<'_>) -> IdVec<BlockId, Vec<Value>> {
    let mut uses = UseBlocks::new(func);
    for &block in &cfg.postorder {
        func.visit_uses(block, |value| {
            for value in [value, lives.anchor(value)] {
                if lives.is_owned(value) {
                    uses.add(value, block);
                }
            }
        });
    }
    Liveness::solve(func, cfg, &uses).live_in
}

/// Owned values that still exist after the terminator of a block with several successors; each successor releases those
/// that it does not need.
fn exits(
    func: &Function,
    cfg: &Cfg,
    lives: &Lives<'_>,
    live_in: &IdVec<BlockId, Vec<Value>>,
) -> IdVec<BlockId, Vec<Value>> {
    let mut exits: IdVec<BlockId, Vec<Value>> = func.blocks.ids().map(|_| Vec::new()).collect();
    for &block in &cfg.postorder {
        let terminator = &func.blocks[block].terminator;
        let targets = terminator.targets();
        if targets.len() < 2 {
            continue;
        }
        let mut live: FxHashSet<Value> =
            targets.iter().flat_map(|target| live_in[target.block].iter().copied()).collect();
        if let Terminator::Try { inst, .. } = terminator {
            let after = Demand::new(lives, &lives.uses(&func.insts[*inst]), &mut live.clone()).releases;
            live.extend(after);
        }
        let mut exit: Vec<Value> = live.into_iter().collect();
        exit.sort_unstable();
        exits[block] = exit;
    }
    exits
}

/// What one operation asks for: retains before it, releases after it.
struct Demand {
    retains: Vec<Value>,
    releases: Vec<Value>,
}

impl Demand {
    /// `live` holds the owned values needed afterwards and becomes those needed before.
    fn new(lives: &Lives<'_>, uses: &[(Value, Own)], live: &mut FxHashSet<Value>) -> Self {
        let mut demand = Self { retains: Vec::new(), releases: Vec::new() };
        // `needed` must live up to the operation, `borrowed` through it.
        let (mut consumed, mut borrowed, mut needed) = (Vec::new(), Vec::new(), Vec::new());
        for &(value, own) in uses {
            let root = lives.anchor(value);
            match (lives.of(value), own) {
                (Life::Plain, _) if root != value => borrowed.push(root),
                (Life::Plain | Life::Immortal, _) => {}
                (Life::Owned, Own::Consume) => consumed.push(value),
                (Life::Owned, _) => borrowed.push(value),
                (Life::Outside | Life::View | Life::Borrowed(_), Own::Consume) => {
                    demand.retains.push(value);
                    needed.push(root);
                }
                (Life::Outside | Life::View | Life::Borrowed(_), _) => borrowed.push(root),
            }
        }
        for value in consumed {
            // The first occurrence may be the move, unless the value is needed during or after the operation.
            let last = live.insert(value);
            if !last || borrowed.contains(&value) {
                demand.retains.push(value);
            }
            if last && borrowed.contains(&value) {
                demand.releases.push(value);
            }
        }
        for value in borrowed.into_iter().chain(needed) {
            if lives.is_owned(value) && live.insert(value) {
                demand.releases.push(value);
            }
        }
        demand
    }
}

fn rewrite(
    func: &mut Function,
    cfg: &Cfg,
    lives: &Lives<'_>,
    live_in: &IdVec<BlockId, Vec<Value>>,
    exits: &IdVec<BlockId, Vec<Value>>,
    block: BlockId,
) {
    let terminator = func.blocks[block].terminator.clone();
    let mut live: FxHashSet<Value> =
        terminator.targets().iter().flat_map(|target| live_in[target.block].iter().copied()).collect();
    // Built backwards.
    let mut out: Vec<InstId> = Vec::new();
    let mut uses = lives.terminator_uses(&terminator);
    if let Terminator::Try { inst, .. } = terminator {
        uses.extend(lives.uses(&func.insts[inst]));
        view(func, lives, inst, func.try_result(block));
    }
    let demand = Demand::new(lives, &uses, &mut live);
    if !matches!(terminator, Terminator::Try { .. }) {
        // Nothing comes after, and what is passed on was retained.
        out.extend(demand.releases.into_iter().map(|value| count(func, Opcode::Release, value)));
    }
    out.extend(demand.retains.into_iter().map(|value| count(func, Opcode::Retain, value)));
    for inst in std::mem::take(&mut func.blocks[block].insts).into_iter().rev() {
        rewrite_inst(func, lives, inst, &mut live, &mut out);
    }
    let params: Vec<Value> = func.blocks[block].params.clone();
    for &param in params.iter().rev() {
        if lives.is_owned(param) && !lives.retained.contains(&param) && !live.contains(&param) {
            out.push(count(func, Opcode::Release, param));
        }
    }
    for value in dying(cfg, live_in, exits, block).into_iter().rev() {
        out.push(count(func, Opcode::Release, value));
    }
    // Parts that are kept must be retained before the whole may go.
    for &param in &params {
        if lives.retained.contains(&param) && live.contains(&param) {
            out.push(count(func, Opcode::Retain, param));
        }
    }
    out.reverse();
    func.blocks[block].insts = out;
}

fn rewrite_inst(
    func: &mut Function,
    lives: &Lives<'_>,
    inst: InstId,
    live: &mut FxHashSet<Value>,
    out: &mut Vec<InstId>,
) {
    let result = func.insts[inst].result;
    let dead = result.is_some_and(|value| !live.remove(&value));
    let uses = lives.uses(&func.insts[inst]);
    let demand = Demand::new(lives, &uses, live);
    out.extend(demand.releases.into_iter().map(|value| count(func, Opcode::Release, value)));
    if let Some(result) = result {
        match (lives.retained.contains(&result), dead) {
            (true, false) => out.push(count(func, Opcode::Retain, result)),
            (false, true) if lives.is_owned(result) => out.push(count(func, Opcode::Release, result)),
            _ => {}
        }
    }
    out.push(inst);
    view(func, lives, inst, result);
    out.extend(demand.retains.into_iter().map(|value| count(func, Opcode::Retain, value)));
}

fn view(func: &mut Function, lives: &Lives<'_>, inst: InstId, result: Option<Value>) {
    if func.insts[inst].opcode == Opcode::Load && result.is_some_and(|value| lives.of(value) == Life::View) {
        func.insts[inst].opcode = Opcode::LoadBorrowed;
    }
}

fn count(func: &mut Function, opcode: Opcode, value: Value) -> InstId {
    graph::new_inst(func, opcode, vec![value], None)
}

/// Values that live up to the end of the only predecessor but not here.
fn dying(
    cfg: &Cfg,
    live_in: &IdVec<BlockId, Vec<Value>>,
    exits: &IdVec<BlockId, Vec<Value>>,
    block: BlockId,
) -> Vec<Value> {
    match cfg.preds[block].as_slice() {
        [pred] => exits[*pred].iter().copied().filter(|value| live_in[block].binary_search(value).is_err()).collect(),
        _ => Vec::new(),
    }
}
