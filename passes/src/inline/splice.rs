//! Puts a copy of a callee's body in the place of a call. Returns become jumps to what follows the call, throws become
//! jumps to the call's error edge after the call's site was added to the error's stack, as the call itself would have.

use qi_base::{Id, IdVec};
use qi_mir::{
    Block, BlockCall, BlockId, Function, Inst, InstId, Opcode, RuntimeFn, SiteId, Slot, Terminator, Type, Types, Value,
};

/// Where the call stands.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// Index in the block's instructions; the callee can neither throw nor suspend.
    Plain(usize),
    Try,
}

/// Replaces the call in `block`; the operation must be a call of `callee`. Returns the block that holds what followed a
/// plain call.
pub(crate) fn splice(types: &Types, func: &mut Function, block: BlockId, place: Place, callee: &Function) -> BlockId {
    let (call, exits) = match place {
        Place::Plain(index) => cut(func, block, index),
        Place::Try => match func.blocks[block].terminator.clone() {
            Terminator::Try { inst, normal, error } => (inst, Exits { normal, error: Some(error) }),
            other => qi_base::bug!("{other:?} is no try"),
        },
    };
    let Inst { args, site, .. } = func.insts[call].clone();
    let unit = types.iter().find(|(_, kind)| **kind == qi_mir::TypeKind::Unit).map(|(ty, _)| ty);
    let mut copy = Copy {
        callee,
        site,
        trace_type: unit,
        values: callee.values.ids().map(|_| None).collect(),
        slots: callee.slots.values().map(|slot| func.slots.push(slot.clone())).collect(),
        blocks: callee.blocks.ids().map(|_| func.new_block()).collect(),
        clears: Vec::new(),
        exits: &exits,
    };
    copy.clears = copy.counted_slots(types);
    for (param, arg) in callee.blocks[callee.entry].params.iter().zip(args) {
        copy.values[*param] = Some(arg);
    }
    func.blocks[block].terminator = Terminator::Jump(BlockCall::new(copy.blocks[callee.entry]));
    copy.run(func);
    exits.normal.block
}

/// Edges that leave the copied body; each takes the result or the error first.
struct Exits {
    normal: BlockCall,
    error: Option<BlockCall>,
}

/// Moves what follows a plain call to a new block that takes the result.
fn cut(func: &mut Function, block: BlockId, index: usize) -> (InstId, Exits) {
    let rest = func.new_block();
    let tail = func.blocks[block].insts.split_off(index + 1);
    let call = func.blocks[block].insts.pop().expect("the call is there");
    func.blocks[rest].insts = tail;
    func.blocks[rest].terminator = std::mem::replace(&mut func.blocks[block].terminator, Terminator::Unreachable);
    let params = func.insts[call].result.take().into_iter().collect();
    func.blocks[rest].params = params;
    (call, Exits { normal: BlockCall::new(rest), error: None })
}

struct Copy<'a> {
    callee: &'a Function,
    site: Option<SiteId>,
    trace_type: Option<Type>,
    values: IdVec<Value, Option<Value>>,
    slots: IdVec<Slot, Slot>,
    blocks: IdVec<BlockId, BlockId>,
    /// Slots that must be empty again when the body is left, with their address types.
    clears: Vec<(Slot, Type)>,
    exits: &'a Exits,
}

impl Copy<'_> {
    fn counted_slots(&self, types: &Types) -> Vec<(Slot, Type)> {
        let mut addresses: IdVec<Slot, Option<Type>> = self.callee.slots.ids().map(|_| None).collect();
        for inst in self.callee.insts.values() {
            if let (Opcode::SlotAddress(slot), Some(result)) = (&inst.opcode, inst.result) {
                addresses[*slot] = Some(self.callee.values[result]);
            }
        }
        let counted = addresses.iter().filter(|(slot, _)| types.is_counted(self.callee.slots[*slot].ty));
        counted.filter_map(|(slot, ty)| ty.map(|ty| (self.slots[slot], ty))).collect()
    }

    fn value(&mut self, func: &mut Function, value: Value) -> Value {
        if let Some(value) = self.values[value] {
            return value;
        }
        let new = func.new_value(self.callee.values[value]);
        self.values[value] = Some(new);
        new
    }

    fn run(mut self, func: &mut Function) {
        for block in self.callee.blocks.ids() {
            self.block(func, block);
        }
        for (value, name) in &self.callee.value_names {
            if let Some(value) = self.values[*value] {
                func.value_names.push((value, name.clone()));
            }
        }
    }

    fn block(&mut self, func: &mut Function, id: BlockId) {
        let callee = self.callee;
        let old = &callee.blocks[id];
        let params = if id == callee.entry { &[][..] } else { &old.params[..] };
        let params = params.iter().map(|value| self.value(func, *value)).collect();
        let insts = old.insts.iter().map(|inst| self.inst(func, *inst)).collect();
        let new = self.blocks[id];
        func.blocks[new] = Block { params, insts, terminator: Terminator::Unreachable };
        let terminator = self.terminator(func, new, &old.terminator);
        func.blocks[new].terminator = terminator;
    }

    fn inst(&mut self, func: &mut Function, inst: InstId) -> InstId {
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

    fn terminator(&mut self, func: &mut Function, block: BlockId, old: &Terminator) -> Terminator {
        match old {
            Terminator::Return(value) => {
                let value = self.value(func, *value);
                self.clear_slots(func, block);
                // The caller of a unit function may not have asked for the result.
                let wanted = func.blocks[self.exits.normal.block].params.len() > self.exits.normal.args.len();
                leave(&self.exits.normal, wanted.then_some(value))
            }
            Terminator::Throw(value) => {
                let value = self.value(func, *value);
                self.clear_slots(func, block);
                self.trace(func, block, value);
                // A plain call never throws, so nothing leads here.
                self.exits.error.as_ref().map_or(Terminator::Unreachable, |edge| leave(edge, Some(value)))
            }
            other => {
                let mut terminator = other.clone();
                if let Terminator::Try { inst, .. } = &mut terminator {
                    *inst = self.inst(func, *inst);
                }
                terminator.visit_values_mut(|value| *value = self.value(func, *value));
                for target in terminator.targets_mut() {
                    target.block = self.blocks[target.block];
                }
                terminator
            }
        }
    }

    fn clear_slots(&self, func: &mut Function, block: BlockId) {
        for &(slot, ty) in self.clears.iter().rev() {
            let address = func.append(block, Opcode::SlotAddress(slot), Vec::new(), Some(ty), None);
            func.append(block, Opcode::Clear, address.into_iter().collect(), None, None);
        }
    }

    fn trace(&self, func: &mut Function, block: BlockId, error: Value) {
        let (Some(site), Some(unit)) = (self.site, self.trace_type) else { return };
        debug_assert!(site.index() < u32::MAX as usize, "{site} is a site");
        let opcode = Opcode::CallRuntime(RuntimeFn::qi_error_trace, Vec::new());
        func.append(block, opcode, vec![error], Some(unit), Some(site));
    }
}

fn leave(edge: &BlockCall, first: Option<Value>) -> Terminator {
    let args = first.into_iter().chain(edge.args.iter().copied()).collect();
    Terminator::Jump(BlockCall { block: edge.block, args })
}
