//! Where a generator's state is known: follows the constants stored in its state slot, and leads edges with different
//! known states past the switch, each to its own copy of the block that switches.

use crate::simplify::threading::{Decided, copy_for_edges, target_of};
use qi_base::IdVec;
use qi_mir::analysis::Cfg;
use qi_mir::{BlockId, Function, Opcode, Slot, Terminator, Types, Value};
use std::collections::BTreeSet;

/// Blocks with more instructions are not copied for an edge.
const MAX_COPIED: usize = 24;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// Not reached yet.
    Nothing,
    Constant(i128),
    Anything,
}

impl Known {
    fn join(self, other: Self) -> Self {
        match (self, other) {
            (Known::Nothing, it) | (it, Known::Nothing) => it,
            (a, b) if a == b => a,
            _ => Known::Anything,
        }
    }
}

/// Resolves the switches on the slot as far as possible. The slot is only stored constants to and loaded for switches.
pub(super) fn resolve(types: &mut Types, func: &mut Function, slot: Slot) {
    for block in switches(func, slot) {
        // Loads stand right before their switches, so what the block stores comes first.
        let state = stored(func, slot)[block].map_or(solve(func, slot)[block], Known::Constant);
        match state {
            Known::Constant(state) => decide(func, block, state),
            Known::Anything => copy_per_state(types, func, slot, block),
            Known::Nothing => {}
        }
    }
}

/// Blocks whose terminator switches on the slot.
fn switches(func: &Function, slot: Slot) -> Vec<BlockId> {
    let loads = slot_loads(func, slot);
    let is_switch = |block: &BlockId| match func.blocks[*block].terminator {
        Terminator::Switch { value, .. } => loads.contains(&value),
        _ => false,
    };
    func.blocks.ids().filter(is_switch).collect()
}

fn slot_loads(func: &Function, slot: Slot) -> BTreeSet<Value> {
    let addresses = addresses(func, slot);
    let loads = func.insts.values().filter(|inst| inst.opcode == Opcode::Load && addresses.contains(&inst.args[0]));
    loads.filter_map(|inst| inst.result).collect()
}

fn addresses(func: &Function, slot: Slot) -> BTreeSet<Value> {
    let of_slot = func.insts.values().filter(|inst| inst.opcode == Opcode::SlotAddress(slot));
    of_slot.filter_map(|inst| inst.result).collect()
}

/// The state on entry to each block.
fn solve(func: &Function, slot: Slot) -> IdVec<BlockId, Known> {
    let cfg = Cfg::new(func);
    let stored = stored(func, slot);
    let mut entry: IdVec<BlockId, Known> = func.blocks.ids().map(|_| Known::Nothing).collect();
    entry[func.entry] = Known::Anything;
    let mut work: Vec<BlockId> = cfg.postorder.clone();
    while let Some(block) = work.pop() {
        let out = stored[block].map_or(entry[block], Known::Constant);
        if out == Known::Nothing {
            continue;
        }
        for target in func.blocks[block].terminator.targets() {
            let joined = entry[target.block].join(out);
            if joined != entry[target.block] {
                entry[target.block] = joined;
                work.push(target.block);
            }
        }
    }
    entry
}

/// The last state that each block stores.
fn stored(func: &Function, slot: Slot) -> IdVec<BlockId, Option<i128>> {
    let addresses = addresses(func, slot);
    let definitions = crate::graph::definitions(func);
    let last = |block: BlockId| {
        let insts = func.blocks[block].insts.iter().rev().map(|inst| &func.insts[*inst]);
        let mut stores = insts.filter(|it| it.opcode == Opcode::Store && addresses.contains(&it.args[0]));
        let value = stores.next()?.args[1];
        match func.insts[definitions[value]?].opcode {
            Opcode::Int(state) => Some(state),
            _ => None,
        }
    };
    func.blocks.ids().map(last).collect()
}

fn decide(func: &mut Function, block: BlockId, state: i128) {
    let target = target_of(func, block, state);
    func.blocks[block].terminator = Terminator::Jump(target);
}

/// Gives edges on which the state is known a copy of the block without the switch.
fn copy_per_state(types: &mut Types, func: &mut Function, slot: Slot, block: BlockId) {
    let cfg = Cfg::new(func);
    if func.blocks[block].insts.len() > MAX_COPIED || !cfg.is_reachable(block) {
        return;
    }
    let (stored, states) = (stored(func, slot), solve(func, slot));
    let mut preds = cfg.preds[block].clone();
    preds.sort_unstable();
    preds.dedup();
    let mut edges = Vec::new();
    for pred in preds {
        let Known::Constant(key) = stored[pred].map_or(states[pred], Known::Constant) else { continue };
        for (index, target) in func.blocks[pred].terminator.targets().into_iter().enumerate() {
            if target.block == block {
                edges.push(Decided { pred, index, key });
            }
        }
    }
    copy_for_edges(types, func, &cfg, block, &edges);
}
