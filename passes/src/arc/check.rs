//! Proves that counts are right, from the finished code alone; shares nothing with `insert`.
//!
//! Follows every path with the number of references the function holds to each value. Consuming needs one, using needs
//! one here or in what the value is part of, leaving needs none, and paths that meet must agree. Views of places are
//! followed as a set that writes shrink, counted slots as a set that must be empty on leaving. Using an address into a cell,
//! or a view of its content, needs the cell.

use qi_base::IdVec;
use qi_mir::opcode::CalleeFacts;
use qi_mir::{BlockId, Def, Function, Inst, InstId, Opcode, Own, Phase, Slot, Terminator, TypeKind, Types, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The first place where counts go wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub block: BlockId,
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.block, self.message)
    }
}

pub fn check(types: &Types, facts: &dyn CalleeFacts, func: &Function) -> Result<(), Finding> {
    if func.phase != Phase::Owned {
        return Err(Finding { block: func.entry, message: format!("{} has no explicit counts", func.name) });
    }
    let checker = Checker { types, facts, func, sources: sources(func), definitions: definitions(func) };
    let mut entry: IdVec<BlockId, Option<State>> = func.blocks.ids().map(|_| None).collect();
    entry[func.entry] = Some(checker.start());
    let mut work = vec![func.entry];
    while let Some(block) = work.pop() {
        let state = entry[block].clone().expect("queued blocks have a state");
        let out = checker.block(block, state).map_err(|message| Finding { block, message })?;
        for (target, state) in out {
            let changed = merge(&mut entry[target], state).map_err(|message| Finding { block: target, message })?;
            if changed {
                work.push(target);
            }
        }
    }
    Ok(())
}

type Checked<T> = Result<T, String>;

#[derive(Clone, PartialEq, Default)]
struct State {
    /// References held; values without an entry have none.
    held: BTreeMap<Value, u32>,
    /// Views whose place was not written since.
    views: BTreeSet<Value>,
    /// Counted slots that may hold something.
    full: BTreeSet<Slot>,
}

impl State {
    fn add(&mut self, value: Value) {
        *self.held.entry(value).or_insert(0) += 1;
    }
    fn remove(&mut self, value: Value) -> bool {
        match self.held.get_mut(&value) {
            Some(1) => self.held.remove(&value).is_some(),
            Some(count) => {
                *count -= 1;
                true
            }
            None => false,
        }
    }
}

/// Says whether the block must be looked at (again).
fn merge(known: &mut Option<State>, new: State) -> Checked<bool> {
    let Some(old) = known else {
        *known = Some(new);
        return Ok(true);
    };
    if old.held != new.held {
        let differs = |value: &&Value| old.held.get(value) != new.held.get(value);
        let value = old.held.keys().chain(new.held.keys()).find(differs).expect("the states differ");
        return Err(format!("paths meet with different counts of {value}"));
    }
    let before = (old.views.len(), old.full.len());
    old.views.retain(|value| new.views.contains(value));
    old.full.extend(new.full);
    Ok(before != (old.views.len(), old.full.len()))
}

/// Where a counted value comes from, as far as its life goes.
#[derive(Clone, Copy)]
enum Source {
    /// Defined with a reference, or needing none.
    Own,
    /// A literal or an empty thing: counts do not matter.
    Constant,
    /// The caller holds it.
    Caller,
    Part(Value),
    View,
}

fn sources(func: &Function) -> IdVec<Value, Source> {
    let mut sources: IdVec<Value, Source> = func.values.ids().map(|_| Source::Own).collect();
    for (value, param) in func.blocks[func.entry].params.iter().zip(&func.params) {
        if param.own != Own::Consume {
            sources[*value] = Source::Caller;
        }
    }
    for block in func.blocks.ids() {
        for inst in func.block_insts(block) {
            let inst = &func.insts[inst];
            let Some(result) = inst.result.or_else(|| func.try_result(block)) else { continue };
            match inst.opcode.def() {
                Def::BorrowedFrom(index) => sources[result] = Source::Part(inst.args[index]),
                Def::BorrowedFromPlace => sources[result] = Source::View,
                Def::Fresh | Def::Plain => {
                    let empty = inst.args.is_empty();
                    match inst.opcode {
                        Opcode::Str(_) | Opcode::Empty => sources[result] = Source::Constant,
                        Opcode::EnumNew(..) | Opcode::ClosureNew(_) if empty => sources[result] = Source::Constant,
                        _ => {}
                    }
                }
            }
        }
    }
    sources
}

struct Checker<'a> {
    types: &'a Types,
    facts: &'a dyn CalleeFacts,
    func: &'a Function,
    sources: IdVec<Value, Source>,
    definitions: IdVec<Value, Option<InstId>>,
}

/// The operation each value is the result of, through a `try` too.
fn definitions(func: &Function) -> IdVec<Value, Option<InstId>> {
    let mut definitions: IdVec<Value, Option<InstId>> = func.values.ids().map(|_| None).collect();
    for block in func.blocks.ids() {
        for inst in func.block_insts(block) {
            if let Some(result) = func.insts[inst].result.or_else(|| func.try_result(block)) {
                definitions[result] = Some(inst);
            }
        }
    }
    definitions
}

impl Checker<'_> {
    fn counted(&self, value: Value) -> bool {
        self.types.is_counted(self.func.values[value])
    }

    fn start(&self) -> State {
        let mut state = State::default();
        for (value, param) in self.func.blocks[self.func.entry].params.iter().zip(&self.func.params) {
            if param.own == Own::Consume && self.counted(*value) {
                state.add(*value);
            }
        }
        state
    }

    /// The states on the edges out of the block.
    fn block(&self, block: BlockId, mut state: State) -> Checked<Vec<(BlockId, State)>> {
        for &inst in &self.func.blocks[block].insts {
            self.inst(&mut state, inst)?;
            if let Some(result) = self.func.insts[inst].result {
                self.define(&mut state, result)?;
            }
        }
        match &self.func.blocks[block].terminator {
            Terminator::Return(value) | Terminator::Throw(value) => {
                self.consume(&mut state, *value)?;
                self.leave(&state)?;
                Ok(Vec::new())
            }
            Terminator::Unreachable => Ok(Vec::new()),
            Terminator::Try { inst, normal, error } => {
                self.inst(&mut state, *inst)?;
                [normal, error].into_iter().map(|target| self.edge(state.clone(), target, true)).collect()
            }
            other => other.targets().into_iter().map(|target| self.edge(state.clone(), target, false)).collect(),
        }
    }

    fn edge(&self, mut state: State, target: &qi_mir::BlockCall, is_try: bool) -> Checked<(BlockId, State)> {
        for &arg in &target.args {
            if matches!(self.origin(arg), Origin::Cell(_)) {
                return Err(format!("{arg} leads into a cell that the next block does not know"));
            }
            self.consume(&mut state, arg)?;
        }
        let params = &self.func.blocks[target.block].params;
        for (index, &param) in params.iter().enumerate() {
            if index == 0 && is_try {
                self.define(&mut state, param)?;
            } else if self.counted(param) {
                state.add(param);
            }
        }
        Ok((target.block, state))
    }

    fn define(&self, state: &mut State, value: Value) -> Checked<()> {
        if !self.counted(value) {
            return Ok(());
        }
        match self.sources[value] {
            Source::Own => {
                if state.held.contains_key(&value) {
                    return Err(format!("{value} is defined again while held"));
                }
                state.add(value);
            }
            Source::View => {
                state.views.insert(value);
            }
            Source::Constant | Source::Caller | Source::Part(_) => {}
        }
        Ok(())
    }

    fn inst(&self, state: &mut State, id: InstId) -> Checked<()> {
        let inst = &self.func.insts[id];
        if inst.opcode == Opcode::Retain {
            self.usable(state, inst.args[0])?;
            if self.counted(inst.args[0]) && !self.is_constant(inst.args[0]) {
                state.add(inst.args[0]);
            }
            return Ok(());
        }
        let own = |index: usize| inst.opcode.operand(index, self.facts);
        for &arg in &inst.args {
            self.usable(state, arg)?;
        }
        let operands = || inst.args.iter().enumerate();
        for (_, &arg) in operands().filter(|(index, _)| own(*index) == Own::Consume) {
            self.consume(state, arg)?;
        }
        self.write(state, inst);
        // What is only borrowed must outlive the operation.
        for (_, &arg) in operands().filter(|(index, _)| own(*index) != Own::Consume) {
            self.usable(state, arg)?;
        }
        Ok(())
    }

    fn is_constant(&self, value: Value) -> bool {
        matches!(self.sources[value], Source::Constant)
    }

    fn consume(&self, state: &mut State, value: Value) -> Checked<()> {
        if !self.counted(value) || self.is_constant(value) {
            return Ok(());
        }
        if state.remove(value) { Ok(()) } else { Err(format!("{value} is consumed but not owned")) }
    }

    fn usable(&self, state: &State, mut value: Value) -> Checked<()> {
        let (used, mut in_cell) = (value, false);
        loop {
            if let Origin::Cell(cell) = self.origin(value) {
                (value, in_cell) = (cell, true);
            }
            if !self.counted(value) || state.held.contains_key(&value) {
                return Ok(());
            }
            match self.sources[value] {
                Source::Constant | Source::Caller => return Ok(()),
                Source::Part(whole) => value = whole,
                Source::View if state.views.contains(&value) => match self.view_origin(value) {
                    Origin::Cell(cell) => (value, in_cell) = (cell, true),
                    _ => return Ok(()),
                },
                Source::View => return Err(format!("{used} is used after its place was written")),
                Source::Own if in_cell => return Err(format!("{used} leads into {value}, which is not alive")),
                Source::Own => return Err(format!("{used} is used but not alive")),
            }
        }
    }

    fn leave(&self, state: &State) -> Checked<()> {
        if let Some(value) = state.held.keys().next() {
            return Err(format!("{value} is still held when the function is left"));
        }
        match state.full.first() {
            Some(slot) => Err(format!("{slot} is not cleared when the function is left")),
            None => Ok(()),
        }
    }

    /// Ends views and follows what slots hold.
    fn write(&self, state: &mut State, inst: &Inst) {
        let first = inst.args.first().map(|arg| self.origin(*arg));
        match inst.opcode {
            Opcode::Take | Opcode::Clear | Opcode::Store | Opcode::Init | Opcode::ArrayPush | Opcode::ArrayPop => {
                self.written(state, first.expect("operand 0 is an address"));
            }
            Opcode::BoxAddress | Opcode::ElementAddress | Opcode::DynamicAddress(_) => {
                self.written(state, first.expect("operand 0 is an address"));
            }
            Opcode::Equal | Opcode::Order | Opcode::Hash | Opcode::Text | Opcode::Format | Opcode::ErrorMessage => {
                state.views.retain(|view| self.is_private(*view));
            }
            ref opcode if !opcode.is_pure() => {
                state.views.retain(|view| self.is_private(*view));
                let places = inst.args.iter().filter(|arg| self.pointee(**arg).is_some());
                places.for_each(|arg| self.written(state, self.origin(*arg)));
            }
            _ => {}
        }
        if let (Opcode::Take | Opcode::Clear, Some(Origin::Slot(slot, true))) = (&inst.opcode, first) {
            state.full.remove(&slot);
        }
    }

    fn written(&self, state: &mut State, origin: Origin) {
        match origin {
            Origin::Slot(slot, _) => {
                state.views.retain(|view| !matches!(self.view_origin(*view), Origin::Slot(it, _) if it == slot));
                if self.types.is_counted(self.func.slots[slot].ty) {
                    state.full.insert(slot);
                }
            }
            Origin::Param(param) => {
                state.views.retain(|view| !matches!(self.view_origin(*view), Origin::Param(it) if it == param));
            }
            Origin::Cell(_) | Origin::Elsewhere => state.views.retain(|view| self.is_private(*view)),
        }
    }

    fn definition(&self, value: Value) -> Option<&Inst> {
        self.definitions[value].map(|inst| &self.func.insts[inst])
    }
    fn is_private(&self, view: Value) -> bool {
        !matches!(self.view_origin(view), Origin::Cell(_) | Origin::Elsewhere)
    }
    fn view_origin(&self, view: Value) -> Origin {
        self.definition(view).map_or(Origin::Elsewhere, |inst| self.origin(inst.args[0]))
    }
    fn pointee(&self, value: Value) -> Option<qi_mir::Type> {
        match *self.types.kind(self.func.values[value]) {
            TypeKind::Address(of) => Some(of),
            _ => None,
        }
    }

    /// What an address leads to; nothing that matters for a value that is none.
    fn origin(&self, address: Value) -> Origin {
        let (mut at, mut whole) = (address, true);
        while let Some(inst) = self.definition(at).filter(|_| self.pointee(at).is_some()) {
            match inst.opcode {
                Opcode::SlotAddress(slot) => return Origin::Slot(slot, whole),
                Opcode::CellAddress => return Origin::Cell(inst.args[0]),
                Opcode::GlobalAddress(_) => return Origin::Elsewhere,
                _ => at = inst.args[0],
            }
            whole = false;
        }
        let is_param = self.func.blocks[self.func.entry].params.contains(&at);
        if is_param { Origin::Param(at) } else { Origin::Elsewhere }
    }
}

#[derive(Clone, Copy)]
enum Origin {
    /// And whether it is the whole slot.
    Slot(Slot, bool),
    Param(Value),
    Cell(Value),
    Elsewhere,
}
