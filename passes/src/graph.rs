//! Small edits of a control-flow graph that several passes need.

pub(crate) mod copy;

use qi_base::{Id, IdVec};
use qi_mir::analysis::Cfg;
use qi_mir::{Block, BlockCall, BlockId, Function, Inst, InstId, Opcode, Slot, SlotData, Terminator, Type, Value};

/// Values to be replaced by others; chains are followed.
pub(crate) struct Renames {
    to: IdVec<Value, Option<Value>>,
    any: bool,
}

impl Renames {
    pub(crate) fn new(func: &Function) -> Self {
        Self { to: func.values.ids().map(|_| None).collect(), any: false }
    }
    pub(crate) fn add(&mut self, from: Value, to: Value) {
        debug_assert!(self.resolve(to) != from, "{from} would stand for itself");
        self.to.ensure(from);
        self.to[from] = Some(to);
        self.any = true;
    }
    pub(crate) fn resolve(&self, mut value: Value) -> Value {
        while let Some(next) = self.to.get(value).copied().flatten() {
            value = next;
        }
        value
    }
    pub(crate) fn is_empty(&self) -> bool {
        !self.any
    }
    pub(crate) fn apply(&self, func: &mut Function) {
        if !self.any {
            return;
        }
        for block in func.blocks.ids() {
            func.replace_uses(block, |value| self.resolve(value));
        }
        for (value, _) in &mut func.value_names {
            *value = self.resolve(*value);
        }
    }
}

/// Puts an empty block on every edge from a block with several successors to one with several predecessors. Afterwards
/// what must happen on an edge stands at its start or at its end.
pub(crate) fn split_critical_edges(func: &mut Function) {
    let cfg = Cfg::new(func);
    for &block in &cfg.postorder {
        let targets = func.blocks[block].terminator.targets();
        if targets.len() < 2 {
            continue;
        }
        let is_try = matches!(func.blocks[block].terminator, Terminator::Try { .. });
        let critical: Vec<bool> = targets.iter().map(|target| cfg.preds[target.block].len() > 1).collect();
        for (index, _) in critical.iter().enumerate().filter(|(_, it)| **it) {
            let target = func.blocks[block].terminator.targets()[index].clone();
            let middle = middle_block(func, target, is_try);
            *func.blocks[block].terminator.targets_mut()[index] = BlockCall::new(middle);
        }
    }
}

/// A new block that jumps to the target; a `try`'s result passes through it.
fn middle_block(func: &mut Function, mut target: BlockCall, is_try: bool) -> BlockId {
    let middle = func.new_block();
    if is_try {
        let ty = func.values[func.blocks[target.block].params[0]];
        let result = func.add_block_param(middle, ty);
        target.args.insert(0, result);
    }
    func.blocks[middle].terminator = Terminator::Jump(target);
    middle
}

/// Removes the parameters of blocks that have one predecessor edge; what a `try` supplies stays.
pub(crate) fn forward_single_params(func: &mut Function) {
    let cfg = Cfg::new(func);
    let mut renames = Renames::new(func);
    for &block in &cfg.postorder {
        let is_try = matches!(func.blocks[block].terminator, Terminator::Try { .. });
        for index in 0..func.blocks[block].terminator.targets().len() {
            let target = &mut *func.blocks[block].terminator.targets_mut()[index];
            let (succ, args) = (target.block, std::mem::take(&mut target.args));
            if cfg.preds[succ].len() > 1 {
                func.blocks[block].terminator.targets_mut()[index].args = args;
                continue;
            }
            let params = func.blocks[succ].params.split_off(usize::from(is_try));
            for (param, arg) in params.into_iter().zip(args) {
                renames.add(param, arg);
            }
        }
    }
    renames.apply(func);
}

/// Rebuilds the arenas: reachable blocks in reverse postorder from the entry, nothing that is not used.
pub(crate) fn compact(func: &mut Function) {
    let cfg = Cfg::new(func);
    let mut blocks: IdVec<BlockId, Option<BlockId>> = func.blocks.ids().map(|_| None).collect();
    for (index, block) in cfg.reverse_postorder().enumerate() {
        blocks[block] = Some(BlockId::from_index(index));
    }
    let mut map = Compaction {
        blocks,
        values: func.values.ids().map(|_| None).collect(),
        slots: func.slots.ids().map(|_| None).collect(),
        new_values: IdVec::new(),
        new_slots: IdVec::new(),
    };
    // Definitions dominate uses, and reverse postorder visits dominators first; only loop edges name later values.
    for block in cfg.reverse_postorder() {
        for &param in &func.blocks[block].params {
            map.define(func, param);
        }
        for inst in func.block_insts(block) {
            if let Some(result) = func.insts[inst].result {
                map.define(func, result);
            }
        }
    }
    let mut insts = IdVec::new();
    let mut new_blocks = IdVec::new();
    for block in cfg.reverse_postorder() {
        new_blocks.push(map.block(func, block, &mut insts));
    }
    func.value_names = map.names(&func.value_names);
    func.entry = map.blocks[func.entry].expect("the entry is reachable");
    func.blocks = new_blocks;
    func.insts = insts;
    func.values = map.new_values;
    func.slots = map.new_slots;
}

struct Compaction {
    blocks: IdVec<BlockId, Option<BlockId>>,
    values: IdVec<Value, Option<Value>>,
    slots: IdVec<Slot, Option<Slot>>,
    new_values: IdVec<Value, Type>,
    new_slots: IdVec<Slot, SlotData>,
}

impl Compaction {
    fn define(&mut self, func: &Function, value: Value) {
        self.values[value] = Some(self.new_values.push(func.values[value]));
    }
    fn value(&self, value: Value) -> Value {
        self.values[value].unwrap_or_else(|| qi_base::bug!("{value} is used but not defined"))
    }
    fn slot(&mut self, func: &Function, slot: Slot) -> Slot {
        if let Some(slot) = self.slots[slot] {
            return slot;
        }
        let new = self.new_slots.push(func.slots[slot].clone());
        self.slots[slot] = Some(new);
        new
    }
    fn inst(&mut self, func: &Function, inst: InstId, insts: &mut IdVec<InstId, Inst>) -> InstId {
        let mut new = func.insts[inst].clone();
        if let Opcode::SlotAddress(slot) = &mut new.opcode {
            *slot = self.slot(func, *slot);
        }
        for arg in &mut new.args {
            *arg = self.value(*arg);
        }
        new.result = new.result.map(|value| self.value(value));
        insts.push(new)
    }
    fn block(&mut self, func: &Function, block: BlockId, insts: &mut IdVec<InstId, Inst>) -> Block {
        let old = &func.blocks[block];
        let params = old.params.iter().map(|value| self.value(*value)).collect();
        let body = old.insts.iter().map(|inst| self.inst(func, *inst, insts)).collect();
        let mut terminator = old.terminator.clone();
        if let Terminator::Try { inst, .. } = &mut terminator {
            *inst = self.inst(func, *inst, insts);
        }
        terminator.visit_values_mut(|value| *value = self.value(*value));
        for target in terminator.targets_mut() {
            target.block = self.blocks[target.block].expect("targets of reachable blocks are reachable");
        }
        Block { params, insts: body, terminator }
    }
    fn names(&self, names: &[(Value, String)]) -> Vec<(Value, String)> {
        let mut names: Vec<(Value, String)> = names
            .iter()
            .filter_map(|(value, name)| self.values.get(*value).copied().flatten().map(|value| (value, name.clone())))
            .collect();
        names.sort();
        names.dedup_by_key(|it| it.0);
        names
    }
}

/// The instruction that defines each value, for values that plain instructions define.
pub(crate) fn definitions(func: &Function) -> IdVec<Value, Option<InstId>> {
    let mut definitions: IdVec<Value, Option<InstId>> = func.values.ids().map(|_| None).collect();
    for block in func.blocks.values() {
        for &inst in &block.insts {
            if let Some(result) = func.insts[inst].result {
                definitions[result] = Some(inst);
            }
        }
    }
    definitions
}

/// Adds an instruction to the arena without placing it.
pub(crate) fn new_inst(func: &mut Function, opcode: Opcode, args: Vec<Value>, result: Option<Value>) -> InstId {
    func.insts.push(Inst { opcode, args, result, site: None })
}
