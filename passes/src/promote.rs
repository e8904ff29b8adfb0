//! Turns slots into SSA values: every slot whose address only `load`, `take`, `store`, `init` and `clear` use.
//!
//! Needs no unreachable blocks. A block gets a parameter for a slot where different values meet and are still wanted
//! (pruned SSA on dominance frontiers). `load` becomes the value itself, `take` too, and leaves the empty value behind.
//! Overwriting and clearing vanish, for values die when liveness ends; where their death can be seen (generators,
//! handles), `release` marks the end. Addresses that go elsewhere keep their slot. Linear, but for frontiers.
//!
//! ```text
//! v1: address<i64> = slot_address slot0
//! init v1, v0                                  v4: i64 = add_wrap v0, v3
//! v2: i64 = load v1                      =>    return v4
//! v4: i64 = add_wrap v2, v3
//! store v1, v4
//! v5: i64 = load v1
//! return v5
//! ```

use crate::demote::TEMPORARY;
use crate::drops;
use crate::graph::{Renames, compact};
use qi_base::IdVec;
use qi_mir::analysis::{Cfg, Dominators};
use qi_mir::{BlockId, Function, InstId, Opcode, Phase, Slot, Types, Value};

pub fn promote(types: &Types, func: &mut Function) {
    debug_assert!(func.phase == Phase::Neutral, "{} has explicit counts already", func.name);
    if func.slots.is_empty() {
        return;
    }
    compact(func);
    let accesses = Accesses::new(func);
    let candidates: Vec<Slot> = func.slots.ids().filter(|slot| accesses.promotable[*slot]).collect();
    if candidates.is_empty() {
        return;
    }
    let cfg = Cfg::new(func);
    let dominators = Dominators::new(func, &cfg);
    let visible = |it: &qi_mir::SlotData| !it.name.starts_with(TEMPORARY) && drops::runs_code(types, it.ty);
    let visible: IdVec<Slot, bool> = func.slots.values().map(visible).collect();
    let params = place_params(func, &cfg, &dominators, &accesses, &candidates, &visible);
    Renamer::new(func, &cfg, &dominators, accesses, params, visible).run();
    compact(func);
}

/// Which slot each address is of, and which slots can go.
struct Accesses {
    slot_of: IdVec<Value, Option<Slot>>,
    promotable: IdVec<Slot, bool>,
}

impl Accesses {
    fn new(func: &Function) -> Self {
        let mut it = Self {
            slot_of: func.values.ids().map(|_| None).collect(),
            promotable: func.slots.ids().map(|_| true).collect(),
        };
        for inst in func.insts.values() {
            if let (Opcode::SlotAddress(slot), Some(result)) = (&inst.opcode, inst.result) {
                it.slot_of[result] = Some(*slot);
            }
        }
        for block in func.blocks.ids() {
            for inst in func.block_insts(block) {
                let inst = &func.insts[inst];
                let rest = if is_access(&inst.opcode) { &inst.args[1..] } else { &inst.args[..] };
                rest.iter().for_each(|arg| it.exclude(*arg));
            }
            func.blocks[block].terminator.visit_values(|value| it.exclude(value));
        }
        it
    }
    fn exclude(&mut self, value: Value) {
        if let Some(slot) = self.slot_of[value] {
            self.promotable[slot] = false;
        }
    }
    /// The slot to be promoted that the instruction works on.
    fn target(&self, func: &Function, inst: InstId) -> Option<Slot> {
        let inst = &func.insts[inst];
        if !is_access(&inst.opcode) {
            return None;
        }
        self.slot_of[inst.args[0]].filter(|slot| self.promotable[*slot])
    }
}

fn is_access(opcode: &Opcode) -> bool {
    matches!(opcode, Opcode::Load | Opcode::Take | Opcode::Store | Opcode::Init | Opcode::Clear)
}

/// Whether the access wants the old value, and whether it sets a new one.
fn reads_and_writes(opcode: &Opcode, visible: bool) -> (bool, bool) {
    match opcode {
        Opcode::Load => (true, false),
        Opcode::Take => (true, true),
        Opcode::Store | Opcode::Clear => (visible, true),
        _ => (false, true),
    }
}

type BlockParams = IdVec<BlockId, Vec<(Slot, Value)>>;

fn place_params(
    func: &mut Function,
    cfg: &Cfg,
    dominators: &Dominators,
    accesses: &Accesses,
    candidates: &[Slot],
    visible: &IdVec<Slot, bool>,
) -> BlockParams {
    let frontiers = frontiers(func, cfg, dominators);
    let (mut reads, mut writes) = (by_slot(func), by_slot(func));
    for block in cfg.reverse_postorder() {
        for inst in func.block_insts(block) {
            let Some(slot) = accesses.target(func, inst) else { continue };
            let (read, write) = reads_and_writes(&func.insts[inst].opcode, visible[slot]);
            if read && writes[slot].last() != Some(&block) && reads[slot].last() != Some(&block) {
                reads[slot].push(block);
            }
            if write && writes[slot].last() != Some(&block) {
                writes[slot].push(block);
            }
        }
    }
    let mut params: BlockParams = func.blocks.ids().map(|_| Vec::new()).collect();
    let mut live: IdVec<BlockId, Option<Slot>> = func.blocks.ids().map(|_| None).collect();
    let mut placed: IdVec<BlockId, Option<Slot>> = func.blocks.ids().map(|_| None).collect();
    for &slot in candidates {
        mark_live(cfg, slot, &reads[slot], &writes[slot], &mut live);
        let mut work = writes[slot].clone();
        while let Some(block) = work.pop() {
            for &meeting in &frontiers[block] {
                if live[meeting] == Some(slot) && placed[meeting] != Some(slot) {
                    placed[meeting] = Some(slot);
                    let value = func.add_block_param(meeting, func.slots[slot].ty);
                    params[meeting].push((slot, value));
                    work.push(meeting);
                }
            }
        }
    }
    params
}

fn by_slot(func: &Function) -> IdVec<Slot, Vec<BlockId>> {
    func.slots.ids().map(|_| Vec::new()).collect()
}

/// Marks the blocks on whose entry the slot's value is wanted.
fn mark_live(cfg: &Cfg, slot: Slot, reads: &[BlockId], writes: &[BlockId], live: &mut IdVec<BlockId, Option<Slot>>) {
    let mut work = reads.to_vec();
    let writes: rustc_hash::FxHashSet<BlockId> = writes.iter().copied().collect();
    while let Some(block) = work.pop() {
        if live[block] == Some(slot) {
            continue;
        }
        live[block] = Some(slot);
        work.extend(cfg.preds[block].iter().filter(|pred| !writes.contains(pred)));
    }
}

/// Where the dominance of each block ends.
fn frontiers(func: &Function, cfg: &Cfg, dominators: &Dominators) -> IdVec<BlockId, Vec<BlockId>> {
    let mut frontiers: IdVec<BlockId, Vec<BlockId>> = func.blocks.ids().map(|_| Vec::new()).collect();
    for block in cfg.reverse_postorder().filter(|block| cfg.preds[*block].len() > 1) {
        for &pred in &cfg.preds[block] {
            let mut runner = Some(pred);
            while let Some(it) = runner.filter(|it| Some(*it) != dominators.parent[block]) {
                if frontiers[it].last() != Some(&block) {
                    frontiers[it].push(block);
                }
                runner = dominators.parent[it];
            }
        }
    }
    frontiers
}

struct Renamer<'a> {
    func: &'a mut Function,
    children: IdVec<BlockId, Vec<BlockId>>,
    accesses: Accesses,
    params: BlockParams,
    visible: IdVec<Slot, bool>,
    /// The value each slot holds here; none = empty.
    current: IdVec<Slot, Option<Value>>,
    /// What to restore when the walk leaves a block.
    undo: Vec<(Slot, Option<Value>)>,
    empty: IdVec<Slot, Option<Value>>,
    renames: Renames,
}

enum Step {
    Enter(BlockId),
    Leave(usize),
}

impl<'a> Renamer<'a> {
    fn new(
        func: &'a mut Function,
        cfg: &Cfg,
        dominators: &Dominators,
        accesses: Accesses,
        params: BlockParams,
        visible: IdVec<Slot, bool>,
    ) -> Self {
        let mut children: IdVec<BlockId, Vec<BlockId>> = func.blocks.ids().map(|_| Vec::new()).collect();
        for block in cfg.reverse_postorder() {
            if let Some(parent) = dominators.parent[block] {
                children[parent].push(block);
            }
        }
        let current = func.slots.ids().map(|_| None).collect();
        let empty = func.slots.ids().map(|_| None).collect();
        let renames = Renames::new(func);
        Self { func, children, accesses, params, visible, current, undo: Vec::new(), empty, renames }
    }

    fn run(mut self) {
        let mut work = vec![Step::Enter(self.func.entry)];
        while let Some(step) = work.pop() {
            match step {
                Step::Enter(block) => {
                    work.push(Step::Leave(self.undo.len()));
                    self.block(block);
                    work.extend(self.children[block].iter().rev().map(|child| Step::Enter(*child)));
                }
                Step::Leave(mark) => {
                    while self.undo.len() > mark {
                        let (slot, value) = self.undo.pop().expect("longer than the mark");
                        self.current[slot] = value;
                    }
                }
            }
        }
        self.renames.apply(self.func);
    }

    fn set(&mut self, slot: Slot, value: Option<Value>) {
        self.undo.push((slot, self.current[slot]));
        self.current[slot] = value;
        let name = &self.func.slots[slot].name;
        if let (Some(value), false) = (value, name.is_empty() || name.starts_with(TEMPORARY)) {
            self.func.value_names.push((value, name.clone()));
        }
    }

    fn block(&mut self, block: BlockId) {
        for (slot, value) in self.params[block].clone() {
            self.set(slot, Some(value));
        }
        for inst in std::mem::take(&mut self.func.blocks[block].insts) {
            let keep = match (self.accesses.target(self.func, inst), &self.func.insts[inst].opcode) {
                (Some(slot), _) => self.access(slot, inst),
                (None, Opcode::SlotAddress(slot)) => !self.accesses.promotable[*slot],
                (None, _) => true,
            };
            if keep {
                self.func.blocks[block].insts.push(inst);
            }
        }
        self.edges(block);
    }

    /// Says whether the instruction, perhaps changed, stays.
    fn access(&mut self, slot: Slot, inst: InstId) -> bool {
        let old = self.current[slot].map(|value| self.renames.resolve(value));
        let (opcode, args) = (self.func.insts[inst].opcode.clone(), self.func.insts[inst].args.clone());
        if matches!(opcode, Opcode::Load | Opcode::Take) {
            let value = old.unwrap_or_else(|| self.empty_value(slot));
            let result = self.func.insts[inst].result.expect("loads have results");
            self.renames.add(result, value);
            if opcode == Opcode::Take {
                self.set(slot, None);
            }
            return false;
        }
        let new = args.get(1).map(|value| self.renames.resolve(*value));
        self.set(slot, new);
        match old {
            Some(old) if self.visible[slot] && opcode != Opcode::Init => {
                self.func.insts[inst].opcode = Opcode::Release;
                self.func.insts[inst].args = vec![old];
                true
            }
            _ => false,
        }
    }

    fn empty_value(&mut self, slot: Slot) -> Value {
        if let Some(value) = self.empty[slot] {
            return value;
        }
        let value = self.func.new_value(self.func.slots[slot].ty);
        let inst = crate::graph::new_inst(self.func, Opcode::Empty, Vec::new(), Some(value));
        let entry = self.func.entry;
        self.func.blocks[entry].insts.insert(0, inst);
        self.empty[slot] = Some(value);
        value
    }

    fn edges(&mut self, block: BlockId) {
        for index in 0..self.func.blocks[block].terminator.targets().len() {
            let target = self.func.blocks[block].terminator.targets()[index].block;
            for position in 0..self.params[target].len() {
                let slot = self.params[target][position].0;
                let value = self.current[slot].unwrap_or_else(|| self.empty_value(slot));
                self.func.blocks[block].terminator.targets_mut()[index].args.push(value);
            }
        }
    }
}
