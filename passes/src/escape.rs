//! Cells that stay in the function become slots: once the closures that captured one are inlined, only its address is
//! asked for. Needs dead code to be gone, for an environment that nobody reads still holds its cells.
//!
//! ```text
//! v1: cell<i64> = cell_new v0                 v2: address<i64> = slot_address slot0
//! v2: address<i64> = cell_address v1     =>   store v2, v0
//! v3: i64 = load v2                           v3: i64 = load v2
//! ```

use crate::graph::new_inst;
use qi_base::IdVec;
use qi_mir::{Function, InstId, Opcode, Slot, SlotData, Type, Types, Value};
use rustc_hash::FxHashMap;

pub fn run(types: &mut Types, func: &mut Function) {
    let cells = local_cells(func);
    if cells.is_empty() {
        return;
    }
    let mut slots: FxHashMap<Value, (Slot, Type)> = FxHashMap::default();
    for &(inst, cell) in &cells {
        let content = func.insts[inst].args[0];
        let ty = func.values[content];
        let name = func.value_names.iter().find(|it| it.0 == cell).map_or_else(String::new, |it| it.1.clone());
        let slot = func.slots.push(SlotData { ty, name });
        slots.insert(cell, (slot, types.address(ty)));
    }
    for block in func.blocks.ids() {
        let mut out = Vec::new();
        for inst in std::mem::take(&mut func.blocks[block].insts) {
            rewrite(func, &slots, inst, &mut out);
        }
        func.blocks[block].insts = out;
    }
}

/// Cells of which nothing but the address is used (and perhaps a visible death).
fn local_cells(func: &Function) -> Vec<(InstId, Value)> {
    let mut escapes: IdVec<Value, bool> = func.values.ids().map(|_| false).collect();
    let mut made = Vec::new();
    for block in func.blocks.ids() {
        for id in func.block_insts(block) {
            let inst = &func.insts[id];
            if let (Opcode::CellNew, Some(result)) = (&inst.opcode, inst.result) {
                made.push((id, result));
            }
            if !matches!(inst.opcode, Opcode::CellAddress | Opcode::Release) {
                inst.args.iter().for_each(|arg| escapes[*arg] = true);
            }
        }
        func.blocks[block].terminator.visit_values(|value| escapes[value] = true);
    }
    made.retain(|(_, cell)| !escapes[*cell]);
    made
}

fn rewrite(func: &mut Function, slots: &FxHashMap<Value, (Slot, Type)>, id: InstId, out: &mut Vec<InstId>) {
    let inst = func.insts[id].clone();
    let of_result = inst.result.and_then(|result| slots.get(&result));
    let of_first = inst.args.first().and_then(|arg| slots.get(arg));
    match (&inst.opcode, of_result.or(of_first).copied()) {
        (Opcode::CellNew, Some((slot, ty))) => {
            let address = func.new_value(ty);
            out.push(new_inst(func, Opcode::SlotAddress(slot), Vec::new(), Some(address)));
            out.push(new_inst(func, Opcode::Store, vec![address, inst.args[0]], None));
        }
        (Opcode::CellAddress, Some((slot, _))) => {
            func.insts[id].opcode = Opcode::SlotAddress(slot);
            func.insts[id].args.clear();
            out.push(id);
        }
        (Opcode::Release, Some((slot, ty))) => {
            let address = func.new_value(ty);
            out.push(new_inst(func, Opcode::SlotAddress(slot), Vec::new(), Some(address)));
            out.push(new_inst(func, Opcode::Clear, vec![address], None));
        }
        _ => out.push(id),
    }
}
