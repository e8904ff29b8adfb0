//! What comparing, hashing or printing a value of a type runs: overrides, and what 任意 and errors hold is unknown.

use qi_mir::{FunctionId, Module, Opcode, Overrides, Type, TypeKind};
use rustc_hash::FxHashSet;

/// Something to look at when asking what such an operation does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    Override(FunctionId),
    /// 任意 or an error: any override of any type.
    Unknown,
    /// An array or a box, walked with a work list.
    Nested,
}

pub(crate) struct Structural<'a> {
    module: &'a Module,
    opcode: &'a Opcode,
    seen: FxHashSet<Type>,
}

impl<'a> Structural<'a> {
    pub(crate) fn new(module: &'a Module, opcode: &'a Opcode) -> Self {
        Self { module, opcode, seen: FxHashSet::default() }
    }

    /// What decides about values of the type, each once.
    pub(crate) fn parts(mut self, ty: Type) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut work = vec![ty];
        while let Some(ty) = work.pop() {
            if !self.seen.insert(ty) {
                continue;
            }
            let types = &self.module.types;
            let (overrides, fields): (_, Vec<Type>) = match types.kind(ty) {
                TypeKind::Dynamic(_) | TypeKind::Error => {
                    parts.push(Part::Unknown);
                    continue;
                }
                TypeKind::Array(of) | TypeKind::Box(of) => {
                    parts.push(Part::Nested);
                    work.push(*of);
                    continue;
                }
                TypeKind::Struct(id) => {
                    let it = &types.structs[*id];
                    (&it.overrides, it.fields.iter().map(|field| field.ty).collect())
                }
                TypeKind::Enum(id) => {
                    let it = &types.enums[*id];
                    (&it.overrides, it.variants.iter().flat_map(|it| &it.fields).map(|field| field.ty).collect())
                }
                _ => continue,
            };
            match self.relevant(overrides) {
                Some(function) => parts.push(Part::Override(function)),
                None => work.extend(fields),
            }
        }
        parts
    }

    fn relevant(&self, overrides: &Overrides) -> Option<FunctionId> {
        match self.opcode {
            Opcode::Equal => overrides.equal,
            Opcode::Order => overrides.compare,
            Opcode::Hash => overrides.hash,
            _ => overrides.text.or(overrides.message),
        }
    }
}

/// Every function that replaces structural behaviour of some type.
pub fn overrides(module: &Module) -> impl Iterator<Item = FunctionId> + '_ {
    let structs = module.types.structs.values().map(|it| it.overrides);
    let enums = module.types.enums.values().map(|it| it.overrides);
    structs.chain(enums).flat_map(|it| [it.text, it.message, it.compare, it.equal, it.hash]).flatten()
}
