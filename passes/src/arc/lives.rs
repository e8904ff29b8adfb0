//! How each value lives: owned, borrowed from another value, a view of a place. Decides which borrowed values must be
//! retained at once because what they live from is moved or written while they are still needed.

use crate::drops;
use crate::places::{Places, Root};
use qi_base::IdVec;
use qi_mir::analysis::{Cfg, Liveness};
use qi_mir::opcode::CalleeFacts;
use qi_mir::{BlockId, Def, Function, Inst, InstId, Opcode, Own, Terminator, Types, Value};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Life {
    /// Not counted.
    Plain,
    /// A constant without counts.
    Immortal,
    /// Must be consumed exactly once on each path.
    Owned,
    /// A borrowed parameter: the caller keeps it alive.
    Outside,
    /// Part of this value, and good while that one lives.
    Borrowed(Value),
    /// The content of a place, good until the place is written.
    View,
}

pub(super) struct Lives<'a> {
    types: &'a Types,
    facts: &'a dyn CalleeFacts,
    places: Places,
    of: IdVec<Value, Life>,
    /// Borrowed by nature but owned by decision: retained right after their definition.
    pub(super) retained: FxHashSet<Value>,
    /// The place each loaded value comes from.
    loaded: IdVec<Value, Option<Root>>,
    /// The cell into which each address leads, and from which each view was loaded: it must live as long as they do.
    cells: IdVec<Value, Option<Value>>,
}

impl<'a> Lives<'a> {
    pub(super) fn new(types: &'a Types, facts: &'a dyn CalleeFacts, func: &Function, cfg: &Cfg) -> Self {
        let mut lives = Self {
            types,
            facts,
            places: Places::new(types, func, cfg),
            of: func.values.values().map(|ty| if types.is_counted(*ty) { Life::Owned } else { Life::Plain }).collect(),
            retained: FxHashSet::default(),
            loaded: func.values.ids().map(|_| None).collect(),
            cells: func.values.ids().map(|_| None).collect(),
        };
        for (index, &param) in func.blocks[func.entry].params.iter().enumerate() {
            if lives.is_counted(param) && func.params[index].own != Own::Consume {
                lives.of[param] = Life::Outside;
            }
        }
        let consumed = lives.consumed(func, cfg);
        for block in cfg.reverse_postorder() {
            for inst in func.block_insts(block) {
                lives.classify(func, block, inst, &consumed);
            }
        }
        lives.own_variables(func, cfg);
        lives.settle(func, cfg);
        lives
    }

    pub(super) fn of(&self, value: Value) -> Life {
        self.of[value]
    }
    fn is_counted(&self, value: Value) -> bool {
        self.of[value] != Life::Plain
    }
    /// Whose life the value depends on; itself unless borrowed.
    pub(super) fn root(&self, mut value: Value) -> Value {
        while let Life::Borrowed(from) = self.of[value] {
            value = from;
        }
        value
    }
    /// What must live as long as the value is used: its root, or the cell that it leads into.
    pub(super) fn anchor(&self, value: Value) -> Value {
        let root = self.root(value);
        match self.cells[root] {
            Some(cell) if !self.is_owned(root) => self.root(cell),
            _ => root,
        }
    }
    pub(super) fn is_owned(&self, value: Value) -> bool {
        self.of[value] == Life::Owned
    }
    /// Counted operands, and addresses in cells, with their use.
    pub(super) fn uses(&self, inst: &Inst) -> Vec<(Value, Own)> {
        let matters = |arg: Value| self.is_counted(arg) || self.cells[arg].is_some();
        let uses = inst.args.iter().enumerate().filter(|(_, arg)| matters(**arg));
        uses.map(|(index, &arg)| (arg, inst.opcode.operand(index, self.facts))).collect()
    }
    /// Counted values that the terminator itself consumes.
    pub(super) fn terminator_uses(&self, terminator: &Terminator) -> Vec<(Value, Own)> {
        let mut uses = Vec::new();
        terminator.visit_values(|value| {
            if self.is_counted(value) {
                uses.push((value, Own::Consume));
            }
        });
        uses
    }

    /// Values with a consuming use; a view of a place would have to be retained for it anyway.
    fn consumed(&self, func: &Function, cfg: &Cfg) -> FxHashSet<Value> {
        let mut consumed = FxHashSet::default();
        for &block in &cfg.postorder {
            for inst in func.block_insts(block) {
                let uses = self.uses(&func.insts[inst]);
                consumed.extend(uses.into_iter().filter(|it| it.1 == Own::Consume).map(|it| it.0));
            }
            consumed.extend(self.terminator_uses(&func.blocks[block].terminator).into_iter().map(|it| it.0));
        }
        consumed
    }

    fn classify(&mut self, func: &Function, block: BlockId, id: InstId, consumed: &FxHashSet<Value>) {
        let inst = &func.insts[id];
        let Some(result) = inst.result.or_else(|| func.try_result(block)) else { return };
        if self.is_counted(result) || inst.opcode != Opcode::Load {
            self.cells[result] = self.cell(inst);
        }
        if !self.is_counted(result) {
            return;
        }
        match inst.opcode.def() {
            Def::BorrowedFrom(index) => self.of[result] = Life::Borrowed(inst.args[index]),
            Def::BorrowedFromPlace => self.of[result] = Life::View,
            Def::Fresh | Def::Plain if is_constant(inst) => self.of[result] = Life::Immortal,
            Def::Fresh | Def::Plain => {}
        }
        if inst.opcode == Opcode::Load {
            let root = self.places.root(inst.args[0]);
            self.loaded[result] = Some(root);
            let private = matches!(root, Root::Slot(_) | Root::Param(_));
            if !consumed.contains(&result) && (private || self.is_short(func, block, id, result)) {
                self.of[result] = Life::View;
            }
        }
    }

    fn cell(&self, inst: &Inst) -> Option<Value> {
        match inst.opcode {
            Opcode::CellAddress => Some(inst.args[0]),
            Opcode::FieldAddress(_)
            | Opcode::VariantAddress { .. }
            | Opcode::BoxAddress
            | Opcode::ElementAddress
            | Opcode::DynamicAddress(_)
            | Opcode::Load => self.cells[inst.args[0]],
            _ => None,
        }
    }

    /// Whether every use of a value loaded from a global or cell, and of what is borrowed from it, stands in its block
    /// with only harmless operations before the last: anything that runs code or frees could change the variable.
    fn is_short(&self, func: &Function, block: BlockId, load: InstId, value: Value) -> bool {
        let mut family = FxHashSet::from_iter([value]);
        let (mut seen, mut in_window) = (0, true);
        for inst in func.block_insts(block).skip_while(|it| *it != load).skip(1) {
            let it = &func.insts[inst];
            let uses = it.args.iter().filter(|arg| family.contains(arg)).count();
            let frees = it.args.iter().any(|arg| self.runs_code_when_freed(func, *arg));
            in_window &= it.opcode.is_pure() && !may_run_code(&it.opcode) && !frees;
            if uses > 0 && !in_window {
                return false;
            }
            seen += uses;
            if uses > 0 && matches!(it.opcode.def(), Def::BorrowedFrom(_)) {
                let Some(result) = it.result else {
                    // A part that arrives in another block is out of sight, unless it needs no counts.
                    let part = func.try_result(block);
                    if part.is_some_and(|part| self.is_counted(part)) {
                        return false;
                    }
                    continue;
                };
                family.insert(result);
            }
        }
        let mut total = 0;
        for block in func.blocks.ids() {
            func.visit_uses(block, |used| total += usize::from(family.contains(&used)));
        }
        seen == total
    }

    fn runs_code_when_freed(&self, func: &Function, value: Value) -> bool {
        drops::runs_code(self.types, func.values[value]) && !matches!(self.of[value], Life::Immortal | Life::Outside)
    }

    /// A variable whose end can be seen holds a copy of its own: what it was taken from may end before.
    fn own_variables(&mut self, func: &Function, cfg: &Cfg) {
        let insts = cfg.postorder.iter().flat_map(|block| func.block_insts(*block)).map(|id| &func.insts[id]);
        for inst in insts.filter(|it| it.opcode == Opcode::Release) {
            match self.of[inst.args[0]] {
                Life::Borrowed(_) => self.own(inst.args[0]),
                Life::View => self.of[inst.args[0]] = Life::Owned,
                _ => {}
            }
        }
    }

    /// Repeats until no borrowed value outlives what it is part of; owning one may let another be moved earlier.
    fn settle(&mut self, func: &Function, cfg: &Cfg) {
        const ROUNDS: usize = 4;
        let live = Liveness::new(func, cfg);
        for _ in 0..ROUNDS {
            let mut changed = false;
            for &block in &cfg.postorder {
                changed |= self.settle_block(func, block, &live);
            }
            if !changed {
                return;
            }
        }
        // Owning everything is always right.
        for value in func.values.ids() {
            match self.of[value] {
                Life::Borrowed(_) => self.own(value),
                Life::View => self.of[value] = Life::Owned,
                _ => {}
            }
        }
    }

    fn settle_block(&mut self, func: &Function, block: BlockId, live: &Liveness) -> bool {
        let mut set = LiveSet::default();
        for target in func.blocks[block].terminator.targets() {
            for &value in &live.live_in[target.block] {
                set.add(self, value);
            }
        }
        let mut changed = false;
        let uses = self.terminator_uses(&func.blocks[block].terminator);
        changed |= self.settle_moves(&uses, &set);
        uses.iter().for_each(|(value, _)| set.add(self, *value));
        let insts: Vec<InstId> = func.block_insts(block).collect();
        for &inst in insts.iter().rev() {
            let inst = &func.insts[inst];
            let uses = self.uses(inst);
            changed |= self.settle_moves(&uses, &set);
            changed |= self.settle_writes(inst, &uses, &set);
            if let Some(result) = inst.result {
                set.remove(result);
            }
            uses.iter().for_each(|(value, _)| set.add(self, *value));
        }
        changed
    }

    /// Borrowed values that are needed after, or during, an operation.
    fn needed<'b>(&self, uses: &'b [(Value, Own)], set: &'b LiveSet) -> Vec<Value> {
        let during = uses.iter().filter(|it| it.1 != Own::Consume).map(|it| it.0).filter(|it| self.depends(*it));
        set.dependent.iter().copied().chain(during).collect()
    }
    fn depends(&self, value: Value) -> bool {
        matches!(self.of[value], Life::Borrowed(_) | Life::View)
    }

    /// An owned value moves at its last use, so nothing may borrow from it afterwards.
    fn settle_moves(&mut self, uses: &[(Value, Own)], set: &LiveSet) -> bool {
        let mut changed = false;
        for &(moved, own) in uses {
            if own != Own::Consume || !self.is_owned(moved) || set.all.contains(&moved) {
                continue;
            }
            for value in self.needed(uses, set) {
                if value != moved && matches!(self.of[value], Life::Borrowed(_)) && self.root(value) == moved {
                    self.own(value);
                    changed = true;
                }
            }
        }
        changed
    }

    /// A view ends where its place is written. Parts of a loaded value are retained too: else the whole would have to be
    /// kept, and the write would copy it.
    fn settle_writes(&mut self, inst: &Inst, uses: &[(Value, Own)], set: &LiveSet) -> bool {
        let writes = self.places.writes(self.facts, inst);
        if writes.roots.is_empty() && !writes.opaque {
            return false;
        }
        let mut changed = false;
        for value in self.needed(uses, set) {
            let Some(seen) = self.loaded[self.root(value)] else { continue };
            if !self.places.may_change(&writes, seen) {
                continue;
            }
            match self.of[value] {
                Life::View => {
                    self.of[value] = Life::Owned;
                    changed = true;
                }
                Life::Borrowed(_) => {
                    self.own(value);
                    changed = true;
                }
                _ => {}
            }
        }
        changed
    }

    fn own(&mut self, value: Value) {
        self.of[value] = Life::Owned;
        self.retained.insert(value);
    }
}

/// Live counted values while walking a block backwards.
#[derive(Default)]
struct LiveSet {
    all: FxHashSet<Value>,
    /// Those that are borrowed or views, in a fixed order.
    dependent: BTreeSet<Value>,
}

impl LiveSet {
    fn add(&mut self, lives: &Lives<'_>, value: Value) {
        if lives.is_counted(value) {
            self.all.insert(value);
            if lives.depends(value) {
                self.dependent.insert(value);
            }
        }
    }
    fn remove(&mut self, value: Value) {
        self.all.remove(&value);
        self.dependent.remove(&value);
    }
}

/// Literals are immortal or inline; variants and closures without parts hold nothing.
fn is_constant(inst: &Inst) -> bool {
    match inst.opcode {
        Opcode::Str(_) | Opcode::Empty => true,
        Opcode::EnumNew(..) | Opcode::ClosureNew(_) => inst.args.is_empty(),
        _ => false,
    }
}

/// Operations without effect of their own that may call overrides.
fn may_run_code(opcode: &Opcode) -> bool {
    matches!(
        opcode,
        Opcode::Equal | Opcode::Order | Opcode::Hash | Opcode::Text | Opcode::Format | Opcode::ErrorMessage
    )
}
