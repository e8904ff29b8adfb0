//! Puts a copy of a callee's body in the place of a call. Returns become jumps to what follows the call, throws become
//! jumps to the call's error edge after the call's site was added to the error's stack, as the call itself would have.

use crate::graph::copy::BodyCopy;
use qi_base::IdVec;
use qi_mir::{
    BlockCall, BlockId, Function, Inst, InstId, Opcode, RuntimeFn, SiteId, Slot, Terminator, Type, TypeKind, Types,
    Value,
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
    let mut copy = BodyCopy::new(func, callee, &args);
    let clears = counted_slots(types, callee).into_iter().map(|(slot, ty)| (copy.slots[slot], ty)).collect();
    let leaving = Leaving { exits: &exits, clears, trace: trace_of(types, site) };
    let entry = copy.target(func, callee.entry);
    func.blocks[block].terminator = Terminator::Jump(BlockCall::new(entry));
    for id in callee.blocks.ids() {
        let new = copy.block(func, id);
        let terminator = match &callee.blocks[id].terminator {
            Terminator::Return(value) => {
                let value = copy.value(func, *value);
                leaving.normally(func, new, value)
            }
            Terminator::Throw(value) => {
                let value = copy.value(func, *value);
                leaving.by_error(func, new, value)
            }
            other => copy.terminator(func, other),
        };
        func.blocks[new].terminator = terminator;
    }
    copy.names(func);
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

/// Counted slots of a body with the types of their addresses.
pub(crate) fn counted_slots(types: &Types, callee: &Function) -> Vec<(Slot, Type)> {
    let mut addresses: IdVec<Slot, Option<Type>> = callee.slots.ids().map(|_| None).collect();
    for inst in callee.insts.values() {
        if let (Opcode::SlotAddress(slot), Some(result)) = (&inst.opcode, inst.result) {
            addresses[*slot] = Some(callee.values[result]);
        }
    }
    let counted = addresses.iter().filter(|(slot, _)| types.is_counted(callee.slots[*slot].ty));
    counted.filter_map(|(slot, ty)| ty.map(|ty| (slot, ty))).collect()
}

/// Empties slots, last one first.
pub(crate) fn clear_slots(func: &mut Function, block: BlockId, slots: &[(Slot, Type)]) {
    for &(slot, ty) in slots.iter().rev() {
        let address = func.append(block, Opcode::SlotAddress(slot), Vec::new(), Some(ty), None);
        func.append(block, Opcode::Clear, address.into_iter().collect(), None, None);
    }
}

/// The site to add to errors, and the unit type of that operation's result.
pub(crate) type Trace = Option<(SiteId, Type)>;

pub(crate) fn trace_of(types: &Types, site: Option<SiteId>) -> Trace {
    let unit = types.iter().find(|(_, kind)| **kind == TypeKind::Unit).map(|(ty, _)| ty)?;
    site.map(|site| (site, unit))
}

pub(crate) fn add_trace(func: &mut Function, block: BlockId, trace: Trace, error: Value) {
    if let Some((site, unit)) = trace {
        let opcode = Opcode::CallRuntime(RuntimeFn::qi_error_trace, Vec::new());
        func.append(block, opcode, vec![error], Some(unit), Some(site));
    }
}

pub(crate) fn leave(edge: &BlockCall, first: Option<Value>) -> Terminator {
    let args = first.into_iter().chain(edge.args.iter().copied()).collect();
    Terminator::Jump(BlockCall { block: edge.block, args })
}

struct Leaving<'a> {
    exits: &'a Exits,
    /// Slots that must be empty again when the body is left: the call may stand in a loop.
    clears: Vec<(Slot, Type)>,
    trace: Trace,
}

impl Leaving<'_> {
    fn normally(&self, func: &mut Function, block: BlockId, value: Value) -> Terminator {
        clear_slots(func, block, &self.clears);
        // The caller of a unit function may not have asked for the result.
        let wanted = func.blocks[self.exits.normal.block].params.len() > self.exits.normal.args.len();
        leave(&self.exits.normal, wanted.then_some(value))
    }
    fn by_error(&self, func: &mut Function, block: BlockId, value: Value) -> Terminator {
        clear_slots(func, block, &self.clears);
        add_trace(func, block, self.trace, value);
        // A plain call never throws, so nothing leads here.
        self.exits.error.as_ref().map_or(Terminator::Unreachable, |edge| leave(edge, Some(value)))
    }
}
