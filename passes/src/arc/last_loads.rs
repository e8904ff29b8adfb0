//! The last `load` of a slot becomes `take`: what is never read again need not be copied and then cleared. Only for slots
//! whose content dies silently. Backward dataflow over the slots that are still read.
//!
//! ```text
//! v1: array<i64> = load v0        v1: array<i64> = take v0
//! clear v0                   =>   clear v0
//! return v1                       return v1
//! ```

use crate::drops;
use crate::places::{Places, Root};
use qi_base::IdVec;
use qi_mir::analysis::Cfg;
use qi_mir::{BlockId, Function, Inst, InstId, Opcode, Slot, Types};
use std::collections::BTreeSet;

type Live = BTreeSet<Slot>;

pub(super) fn take(types: &Types, func: &mut Function, cfg: &Cfg) {
    let eligible = |ty| types.is_counted(ty) && !drops::runs_code(types, ty);
    let eligible: IdVec<Slot, bool> = func.slots.values().map(|it| eligible(it.ty)).collect();
    let places = Places::new(types, func, cfg);
    if !eligible.values().any(|it| *it) || places.are_merged() {
        return;
    }
    let ctx = Ctx { places: &places, eligible: &eligible };
    let entry = ctx.solve(func, cfg);
    for &block in &cfg.postorder {
        let mut live = ctx.live_out(func, &entry, block);
        let insts: Vec<InstId> = func.block_insts(block).collect();
        for inst in insts.into_iter().rev() {
            if let Some(slot) = ctx.last_load(&func.insts[inst], &live) {
                debug_assert!(eligible[slot], "only eligible slots are followed");
                func.insts[inst].opcode = Opcode::Take;
            }
            ctx.step(&func.insts[inst], &mut live);
        }
    }
}

struct Ctx<'a> {
    places: &'a Places,
    eligible: &'a IdVec<Slot, bool>,
}

impl Ctx<'_> {
    fn solve(&self, func: &Function, cfg: &Cfg) -> IdVec<BlockId, Live> {
        let mut entry: IdVec<BlockId, Live> = func.blocks.ids().map(|_| Live::new()).collect();
        let mut queued: IdVec<BlockId, bool> = func.blocks.ids().map(|_| true).collect();
        let mut work: Vec<BlockId> = cfg.postorder.iter().rev().copied().collect();
        while let Some(block) = work.pop() {
            queued[block] = false;
            let mut live = self.live_out(func, &entry, block);
            let insts: Vec<InstId> = func.block_insts(block).collect();
            insts.into_iter().rev().for_each(|inst| self.step(&func.insts[inst], &mut live));
            if live != entry[block] {
                entry[block] = live;
                for &pred in &cfg.preds[block] {
                    if !std::mem::replace(&mut queued[pred], true) {
                        work.push(pred);
                    }
                }
            }
        }
        entry
    }

    fn live_out(&self, func: &Function, entry: &IdVec<BlockId, Live>, block: BlockId) -> Live {
        let targets = func.blocks[block].terminator.targets();
        targets.into_iter().flat_map(|target| entry[target.block].iter().copied()).collect()
    }

    fn last_load(&self, inst: &Inst, live: &Live) -> Option<Slot> {
        let slot = self.places.whole_slot(*inst.args.first()?)?;
        (inst.opcode == Opcode::Load && self.eligible[slot] && !live.contains(&slot)).then_some(slot)
    }

    fn step(&self, inst: &Inst, live: &mut Live) {
        let whole = inst.args.first().and_then(|address| self.places.whole_slot(*address));
        if let (Some(slot), Opcode::Store | Opcode::Init | Opcode::Clear) = (whole, &inst.opcode) {
            live.remove(&slot);
            return;
        }
        for arg in &inst.args {
            if let Some(Root::Slot(slot)) = self.places.known_root(*arg)
                && self.eligible[slot]
            {
                live.insert(slot);
            }
        }
    }
}
