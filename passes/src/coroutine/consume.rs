//! Copies a prepared generator body into the function that consumes it: 让出 becomes a jump to what follows the
//! resumption, resuming a jump to what follows the 让出 by a state kept in a slot.

use super::body::{Body, Leaves, Yield};
use super::releases::Releases;
use crate::demote::{localize_constants, named_temporary};
use crate::graph::copy::BodyCopy;
use crate::inline::splice::{Trace, add_trace, clear_slots, counted_slots, leave, trace_of};
use qi_mir::{BlockCall, BlockId, Function, InstId, Opcode, RuntimeFn, Slot, Terminator, Type, Types, Value};

/// A generator made and stepped in one function.
pub(super) struct Consumer {
    pub(super) new: InstId,
    /// The block that ends in the only `generator_next`.
    pub(super) next: BlockId,
    pub(super) releases: Releases,
}

/// Name of the slot that holds the state.
pub(super) const STATE: &str = "~state";
const START: i128 = 0;
const FINISHED: i128 = -1;

/// The state after the yield with the index.
fn state_of(index: usize) -> i128 {
    i128::try_from(index).expect("few yields") + 1
}

pub(super) fn consume(types: &mut Types, func: &mut Function, consumer: &Consumer, body: &Body) {
    localize_constants(func);
    let args = func.insts[consumer.new].args.clone();
    let Terminator::Try { inst: next, normal, error } = func.blocks[consumer.next].terminator.clone() else {
        qi_base::bug!("{} does not end in a try", consumer.next);
    };
    let i64 = types.i64();
    let state = named_temporary(types, func, i64, STATE);
    let copy = BodyCopy::new(func, &body.func, &args);
    let mut work = Work {
        state,
        i64,
        bool: types.bool(),
        unit: types.unit(),
        error_type: types.error(),
        out: func.insts[next].args[1],
        args,
        normal,
        error,
        trace: trace_of(types, func.insts[next].site),
        counted: counted_slots(types, &body.func).into_iter().map(|(slot, ty)| (copy.slots[slot], ty)).collect(),
        body,
    };
    work.start(func, consumer.new);
    work.dispatch(func, consumer.next, copy);
    for &release in &consumer.releases.last {
        work.drop_at(func, release);
    }
    for &release in &consumer.releases.moot {
        let block = block_of(func, release);
        func.blocks[block].insts.retain(|it| *it != release);
    }
}

struct Work<'a> {
    state: (Slot, Type),
    i64: Type,
    bool: Type,
    unit: Type,
    error_type: Type,
    /// Address of the slot that takes the items.
    out: Value,
    args: Vec<Value>,
    normal: BlockCall,
    error: BlockCall,
    trace: Trace,
    /// Counted slots of the body, in the consumer.
    counted: Vec<(Slot, Type)>,
    body: &'a Body,
}

impl Work<'_> {
    fn set_state(&self, func: &mut Function, block: BlockId, state: i128) {
        let address = func.append(block, Opcode::SlotAddress(self.state.0), Vec::new(), Some(self.state.1), None);
        let value = func.append(block, Opcode::Int(state), Vec::new(), Some(self.i64), None);
        func.append(block, Opcode::Store, address.into_iter().chain(value).collect(), None, None);
    }

    fn load_state(&self, func: &mut Function, block: BlockId) -> Value {
        let address = func.append(block, Opcode::SlotAddress(self.state.0), Vec::new(), Some(self.state.1), None);
        let value = func.append(block, Opcode::Load, address.into_iter().collect(), Some(self.i64), None);
        value.expect("loads have results")
    }

    /// Where the generator was made, it is now only at its start.
    fn start(&self, func: &mut Function, new: InstId) {
        let block = block_of(func, new);
        let index = func.blocks[block].insts.iter().position(|inst| *inst == new).expect("found in the block");
        let tail = func.blocks[block].insts.split_off(index);
        clear_slots(func, block, &self.counted);
        self.set_state(func, block, START);
        func.blocks[block].insts.extend(tail.into_iter().skip(1));
    }

    /// Replaces the step by a jump into the body.
    fn dispatch(&mut self, func: &mut Function, next: BlockId, mut copy: BodyCopy<'_>) {
        let body = &self.body.func;
        let entry = copy.target(func, body.entry);
        let mut cases = vec![(START, BlockCall::new(entry))];
        for (index, it) in self.body.yields.iter().enumerate() {
            let resume = func.new_block();
            let sent = func.append(resume, Opcode::Unit, Vec::new(), Some(self.unit), None);
            let resumed = copy.target(func, it.resumed);
            func.blocks[resume].terminator = Terminator::Jump(BlockCall::with(resumed, sent.into_iter().collect()));
            cases.push((state_of(index), BlockCall::new(resume)));
        }
        let finished = func.new_block();
        let none = self.answer(func, finished, false);
        func.blocks[finished].terminator = leave(&self.normal, Some(none));
        let value = self.load_state(func, next);
        func.blocks[next].terminator = Terminator::Switch { value, cases, default: BlockCall::new(finished) };
        for id in body.blocks.ids() {
            let new = copy.block(func, id);
            let terminator = self.terminator(func, &mut copy, id, new);
            func.blocks[new].terminator = terminator;
        }
        copy.names(func);
    }

    fn answer(&self, func: &mut Function, block: BlockId, yielded: bool) -> Value {
        func.append(block, Opcode::Bool(yielded), Vec::new(), Some(self.bool), None).expect("constants have results")
    }

    fn yield_of(&self, block: BlockId) -> Option<(usize, &Yield)> {
        self.body.yields.iter().enumerate().find(|(_, it)| it.block == block)
    }

    fn terminator(&self, func: &mut Function, copy: &mut BodyCopy<'_>, id: BlockId, new: BlockId) -> Terminator {
        if let Some((index, it)) = self.yield_of(id) {
            let item = copy.value(func, self.body.item(it));
            let out = self.out_address(func, new);
            func.append(new, Opcode::Init, vec![out, item], None, None);
            self.set_state(func, new, state_of(index));
            let answer = self.answer(func, new, true);
            return leave(&self.normal, Some(answer));
        }
        match &self.body.func.blocks[id].terminator {
            Terminator::Return(_) => {
                clear_slots(func, new, &self.counted);
                self.set_state(func, new, FINISHED);
                let answer = self.answer(func, new, false);
                leave(&self.normal, Some(answer))
            }
            Terminator::Throw(value) => {
                let value = copy.value(func, *value);
                clear_slots(func, new, &self.counted);
                self.set_state(func, new, FINISHED);
                add_trace(func, new, self.trace, value);
                leave(&self.error, Some(value))
            }
            other => copy.terminator(func, other),
        }
    }

    /// The address again, if it can be computed anywhere; edges may be led past the block that has it.
    fn out_address(&self, func: &mut Function, block: BlockId) -> Value {
        let definition = func.insts.values().find(|inst| inst.result == Some(self.out));
        match definition.map(|inst| inst.opcode.clone()) {
            Some(opcode @ Opcode::SlotAddress(_)) => {
                let ty = func.values[self.out];
                func.append(block, opcode, Vec::new(), Some(ty), None).expect("addresses are results")
            }
            _ => self.out,
        }
    }

    /// Where the generator is dropped, what its current 让出 would clean up runs.
    fn drop_at(&self, func: &mut Function, release: InstId) {
        let block = block_of(func, release);
        let index = func.blocks[block].insts.iter().position(|inst| *inst == release).expect("found in the block");
        let tail: Vec<InstId> = func.blocks[block].insts.split_off(index).into_iter().skip(1).collect();
        let rest = func.new_block();
        func.blocks[rest].terminator = std::mem::replace(&mut func.blocks[block].terminator, Terminator::Unreachable);
        clear_slots(func, rest, &self.counted);
        self.set_state(func, rest, FINISHED);
        func.blocks[rest].insts.extend(tail);
        let mut cases = Vec::new();
        if !self.body.cleanup.is_empty() {
            let slots = self.slots();
            let mut copy = BodyCopy::with_slots(&self.body.func, &self.args, slots);
            for (index, it) in self.body.yields.iter().enumerate() {
                let closing = func.new_block();
                let fault = Opcode::CallRuntime(RuntimeFn::qi_fault_generator_closed, Vec::new());
                let error = func.append(closing, fault, Vec::new(), Some(self.error_type), it.site);
                let target = copy.target(func, it.dropped);
                func.blocks[closing].terminator =
                    Terminator::Jump(BlockCall::with(target, error.into_iter().collect()));
                cases.push((state_of(index), BlockCall::new(closing)));
            }
            self.copy_cleanup(func, &mut copy, rest);
        }
        if cases.is_empty() {
            func.blocks[block].terminator = Terminator::Jump(BlockCall::new(rest));
        } else {
            let value = self.load_state(func, block);
            func.blocks[block].terminator = Terminator::Switch { value, cases, default: BlockCall::new(rest) };
        }
    }

    /// The slots that the first copy got: they were pushed in order.
    fn slots(&self) -> qi_base::IdVec<Slot, Slot> {
        use qi_base::Id;
        let first = self.state.0.index() + 1;
        self.body.func.slots.ids().map(|slot| Slot::from_index(first + slot.index())).collect()
    }

    fn copy_cleanup(&self, func: &mut Function, copy: &mut BodyCopy<'_>, rest: BlockId) {
        for &id in &self.body.cleanup {
            let new = copy.block(func, id);
            let terminator = match (&self.body.func.blocks[id].terminator, self.yield_of(id)) {
                (_, Some((_, again))) => {
                    let fault = Opcode::CallRuntime(RuntimeFn::qi_fault_generator_closed, Vec::new());
                    let error = func.append(new, fault, Vec::new(), Some(self.error_type), again.site);
                    let target = copy.target(func, again.dropped);
                    Terminator::Jump(BlockCall::with(target, error.into_iter().collect()))
                }
                (Terminator::Throw(value), None) => {
                    let value = copy.value(func, *value);
                    if self.body.leaves.get(&id) == Some(&Leaves::Other) {
                        let report = Opcode::CallRuntime(RuntimeFn::qi_error_unobserved, Vec::new());
                        func.append(new, report, vec![value], Some(self.unit), None);
                    }
                    Terminator::Jump(BlockCall::new(rest))
                }
                (Terminator::Return(_), None) => Terminator::Jump(BlockCall::new(rest)),
                (other, None) => copy.terminator(func, other),
            };
            func.blocks[new].terminator = terminator;
        }
    }
}

fn block_of(func: &Function, inst: InstId) -> BlockId {
    let mut blocks = func.blocks.iter();
    let found = blocks.find(|(_, block)| block.insts.contains(&inst)).map(|(id, _)| id);
    found.unwrap_or_else(|| qi_base::bug!("{inst} stands nowhere"))
}
