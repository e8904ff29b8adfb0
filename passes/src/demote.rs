//! Puts values into temporary slots, so that control flow may change under them; `promote` takes them out again. Used
//! where a pass makes paths on which a definition no longer dominates its uses.

use qi_base::IdVec;
use qi_mir::analysis::Cfg;
use qi_mir::analysis::liveness::definition_blocks;
use qi_mir::{BlockId, Function, InstId, Opcode, Slot, SlotData, Terminator, Type, Types, Value};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Start of the names of slots that stand for values: never visible, never named to the user.
pub(crate) const TEMPORARY: &str = "~";

/// A slot for a value of the type, with the type of its address.
pub(crate) fn temporary(types: &mut Types, func: &mut Function, ty: Type) -> (Slot, Type) {
    let slot = func.slots.push(SlotData { ty, name: TEMPORARY.to_owned() });
    (slot, types.address(ty))
}

/// A temporary slot that can be found again by its name after slots were renumbered.
pub(crate) fn named_temporary(types: &mut Types, func: &mut Function, ty: Type, name: &str) -> (Slot, Type) {
    let (slot, address) = temporary(types, func, ty);
    func.slots[slot].name = name.to_owned();
    (slot, address)
}

/// Makes every other block that uses the values load them from slots.
pub(crate) fn demote(types: &mut Types, func: &mut Function, values: &BTreeSet<Value>) {
    if values.is_empty() {
        return;
    }
    let cfg = Cfg::new(func);
    let homes = definition_blocks(func, &cfg);
    let mut slots: FxHashMap<Value, (Slot, Type)> = FxHashMap::default();
    for &value in values {
        let ty = func.values[value];
        slots.insert(value, temporary(types, func, ty));
    }
    for &block in &cfg.postorder {
        load_uses(func, block, &slots, &homes);
        store_definitions(func, block, &slots);
    }
}

fn address(func: &mut Function, (slot, ty): (Slot, Type)) -> (InstId, Value) {
    let value = func.new_value(ty);
    (crate::graph::new_inst(func, Opcode::SlotAddress(slot), Vec::new(), Some(value)), value)
}

fn load(func: &mut Function, value: Value, slot: (Slot, Type)) -> ([InstId; 2], Value) {
    let (first, at) = address(func, slot);
    let result = func.new_value(func.values[value]);
    let second = crate::graph::new_inst(func, Opcode::Load, vec![at], Some(result));
    ([first, second], result)
}

fn load_uses(
    func: &mut Function,
    block: BlockId,
    slots: &FxHashMap<Value, (Slot, Type)>,
    homes: &IdVec<Value, Option<BlockId>>,
) {
    let foreign = |value: Value| slots.get(&value).copied().filter(|_| homes[value] != Some(block));
    let mut out = Vec::new();
    let tried = match func.blocks[block].terminator {
        Terminator::Try { inst, .. } => Some(inst),
        _ => None,
    };
    let insts = std::mem::take(&mut func.blocks[block].insts);
    for inst in insts.into_iter().chain(tried) {
        for index in 0..func.insts[inst].args.len() {
            let value = func.insts[inst].args[index];
            if let Some(slot) = foreign(value) {
                let (loads, result) = load(func, value, slot);
                out.extend(loads);
                func.insts[inst].args[index] = result;
            }
        }
        if Some(inst) != tried {
            out.push(inst);
        }
    }
    let mut terminator = func.blocks[block].terminator.clone();
    terminator.visit_values_mut(|value| {
        if let Some(slot) = foreign(*value) {
            let (loads, result) = load(func, *value, slot);
            out.extend(loads);
            *value = result;
        }
    });
    func.blocks[block].terminator = terminator;
    func.blocks[block].insts = out;
}

fn store_definitions(func: &mut Function, block: BlockId, slots: &FxHashMap<Value, (Slot, Type)>) {
    let mut out = Vec::new();
    let store = |func: &mut Function, out: &mut Vec<InstId>, value: Value| {
        if let Some(&slot) = slots.get(&value) {
            let (first, at) = address(func, slot);
            let second = crate::graph::new_inst(func, Opcode::Store, vec![at, value], None);
            out.extend([first, second]);
        }
    };
    for param in func.blocks[block].params.clone() {
        store(func, &mut out, param);
    }
    for inst in std::mem::take(&mut func.blocks[block].insts) {
        out.push(inst);
        if let Some(result) = func.insts[inst].result {
            store(func, &mut out, result);
        }
    }
    func.blocks[block].insts = out;
}

/// Makes every block compute for itself the constants and the addresses of slots and globals that it uses, so that none
/// crosses blocks.
pub(crate) fn localize_constants(func: &mut Function) {
    let definitions = crate::graph::definitions(func);
    for block in func.blocks.ids() {
        let here: rustc_hash::FxHashSet<Value> =
            func.blocks[block].insts.iter().filter_map(|inst| func.insts[*inst].result).collect();
        let mut foreign = BTreeSet::new();
        func.visit_uses(block, |value| {
            let inst = definitions[value].filter(|inst| is_constant(&func.insts[*inst].opcode));
            if inst.is_some() && !here.contains(&value) {
                foreign.insert(value);
            }
        });
        let mut copies = FxHashMap::default();
        for value in foreign.into_iter().rev() {
            let opcode = func.insts[definitions[value].expect("found above")].opcode.clone();
            let copy = func.new_value(func.values[value]);
            let inst = crate::graph::new_inst(func, opcode, Vec::new(), Some(copy));
            func.blocks[block].insts.insert(0, inst);
            copies.insert(value, copy);
        }
        if !copies.is_empty() {
            func.replace_uses(block, |value| copies.get(&value).copied().unwrap_or(value));
        }
    }
}

fn is_constant(opcode: &Opcode) -> bool {
    matches!(
        opcode,
        Opcode::SlotAddress(_)
            | Opcode::GlobalAddress(_)
            | Opcode::Unit
            | Opcode::Bool(_)
            | Opcode::Int(_)
            | Opcode::Float(_)
            | Opcode::Char(_)
            | Opcode::Str(_)
            | Opcode::Empty
    )
}
