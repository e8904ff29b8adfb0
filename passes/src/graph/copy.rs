//! Copies blocks of one function into another under fresh names. Who copies decides what leaving the body means.

use qi_base::IdVec;
use qi_mir::{Block, BlockId, Function, InstId, Opcode, Slot, Terminator, Value};

pub(crate) struct BodyCopy<'a> {
    pub(crate) callee: &'a Function,
    values: IdVec<Value, Option<Value>>,
    pub(crate) slots: IdVec<Slot, Slot>,
    blocks: IdVec<BlockId, Option<BlockId>>,
}

impl<'a> BodyCopy<'a> {
    /// With new slots; parameters of the callee's entry stand for `args`.
    pub(crate) fn new(func: &mut Function, callee: &'a Function, args: &[Value]) -> Self {
        let slots = callee.slots.values().map(|slot| func.slots.push(slot.clone())).collect();
        Self::with_slots(callee, args, slots)
    }

    /// A second copy of the same body that works on the same slots.
    pub(crate) fn with_slots(callee: &'a Function, args: &[Value], slots: IdVec<Slot, Slot>) -> Self {
        let mut values: IdVec<Value, Option<Value>> = callee.values.ids().map(|_| None).collect();
        for (param, arg) in callee.blocks[callee.entry].params.iter().zip(args) {
            values[*param] = Some(*arg);
        }
        Self { callee, values, slots, blocks: callee.blocks.ids().map(|_| None).collect() }
    }

    pub(crate) fn value(&mut self, func: &mut Function, value: Value) -> Value {
        if let Some(value) = self.values[value] {
            return value;
        }
        let new = func.new_value(self.callee.values[value]);
        self.values[value] = Some(new);
        new
    }

    /// The copy of a block; made when first asked for, filled by [`Self::block`].
    pub(crate) fn target(&mut self, func: &mut Function, block: BlockId) -> BlockId {
        if let Some(block) = self.blocks[block] {
            return block;
        }
        let new = func.new_block();
        self.blocks[block] = Some(new);
        new
    }

    /// Copies parameters and instructions; the terminator is the caller's.
    pub(crate) fn block(&mut self, func: &mut Function, id: BlockId) -> BlockId {
        let callee = self.callee;
        let old = &callee.blocks[id];
        let params = if id == callee.entry { &[][..] } else { &old.params[..] };
        let params = params.iter().map(|value| self.value(func, *value)).collect();
        let insts = old.insts.iter().map(|inst| self.inst(func, *inst)).collect();
        let new = self.target(func, id);
        func.blocks[new] = Block { params, insts, terminator: Terminator::Unreachable };
        new
    }

    pub(crate) fn inst(&mut self, func: &mut Function, inst: InstId) -> InstId {
        let mut new = self.callee.insts[inst].clone();
        if let Opcode::SlotAddress(slot) = &mut new.opcode {
            *slot = self.slots[*slot];
        }
        for arg in &mut new.args {
            *arg = self.value(func, *arg);
        }
        new.result = new.result.map(|value| self.value(func, value));
        func.insts.push(new)
    }

    /// The terminator as it is, under new names.
    pub(crate) fn terminator(&mut self, func: &mut Function, old: &Terminator) -> Terminator {
        let mut terminator = old.clone();
        if let Terminator::Try { inst, .. } = &mut terminator {
            *inst = self.inst(func, *inst);
        }
        terminator.visit_values_mut(|value| *value = self.value(func, *value));
        for target in terminator.targets_mut() {
            target.block = self.target(func, target.block);
        }
        terminator
    }

    /// Names of what was copied.
    pub(crate) fn names(&self, func: &mut Function) {
        for (value, name) in &self.callee.value_names {
            if let Some(value) = self.values[*value] {
                func.value_names.push((value, name.clone()));
            }
        }
    }
}
