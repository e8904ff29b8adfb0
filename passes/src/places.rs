//! Which variable an address leads to, and which variables an operation writes. Exact for slots and for the places a
//! function is given (nobody else may touch those meanwhile); globals and cells may be changed by any code that runs.

use qi_base::IdVec;
use qi_mir::analysis::Cfg;
use qi_mir::opcode::CalleeFacts;
use qi_mir::{Function, GlobalId, Inst, Opcode, Own, Slot, Terminator, TypeKind, Types, Value};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Root {
    Slot(Slot),
    /// A place parameter.
    Param(Value),
    Global(GlobalId),
    Cell,
    /// Where addresses meet in a block parameter.
    Unknown,
}

pub(crate) struct Places {
    roots: IdVec<Value, Option<Root>>,
    /// Addresses of whole slots, not of parts.
    whole: IdVec<Value, Option<Slot>>,
    /// Some address meets another one, so slots and parameters are not told apart any more.
    merged: bool,
}

/// What an operation writes.
#[derive(Default)]
pub(crate) struct Writes {
    pub(crate) roots: Vec<Root>,
    /// Runs code that may change globals and cells.
    pub(crate) opaque: bool,
}

impl Places {
    pub(crate) fn new(types: &Types, func: &Function, cfg: &Cfg) -> Self {
        let mut places = Self {
            roots: func.values.ids().map(|_| None).collect(),
            whole: func.values.ids().map(|_| None).collect(),
            merged: false,
        };
        for &param in &func.blocks[func.entry].params {
            if is_address(types, func, param) {
                places.roots[param] = Some(Root::Param(param));
            }
        }
        for block in cfg.reverse_postorder() {
            places.block(types, func, block);
        }
        places
    }

    fn block(&mut self, types: &Types, func: &Function, block: qi_mir::BlockId) {
        for &param in &func.blocks[block].params {
            if self.roots[param].is_none() && is_address(types, func, param) {
                self.roots[param] = Some(Root::Unknown);
                self.merged = true;
            }
        }
        let mut rest = func.block_insts(block).peekable();
        while let Some(inst) = rest.next() {
            let inst = &func.insts[inst];
            // A `try` is the last of its block.
            let is_try = inst.result.is_none() && rest.peek().is_none();
            let of_try = || if is_try { func.try_result(block) } else { None };
            let Some(result) = inst.result.or_else(of_try) else { continue };
            let root = match &inst.opcode {
                Opcode::SlotAddress(slot) => {
                    self.whole[result] = Some(*slot);
                    Root::Slot(*slot)
                }
                Opcode::GlobalAddress(global) => Root::Global(*global),
                Opcode::CellAddress => Root::Cell,
                _ if is_address(types, func, result) => self.root(inst.args[0]),
                _ => continue,
            };
            // The result of a `try` arrives in a block parameter that nothing else supplies.
            if inst.result.is_some() || (is_try && self.roots[result].is_none()) {
                self.roots[result] = Some(root);
            }
        }
        if let Terminator::Jump(target) = &func.blocks[block].terminator {
            self.merged |= target.args.iter().any(|arg| is_address(types, func, *arg));
        }
    }

    pub(crate) fn root(&self, address: Value) -> Root {
        self.roots[address].unwrap_or(Root::Unknown)
    }

    /// None for values that are no addresses.
    pub(crate) fn known_root(&self, value: Value) -> Option<Root> {
        self.roots[value]
    }
    /// Whether addresses meet somewhere, so that not every use of a slot is seen.
    pub(crate) fn are_merged(&self) -> bool {
        self.merged
    }
    /// The slot of which this is the address, not of a part.
    pub(crate) fn whole_slot(&self, address: Value) -> Option<Slot> {
        self.whole[address]
    }

    /// What the operation writes; making an array or box unique counts, it may move the content.
    pub(crate) fn writes(&self, facts: &dyn CalleeFacts, inst: &Inst) -> Writes {
        let first = || vec![self.root(inst.args[0])];
        match &inst.opcode {
            Opcode::Store
            | Opcode::Init
            | Opcode::Take
            | Opcode::Clear
            | Opcode::ArrayPush
            | Opcode::ArrayPop
            | Opcode::BoxAddress
            | Opcode::ElementAddress
            | Opcode::DynamicAddress(_) => Writes { roots: first(), opaque: false },
            Opcode::Call(_)
            | Opcode::CallClosure
            | Opcode::CallDynamic { .. }
            | Opcode::CallRuntime(..)
            | Opcode::CallExtern(_)
            | Opcode::GeneratorNext
            | Opcode::Yield
            | Opcode::Delegate
            | Opcode::Equal
            | Opcode::Order
            | Opcode::Hash
            | Opcode::Text
            | Opcode::Format
            | Opcode::ErrorMessage
            | Opcode::Release => Writes { roots: self.given(facts, inst), opaque: true },
            _ => Writes::default(),
        }
    }

    /// Places that a call is given; runtime functions included.
    fn given(&self, facts: &dyn CalleeFacts, inst: &Inst) -> Vec<Root> {
        let mut roots: Vec<Root> = Vec::new();
        for (index, &arg) in inst.args.iter().enumerate() {
            let by_type = matches!(inst.opcode, Opcode::CallClosure | Opcode::CallDynamic { .. });
            if inst.opcode.operand(index, facts) == Own::Place || (by_type && self.roots[arg].is_some()) {
                roots.push(self.root(arg));
            }
        }
        roots
    }

    /// Whether writing `written` may change what is seen through an address with root `seen`.
    pub(crate) fn may_change(&self, written: &Writes, seen: Root) -> bool {
        let private = matches!(seen, Root::Slot(_) | Root::Param(_));
        if written.opaque && !private {
            return true;
        }
        written.roots.iter().any(|&root| {
            let unknown = |it: Root| it == Root::Unknown;
            root == seen || ((unknown(root) || unknown(seen)) && self.merged)
        })
    }
}

pub(crate) fn is_address(types: &Types, func: &Function, value: Value) -> bool {
    matches!(types.kind(func.values[value]), TypeKind::Address(_))
}
