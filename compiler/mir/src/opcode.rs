//! Every operation and its facts: how operands are used, who owns the result, whether it may throw or suspend.
//! This is the only place that says so; there is no `_` arm, so a new opcode does not compile until it answers.

use crate::{EnumId, ExternId, FunctionId, GlobalId, Slot, Type, VTableId, Value};
use qi_abi::{Own, RuntimeFn};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Arith {
    Add,
    Sub,
    Mul,
    /// Truncating; division by zero throws 除零 whatever the mode, and MIN / -1 overflows.
    Div,
    Rem,
    /// Count outside the width throws 溢出; checked signed shifts throw when bits are lost.
    Shl,
    Shr,
    Neg,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Overflow {
    /// Throws 溢出.
    Checked,
    Wrapping,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Bits {
    And,
    Or,
    Xor,
    /// One operand; on 布尔 logical not.
    Not,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Cmp {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Opcode {
    // constants: type from the result
    Unit,
    Bool(bool),
    Int(i128),
    /// Bit pattern of an f64 (rounded when the result is 32-bit).
    Float(u64),
    Char(char),
    Str(String),
    /// The empty value of the result type (all zero).
    Empty,
    /// C function pointer of a function without captures.
    FunctionPointer(FunctionId),

    // scalars: operands and result of one type unless noted
    /// Integers; may throw.
    Int2(Arith, Overflow),
    /// Floats: Add Sub Mul Div Neg only.
    Float2(Arith),
    Bits2(Bits),
    /// Integers, floats, 字符, 布尔, enums without payload; result 布尔.
    Compare(Cmp),
    /// Integer to integer; throws 溢出 when checked and the value does not fit.
    IntCast(Overflow),
    IntToFloat,
    FloatCast,
    /// 字符 to integer of 32 bits or more.
    CharToInt,
    /// Throws 转换错误 outside the scalar values.
    IntToChar,

    // any type (structural, honouring overrides); operands are borrowed values of one type
    /// 布尔. May throw (overrides).
    Equal,
    /// i64: -1, 0, 1. May throw.
    Order,
    /// i64. May throw.
    Hash,
    /// 字符串, as 打印 shows it. May throw.
    Text,
    /// Value and spec (字符串) to text. May throw.
    Format,

    // aggregates
    StructNew,
    StructGet(u32),
    /// Struct and new field value to the changed struct.
    StructSet(u32),
    EnumNew(EnumId, u32),
    /// u32.
    EnumTag,
    EnumGet {
        variant: u32,
        field: u32,
    },
    BoxNew,
    BoxGet,
    ArrayNew,
    /// i64.
    ArrayLen,
    /// Array, index; throws 越界.
    ArrayGet,
    /// The index is known to be in range.
    ArrayGetUnchecked,

    // places
    SlotAddress(Slot),
    GlobalAddress(GlobalId),
    CellNew,
    /// Of the variable inside.
    CellAddress,
    /// Address of a struct to address of its field.
    FieldAddress(u32),
    VariantAddress {
        variant: u32,
        field: u32,
    },
    /// Address of a box reference to address of its content; makes the box unique first.
    BoxAddress,
    /// Address of an array variable and index to address of the element; makes the array unique; throws 越界.
    ElementAddress,
    /// A copy (retained) of the place's value.
    Load,
    /// Moves the value out; the place is empty afterwards.
    Take,
    /// Releases the old value, moves the new one in: address, value.
    Store,
    /// As store, for a place known to be empty or uninitialised.
    Init,
    /// Releases the value and leaves the place empty.
    Clear,
    /// Address of array variable, value.
    ArrayPush,
    /// Address of a non-empty array variable; moves the last element out.
    ArrayPop,

    // 函数 values, 任意, errors
    /// The code of a closure body with its environment (a box, or none): 0 or 1 operand.
    ClosureNew(FunctionId),
    DynamicNew(VTableId),
    /// Address of a 任意 variable to the address of the concrete value (made unique); for mutating methods.
    DynamicAddress(Type),
    /// Moves a value into a new error. The inst's site is its origin.
    ErrorNew,
    /// Whether the payload has exactly this type.
    ErrorIs(Type),
    /// Its payload.
    ErrorGet(Type),
    /// 任意 错误's 消息(). May throw.
    ErrorMessage,

    // calls; all may throw, and suspend where the callee does
    Call(FunctionId),
    /// 函数 value, arguments.
    CallClosure,
    /// 任意 value (or, if the method mutates, its address), arguments; method index in trait order.
    CallDynamic {
        method: u32,
        signature: crate::SignatureId,
        mutates: bool,
    },
    /// `types` become TypeInfo arguments.
    CallRuntime(RuntimeFn, Vec<Type>),
    CallExtern(ExternId),

    // coroutines
    /// Starts a task that runs the function on the operands (all consumed); result `Task`.
    Spawn {
        function: FunctionId,
        detached: bool,
    },
    /// Creates the generator without running it; operands consumed.
    GeneratorNew(FunctionId),
    /// Generator, address of the out slot (empty), optionally the value to send; 布尔: a value was yielded. Throws the body's error.
    GeneratorNext,
    /// Only in generator bodies: yields the operand; result is the value sent (unit if the generator takes none). Throws 关闭.
    Yield,
    /// Only in generator bodies of the operand's type: until the operand has ended it answers in place of this one, at the same
    /// cost however many delegate in turn. Result is unit. Throws the operand's error, and 关闭.
    Delegate,

    // Phase::Owned only
    Retain,
    Release,
    /// The place's value without a copy; good until the place is written. Made from `load` by `arc::insert`.
    LoadBorrowed,
}

/// Who owns a result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Def {
    /// Not counted, or no result.
    Plain,
    /// Owned by whoever uses it; must be consumed exactly once.
    Fresh,
    /// Lives as long as this operand does.
    BorrowedFrom(usize),
    /// Lives until the place whose address is operand 0 is written.
    BorrowedFromPlace,
}

/// Whether an operation may throw.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Throws {
    Never,
    /// By itself: stands in a `try` unless a pass proved otherwise.
    May,
    /// As the callee does.
    AsCallee,
}

impl Opcode {
    /// How operand `index` is used. `Own::Plain` is never counted; for generic operations a non-counted type is harmless under any answer.
    pub fn operand(&self, index: usize, ctx: &dyn CalleeFacts) -> Own {
        use Opcode::*;
        match self {
            Unit | Bool(_) | Int(_) | Float(_) | Char(_) | Str(_) | Empty | FunctionPointer(_) | SlotAddress(_)
            | GlobalAddress(_) => Own::Plain,
            Int2(..) | Float2(_) | Bits2(_) | Compare(_) | IntCast(_) | IntToFloat | FloatCast | CharToInt
            | IntToChar => Own::Plain,
            Equal | Order | Hash | Text | Format => Own::Borrow,
            StructNew | EnumNew(..) | BoxNew | ArrayNew | CellNew | StructSet(_) => Own::Consume,
            StructGet(_)
            | EnumTag
            | EnumGet { .. }
            | BoxGet
            | ArrayLen
            | ArrayGet
            | ArrayGetUnchecked
            | CellAddress => Own::Borrow,
            FieldAddress(_)
            | VariantAddress { .. }
            | BoxAddress
            | ElementAddress
            | Load
            | LoadBorrowed
            | Take
            | Clear
            | ArrayPop
            | DynamicAddress(_) => Own::Place,
            Store | Init | ArrayPush => {
                if index == 0 {
                    Own::Place
                } else {
                    Own::Consume
                }
            }
            ClosureNew(_) | DynamicNew(_) | ErrorNew | Spawn { .. } | GeneratorNew(_) | Yield => Own::Consume,
            ErrorIs(_) | ErrorGet(_) | ErrorMessage | Delegate | Retain => Own::Borrow,
            Release => Own::Consume,
            Call(function) => ctx.function_param(*function, index),
            CallClosure => Own::Borrow,
            CallDynamic { mutates, .. } => {
                if index == 0 && *mutates {
                    Own::Place
                } else {
                    Own::Borrow
                }
            }
            CallRuntime(function, _) => function.args()[index],
            CallExtern(_) => Own::Borrow,
            GeneratorNext => match index {
                0 => Own::Borrow,
                1 => Own::Place,
                _ => Own::Consume,
            },
        }
    }

    /// Who owns the result (for counted types; others are plain).
    pub fn def(&self) -> Def {
        use Opcode::*;
        match self {
            StructGet(_) | EnumGet { .. } | BoxGet | ArrayGet | ArrayGetUnchecked | ErrorGet(_) => Def::BorrowedFrom(0),
            LoadBorrowed => Def::BorrowedFromPlace,
            // Literals are immortal: owning them costs nothing.
            Str(_)
            | Empty
            | StructNew
            | StructSet(_)
            | EnumNew(..)
            | BoxNew
            | ArrayNew
            | CellNew
            | Load
            | Take
            | ArrayPop
            | ClosureNew(_)
            | DynamicNew(_)
            | ErrorNew
            | ErrorMessage
            | Text
            | Format
            | Call(_)
            | CallClosure
            | CallDynamic { .. }
            | CallRuntime(..)
            | CallExtern(_)
            | Spawn { .. }
            | GeneratorNew(_)
            | Yield => Def::Fresh,
            Unit
            | Bool(_)
            | Int(_)
            | Float(_)
            | Char(_)
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
            | Equal
            | Order
            | Hash
            | EnumTag
            | ArrayLen
            | SlotAddress(_)
            | GlobalAddress(_)
            | CellAddress
            | FieldAddress(_)
            | VariantAddress { .. }
            | BoxAddress
            | ElementAddress
            | DynamicAddress(_)
            | Store
            | Init
            | Clear
            | ArrayPush
            | ErrorIs(_)
            | GeneratorNext
            | Delegate
            | Retain
            | Release => Def::Plain,
        }
    }

    pub fn throws(&self) -> Throws {
        use Opcode::*;
        match self {
            Int2(op, mode) => match (op, mode) {
                (Arith::Div | Arith::Rem | Arith::Shl | Arith::Shr, _) | (_, Overflow::Checked) => Throws::May,
                (Arith::Add | Arith::Sub | Arith::Mul | Arith::Neg, Overflow::Wrapping) => Throws::Never,
            },
            IntCast(Overflow::Checked)
            | IntToChar
            | Equal
            | Order
            | Hash
            | Text
            | Format
            | ArrayGet
            | ElementAddress
            | ErrorMessage
            | GeneratorNext
            | Yield
            | Delegate => Throws::May,
            // A blocking C function suspends, so it may be cancelled.
            Call(_) | CallClosure | CallDynamic { .. } | CallExtern(_) => Throws::AsCallee,
            CallRuntime(function, _) => {
                if function.throws() || function.suspends() {
                    Throws::May
                } else {
                    Throws::Never
                }
            }
            Unit
            | Bool(_)
            | Int(_)
            | Float(_)
            | Char(_)
            | Str(_)
            | Empty
            | FunctionPointer(_)
            | Float2(_)
            | Bits2(_)
            | Compare(_)
            | IntCast(Overflow::Wrapping)
            | IntToFloat
            | FloatCast
            | CharToInt
            | StructNew
            | StructGet(_)
            | StructSet(_)
            | EnumNew(..)
            | EnumTag
            | EnumGet { .. }
            | BoxNew
            | BoxGet
            | ArrayNew
            | ArrayLen
            | ArrayGetUnchecked
            | SlotAddress(_)
            | GlobalAddress(_)
            | CellNew
            | CellAddress
            | FieldAddress(_)
            | VariantAddress { .. }
            | BoxAddress
            | Load
            | Take
            | Store
            | Init
            | Clear
            | ArrayPush
            | ArrayPop
            | ClosureNew(_)
            | DynamicNew(_)
            | DynamicAddress(_)
            | ErrorNew
            | ErrorIs(_)
            | ErrorGet(_)
            | Spawn { .. }
            | GeneratorNew(_)
            | LoadBorrowed
            | Retain
            | Release => Throws::Never,
        }
    }

    /// Removable when its result is unused.
    pub fn is_pure(&self) -> bool {
        use Opcode::*;
        match self {
            CallRuntime(function, _) => function.is_pure(),
            Store
            | Init
            | Clear
            | Take
            | ArrayPush
            | ArrayPop
            | BoxAddress
            | ElementAddress
            | DynamicAddress(_)
            | Call(_)
            | CallClosure
            | CallDynamic { .. }
            | CallExtern(_)
            | Spawn { .. }
            | GeneratorNew(_)
            | GeneratorNext
            | Yield
            | Delegate
            | Retain
            | Release => false,
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
            | Equal
            | Order
            | Hash
            | Text
            | Format
            | StructNew
            | StructGet(_)
            | StructSet(_)
            | EnumNew(..)
            | EnumTag
            | EnumGet { .. }
            | BoxNew
            | BoxGet
            | ArrayNew
            | ArrayLen
            | ArrayGet
            | ArrayGetUnchecked
            | SlotAddress(_)
            | GlobalAddress(_)
            | CellNew
            | CellAddress
            | FieldAddress(_)
            | VariantAddress { .. }
            | Load
            | ClosureNew(_)
            | DynamicNew(_)
            | ErrorNew
            | ErrorIs(_)
            | ErrorGet(_)
            | ErrorMessage
            | LoadBorrowed => true,
        }
    }
}

/// What the table must ask about callees.
pub trait CalleeFacts {
    fn function_param(&self, function: FunctionId, index: usize) -> Own;
}

/// Visits the operands of an instruction with their use.
pub fn operand_uses<'a>(
    opcode: &'a Opcode,
    args: &'a [Value],
    ctx: &'a dyn CalleeFacts,
) -> impl Iterator<Item = (Value, Own)> + 'a {
    args.iter().enumerate().map(move |(index, &value)| (value, opcode.operand(index, ctx)))
}
