//! Which memory accesses cannot meet: words of object headers are never values, references are never numbers. So a store
//! to an array element leaves the array's length and address known. Aggregates meet every value in them.

use inkwell::context::Context;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{InstructionValue, MetadataValue};

/// What an access touches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    Count,
    Len,
    Capacity,
    /// A struct, enum, text or pair.
    Value,
    Number,
    Reference,
}

impl Access {
    /// For a value of a type in memory.
    pub fn of(ty: BasicTypeEnum<'_>) -> Self {
        match ty {
            BasicTypeEnum::IntType(_) | BasicTypeEnum::FloatType(_) => Access::Number,
            BasicTypeEnum::PointerType(_) => Access::Reference,
            _ => Access::Value,
        }
    }
}

/// The tags of one module.
pub struct Tbaa<'c> {
    kind: u32,
    tags: [MetadataValue<'c>; 6],
}

impl<'c> Tbaa<'c> {
    pub fn new(ctx: &'c Context) -> Self {
        let root = ctx.metadata_node(&[ctx.metadata_string("qi").into()]);
        let zero = ctx.i64_type().const_zero();
        let node = |name: &str, parent: MetadataValue<'c>| {
            ctx.metadata_node(&[ctx.metadata_string(name).into(), parent.into(), zero.into()])
        };
        let value = node("value", root);
        let types = [
            node("count", root),
            node("len", root),
            node("capacity", root),
            value,
            node("number", value),
            node("reference", value),
        ];
        let tags = types.map(|ty| ctx.metadata_node(&[ty.into(), ty.into(), zero.into()]));
        Self { kind: ctx.get_kind_id("tbaa"), tags }
    }

    pub fn mark(&self, inst: InstructionValue<'c>, access: Access) {
        inst.set_metadata(self.tags[access as usize], self.kind).expect("a memory access takes metadata");
    }
}
