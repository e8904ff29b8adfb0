//! Typed ids of everything a module holds. Each prints as the text form writes it.

use qi_base::define_id;

define_id!(/// A type of the module's table; structurally equal types have equal ids.
    Type, "ty");
define_id!(/// A struct or tuple definition.
    StructId, "struct");
define_id!(/// An enum definition.
    EnumId, "enum");
define_id!(/// Parameters and result of a 函数 value.
    SignatureId, "sig");
define_id!(/// A function of this module.
    FunctionId, "fn");
define_id!(/// A C function declared by the program.
    ExternId, "extern");
define_id!(/// A top-level variable or constant that lives in static memory.
    GlobalId, "global");
define_id!(/// The methods of one concrete type for one trait.
    VTableId, "vtable");
define_id!(/// A source position kept for error stacks, dumps and debug information.
    SiteId, "site");
define_id!(/// A basic block.
    BlockId, "block");
define_id!(/// An instruction.
    InstId, "inst");
define_id!(/// An SSA value. Defined once, in a block that dominates its uses.
    Value, "v");
define_id!(/// A stack variable of one function.
    Slot, "slot");
