//! Removes `retain v … release v` in one block where another reference keeps the value alive in between anyway: nothing
//! between consumes a reference to `v`, or frees or writes what `v` may be part of. Linear.
//!
//! ```text
//! retain v0                       v1: i64 = array_len v0
//! v1: i64 = array_len v0     =>
//! release v0
//! ```

use qi_mir::opcode::CalleeFacts;
use qi_mir::{BlockId, Function, InstId, Opcode, Own, Types, Value};
use rustc_hash::{FxHashMap, FxHashSet};

pub fn elide(types: &Types, facts: &dyn CalleeFacts, func: &mut Function) {
    let blocks: Vec<BlockId> = func.blocks.ids().collect();
    for block in blocks {
        let removed = pairs(types, facts, func, block);
        if !removed.is_empty() {
            func.blocks[block].insts.retain(|inst| !removed.contains(inst));
        }
    }
}

fn pairs(types: &Types, facts: &dyn CalleeFacts, func: &Function, block: BlockId) -> FxHashSet<InstId> {
    let mut removed = FxHashSet::default();
    // Retains whose release may still come without anything dangerous in between.
    let mut open: FxHashMap<Value, InstId> = FxHashMap::default();
    for &id in &func.blocks[block].insts {
        let inst = &func.insts[id];
        match inst.opcode {
            Opcode::Retain => {
                open.insert(inst.args[0], id);
                continue;
            }
            Opcode::Release => {
                if let Some(retain) = open.remove(&inst.args[0]) {
                    removed.extend([retain, id]);
                    continue;
                }
                // Freeing something may free what an open value is part of.
                open.clear();
            }
            _ if !inst.opcode.is_pure() => open.clear(),
            _ => {}
        }
        for (index, arg) in inst.args.iter().enumerate() {
            if types.is_counted(func.values[*arg]) && inst.opcode.operand(index, facts) == Own::Consume {
                // The whole that an open value is part of may have moved here.
                open.clear();
            }
        }
    }
    removed
}
