//! Slots that may still be full when the function is left are cleared there, and `init` of one that may be full becomes
//! `store`; clearing what is empty anyway goes. So lowering clears only what the program can see die. Forward dataflow over one bit per counted slot.

use crate::graph::new_inst;
use crate::places::{Places, Root};
use qi_base::{Id, IdVec};
use qi_mir::analysis::Cfg;
use qi_mir::opcode::CalleeFacts;
use qi_mir::{BlockId, Function, Inst, InstId, Opcode, Slot, Terminator, TypeKind, Types};
use std::collections::BTreeSet;

type Full = BTreeSet<Slot>;

pub(super) fn close(types: &Types, facts: &dyn CalleeFacts, func: &mut Function, cfg: &Cfg) {
    if !func.slots.values().any(|it| types.is_counted(it.ty)) {
        return;
    }
    let places = Places::new(types, func, cfg);
    let ctx = Ctx { types, facts, places: &places };
    let entry = ctx.solve(func, cfg);
    for &block in &cfg.postorder {
        let mut full = entry[block].clone();
        let insts: Vec<InstId> = func.block_insts(block).collect();
        for inst in insts {
            if func.insts[inst].opcode == Opcode::Init
                && ctx.slot_of(&func.insts[inst]).is_some_and(|it| full.contains(&it))
            {
                func.insts[inst].opcode = Opcode::Store;
            }
            let empty = ctx.slot_of(&func.insts[inst]).is_some_and(|it| !full.contains(&it));
            if func.insts[inst].opcode == Opcode::Clear && empty {
                func.blocks[block].insts.retain(|it| *it != inst);
            }
            ctx.step(func, &func.insts[inst], &mut full);
        }
        if matches!(func.blocks[block].terminator, Terminator::Return(_) | Terminator::Throw(_)) {
            full.into_iter().rev().for_each(|slot| clear(types, func, block, slot));
        }
    }
}

struct Ctx<'a> {
    types: &'a Types,
    facts: &'a dyn CalleeFacts,
    places: &'a Places,
}

impl Ctx<'_> {
    fn solve(&self, func: &Function, cfg: &Cfg) -> IdVec<BlockId, Full> {
        let mut entry: IdVec<BlockId, Full> = func.blocks.ids().map(|_| Full::new()).collect();
        let mut queued: IdVec<BlockId, bool> = func.blocks.ids().map(|_| true).collect();
        let mut work: Vec<BlockId> = cfg.postorder.clone();
        while let Some(block) = work.pop() {
            queued[block] = false;
            let mut full = entry[block].clone();
            for inst in func.block_insts(block) {
                self.step(func, &func.insts[inst], &mut full);
            }
            for target in func.blocks[block].terminator.targets() {
                let before = entry[target.block].len();
                entry[target.block].extend(full.iter().copied());
                if entry[target.block].len() > before && !std::mem::replace(&mut queued[target.block], true) {
                    work.push(target.block);
                }
            }
        }
        entry
    }

    /// The slot that operand 0 is the address of.
    fn slot_of(&self, inst: &Inst) -> Option<Slot> {
        inst.args.first().and_then(|address| self.places.whole_slot(*address))
    }

    fn step(&self, func: &Function, inst: &Inst, full: &mut Full) {
        if matches!(inst.opcode, Opcode::Take | Opcode::Clear)
            && let Some(slot) = self.slot_of(inst)
        {
            full.remove(&slot);
            return;
        }
        for root in self.places.writes(self.facts, inst).roots {
            match root {
                Root::Slot(slot) if self.types.is_counted(func.slots[slot].ty) => {
                    full.insert(slot);
                }
                Root::Unknown => {
                    full.extend(func.slots.iter().filter(|it| self.types.is_counted(it.1.ty)).map(|it| it.0));
                }
                _ => {}
            }
        }
    }
}

fn clear(types: &Types, func: &mut Function, block: BlockId, slot: Slot) {
    let of = func.slots[slot].ty;
    let Some((ty, _)) = types.iter().find(|(_, kind)| **kind == TypeKind::Address(of)) else {
        qi_base::bug!("{slot} was filled without its address");
    };
    let address = func.new_value(ty);
    let insts = [
        new_inst(func, Opcode::SlotAddress(slot), Vec::new(), Some(address)),
        new_inst(func, Opcode::Clear, vec![address], None),
    ];
    func.blocks[block].insts.extend(insts);
    debug_assert!(slot.index() < func.slots.len(), "{slot} exists");
}
