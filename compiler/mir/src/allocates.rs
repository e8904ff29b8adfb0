//! Which operations take heap memory: the second table of facts per operation, for the proof behind `@零分配`.
//! No `_` arm here either. What an error costs does not count: it is made on the way out.

use crate::{Inst, Opcode};
use qi_abi::RuntimeFn;

/// What heap memory is taken for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Memory {
    /// Value of a recursive type.
    Box,
    Array,
    Text,
    /// A variable that closures share.
    Cell,
    Closure,
    /// 任意.
    Dynamic,
    Error,
    Task,
    Generator,
    /// The copy that makes a shared value unique before it is changed.
    Copy,
    /// Whatever this runtime function makes.
    Runtime(RuntimeFn),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Allocates {
    Never,
    May(Memory),
    /// As the callee does; for indirect calls nobody knows.
    AsCallee,
    /// As comparing, hashing or printing the operand's type does.
    AsType,
}

/// What the operation itself may take from the heap.
pub fn allocates(inst: &Inst) -> Allocates {
    use Allocates::{AsCallee, AsType, May, Never};
    use Opcode::*;
    match &inst.opcode {
        Unit
        | Bool(_)
        | Int(_)
        | Float(_)
        | Char(_)
        | Str(_)
        | Empty
        | FunctionPointer(_)
        | Int2(..)
        | Float2(_)
        | Bits2(_)
        | Compare(_)
        | IntCast(_)
        | IntToFloat
        | FloatCast
        | CharToInt
        | IntToChar
        | StructNew
        | StructGet(_)
        | StructSet(_)
        | EnumNew(..)
        | EnumTag
        | EnumGet { .. }
        | BoxGet
        | ArrayLen
        | ArrayGet
        | ArrayGetUnchecked
        | SlotAddress(_)
        | GlobalAddress(_)
        | CellAddress
        | FieldAddress(_)
        | VariantAddress { .. }
        | Load
        | LoadBorrowed
        | Take
        | Store
        | Init
        | Clear
        | ArrayPop
        | ErrorIs(_)
        | ErrorGet(_)
        | Yield
        | Retain
        | Release => Never,
        Equal | Order | Hash => AsType,
        Text | Format | ErrorMessage => May(Memory::Text),
        BoxNew => May(Memory::Box),
        ArrayNew | ArrayPush => May(Memory::Array),
        CellNew => May(Memory::Cell),
        BoxAddress | ElementAddress | DynamicAddress(_) => May(Memory::Copy),
        ClosureNew(_) if inst.args.is_empty() => Never,
        ClosureNew(_) => May(Memory::Closure),
        DynamicNew(_) => May(Memory::Dynamic),
        ErrorNew => May(Memory::Error),
        Spawn { .. } => May(Memory::Task),
        GeneratorNew(_) => May(Memory::Generator),
        Call(_) | CallClosure | CallDynamic { .. } | GeneratorNext | Delegate => AsCallee,
        // What C does with its own heap is C's business.
        CallExtern(_) => Never,
        CallRuntime(function, _) if function.is_lean() => Never,
        CallRuntime(function, _) => May(Memory::Runtime(*function)),
    }
}
