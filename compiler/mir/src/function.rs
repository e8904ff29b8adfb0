//! One function body: a control-flow graph of blocks over values, instructions and slots, all in arenas.

use crate::{BlockId, InstId, Opcode, SiteId, Slot, Type, Value};
use qi_abi::Own;
use qi_base::IdVec;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// No `retain`; every consuming use means "a copy, or a move if it is the last use". A `release` is such a use that
    /// does nothing: `promote` leaves it where the death of a variable can be seen.
    Neutral,
    /// Counts are explicit; `arc::check` holds.
    Owned,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FunctionKind {
    Plain,
    /// Parameter 0 is the environment box (`Own::Borrow`; type `Box(struct)`, or unit when nothing is captured). Called through 函数 values only.
    Closure,
    /// Body of a 协程. Parameters are `Own::Consume`. Result unit.
    Generator {
        item: Type,
        sent: Type,
    },
    /// Entry of a vtable: parameter 0 is `Box(T)` (`Own::Borrow`), or `Address(T)` when it mutates.
    Method,
}

#[derive(Clone, Debug)]
pub struct Param {
    pub ty: Type,
    /// `Borrow` (default for values), `Consume` (task roots' and generators' arguments) or `Place` (可变, mutating 自己; type `Address`).
    pub own: Own,
    pub name: String,
}

/// A stack variable. Starts empty (all zero) on entry, so `store`, `take` and `clear` are harmless on it at any time.
/// Whoever fills a counted slot also takes or clears it on every way out of its scope.
#[derive(Clone, Debug)]
pub struct SlotData {
    pub ty: Type,
    /// The Qi variable, or empty for temporaries.
    pub name: String,
}

#[derive(Clone, Debug)]
pub struct Inst {
    pub opcode: Opcode,
    pub args: Vec<Value>,
    /// None for operations without result and for the operation of a `try` (whose result is the normal target's first parameter).
    pub result: Option<Value>,
    pub site: Option<SiteId>,
}

/// A jump to a block with arguments for its parameters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BlockCall {
    pub block: BlockId,
    pub args: Vec<Value>,
}

impl BlockCall {
    pub fn new(block: BlockId) -> Self {
        Self { block, args: Vec::new() }
    }
    pub fn with(block: BlockId, args: Vec<Value>) -> Self {
        Self { block, args }
    }
}

#[derive(Clone, Debug)]
pub enum Terminator {
    /// Consumes the value (unit functions return a unit value).
    Return(Value),
    Jump(BlockCall),
    /// On a 布尔.
    Branch {
        condition: Value,
        then: BlockCall,
        otherwise: BlockCall,
    },
    /// On an integer, 字符 or tag (u32).
    Switch {
        value: Value,
        cases: Vec<(i128, BlockCall)>,
        default: BlockCall,
    },
    /// Runs `inst`, which may throw or suspend. `normal` gets the result as its FIRST block parameter (also when unit; not
    /// listed in `args`), `error` the error (type `error`, owned) as its first parameter.
    Try {
        inst: InstId,
        normal: BlockCall,
        error: BlockCall,
    },
    /// Leaves the function with an error; consumes it.
    Throw(Value),
    Unreachable,
}

#[derive(Clone, Debug)]
pub struct Block {
    pub params: Vec<Value>,
    pub insts: Vec<InstId>,
    pub terminator: Terminator,
}

/// How C calls a function: with its parameters and result, a 字符串 as a `QiString *`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Export {
    /// The call returns 0 or the code of the error, and the result through a pointer.
    pub status: bool,
    /// The symbol of the entry that runs it as a task and calls back.
    pub callback: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Function {
    /// As the user knows it (`银行.转账`), for stacks and dumps.
    pub name: String,
    /// Link name; unique in the module.
    pub symbol: String,
    pub kind: FunctionKind,
    pub params: Vec<Param>,
    pub result: Type,
    pub phase: Phase,
    /// May leave with an error. Conservative (`true`) until `effects` ran.
    pub throws: bool,
    /// May suspend. Conservative meaning is `false` until `effects` ran over the whole module.
    pub suspends: bool,
    /// Lies on a cycle of calls and was chosen to watch the stack: throws 栈溢出 on entry. Set by `effects`, implies `throws`.
    pub stack_check: bool,
    /// 导出: `symbol` is C's name of it.
    pub export: Option<Export>,
    /// `@零分配`: the user wants a proof that it takes no heap memory; kept even where nothing calls it.
    pub no_alloc: bool,
    pub entry: BlockId,
    pub blocks: IdVec<BlockId, Block>,
    pub insts: IdVec<InstId, Inst>,
    /// Type of each value. The entry block's parameters are the function's parameters.
    pub values: IdVec<Value, Type>,
    pub slots: IdVec<Slot, SlotData>,
    /// Qi names of values, for frame reports and debug information.
    pub value_names: Vec<(Value, String)>,
    /// Where the function is declared.
    pub site: Option<SiteId>,
}

impl Function {
    /// An empty function whose entry block takes the parameters.
    pub fn new(name: String, symbol: String, kind: FunctionKind, params: Vec<Param>, result: Type) -> Self {
        let mut values = IdVec::new();
        let entry_params = params.iter().map(|param| values.push(param.ty)).collect();
        let mut blocks = IdVec::new();
        let entry = blocks.push(Block { params: entry_params, insts: Vec::new(), terminator: Terminator::Unreachable });
        Self {
            name,
            symbol,
            kind,
            params,
            result,
            phase: Phase::Neutral,
            throws: true,
            suspends: false,
            stack_check: false,
            export: None,
            no_alloc: false,
            entry,
            blocks,
            insts: IdVec::new(),
            values,
            slots: IdVec::new(),
            value_names: Vec::new(),
            site: None,
        }
    }
    pub fn new_block(&mut self) -> BlockId {
        self.blocks.push(Block { params: Vec::new(), insts: Vec::new(), terminator: Terminator::Unreachable })
    }
    pub fn add_block_param(&mut self, block: BlockId, ty: Type) -> Value {
        let value = self.values.push(ty);
        self.blocks[block].params.push(value);
        value
    }
    pub fn new_value(&mut self, ty: Type) -> Value {
        self.values.push(ty)
    }
    /// Appends an instruction to a block; `ty` is its result type, if it has a result.
    pub fn append(
        &mut self,
        block: BlockId,
        opcode: Opcode,
        args: Vec<Value>,
        ty: Option<Type>,
        site: Option<SiteId>,
    ) -> Option<Value> {
        let result = ty.map(|ty| self.values.push(ty));
        let inst = self.insts.push(Inst { opcode, args, result, site });
        self.blocks[block].insts.push(inst);
        result
    }
    pub fn param_own(&self, index: usize) -> Own {
        self.params[index].own
    }
}

impl Terminator {
    /// The targets, in order (a `try`'s normal one first).
    pub fn targets(&self) -> Vec<&BlockCall> {
        match self {
            Terminator::Return(_) | Terminator::Throw(_) | Terminator::Unreachable => Vec::new(),
            Terminator::Jump(target) => vec![target],
            Terminator::Branch { then, otherwise, .. } => vec![then, otherwise],
            Terminator::Switch { cases, default, .. } => {
                cases.iter().map(|(_, target)| target).chain(std::iter::once(default)).collect()
            }
            Terminator::Try { normal, error, .. } => vec![normal, error],
        }
    }
    pub fn targets_mut(&mut self) -> Vec<&mut BlockCall> {
        match self {
            Terminator::Return(_) | Terminator::Throw(_) | Terminator::Unreachable => Vec::new(),
            Terminator::Jump(target) => vec![target],
            Terminator::Branch { then, otherwise, .. } => vec![then, otherwise],
            Terminator::Switch { cases, default, .. } => {
                cases.iter_mut().map(|(_, target)| target).chain(std::iter::once(default)).collect()
            }
            Terminator::Try { normal, error, .. } => vec![normal, error],
        }
    }
}

impl Terminator {
    /// Visits the values that the terminator itself names; a `try`'s operands are its instruction's.
    pub fn visit_values(&self, mut visit: impl FnMut(Value)) {
        match self {
            Terminator::Return(value) | Terminator::Throw(value) => visit(*value),
            Terminator::Branch { condition: value, .. } | Terminator::Switch { value, .. } => visit(*value),
            Terminator::Jump(_) | Terminator::Try { .. } | Terminator::Unreachable => {}
        }
        for target in self.targets() {
            target.args.iter().copied().for_each(&mut visit);
        }
    }
    pub fn visit_values_mut(&mut self, mut visit: impl FnMut(&mut Value)) {
        match self {
            Terminator::Return(value) | Terminator::Throw(value) => visit(value),
            Terminator::Branch { condition: value, .. } | Terminator::Switch { value, .. } => visit(value),
            Terminator::Jump(_) | Terminator::Try { .. } | Terminator::Unreachable => {}
        }
        for target in self.targets_mut() {
            target.args.iter_mut().for_each(&mut visit);
        }
    }
}

impl Function {
    /// The instructions of a block in order, the one of its `try` last.
    pub fn block_insts(&self, block: BlockId) -> impl DoubleEndedIterator<Item = InstId> + '_ {
        let block = &self.blocks[block];
        let last = match block.terminator {
            Terminator::Try { inst, .. } => Some(inst),
            _ => None,
        };
        block.insts.iter().copied().chain(last)
    }
    /// Visits every value that the block uses, in order.
    pub fn visit_uses(&self, block: BlockId, mut visit: impl FnMut(Value)) {
        for inst in self.block_insts(block) {
            self.insts[inst].args.iter().copied().for_each(&mut visit);
        }
        self.blocks[block].terminator.visit_values(visit);
    }
    /// Replaces every use in the block.
    pub fn replace_uses(&mut self, block: BlockId, mut replace: impl FnMut(Value) -> Value) {
        let insts: Vec<InstId> = self.block_insts(block).collect();
        for inst in insts {
            for arg in &mut self.insts[inst].args {
                *arg = replace(*arg);
            }
        }
        self.blocks[block].terminator.visit_values_mut(|value| *value = replace(*value));
    }
    /// The value that carries the operation's result: its own, or the first parameter of its `try`'s normal target.
    pub fn try_result(&self, block: BlockId) -> Option<Value> {
        match &self.blocks[block].terminator {
            Terminator::Try { normal, .. } => self.blocks[normal.block].params.first().copied(),
            _ => None,
        }
    }
}
