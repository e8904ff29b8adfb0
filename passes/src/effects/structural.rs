//! Whether comparing, hashing or printing a value of a type may run code that throws: only overrides do, and what 任意
//! and errors hold is unknown.

use qi_mir::{FunctionId, Module, Opcode, Overrides, Type, TypeKind};
use rustc_hash::FxHashSet;

pub(super) struct Structural<'a> {
    module: &'a Module,
    opcode: &'a Opcode,
    seen: FxHashSet<Type>,
}

impl<'a> Structural<'a> {
    pub(super) fn new(module: &'a Module, opcode: &'a Opcode) -> Self {
        Self { module, opcode, seen: FxHashSet::default() }
    }

    pub(super) fn throws(mut self, ty: Type) -> bool {
        let mut work = vec![ty];
        while let Some(ty) = work.pop() {
            if !self.seen.insert(ty) {
                continue;
            }
            let types = &self.module.types;
            match types.kind(ty) {
                TypeKind::Dynamic(_) | TypeKind::Error => return true,
                TypeKind::Struct(id) => {
                    let it = &types.structs[*id];
                    match self.relevant(&it.overrides) {
                        Some(function) if self.module.functions[function].throws => return true,
                        Some(_) => {}
                        None => work.extend(it.fields.iter().map(|field| field.ty)),
                    }
                }
                TypeKind::Enum(id) => {
                    let it = &types.enums[*id];
                    match self.relevant(&it.overrides) {
                        Some(function) if self.module.functions[function].throws => return true,
                        Some(_) => {}
                        None => work.extend(it.variants.iter().flat_map(|it| &it.fields).map(|field| field.ty)),
                    }
                }
                TypeKind::Array(of) | TypeKind::Box(of) => work.push(*of),
                _ => {}
            }
        }
        false
    }

    fn relevant(&self, overrides: &Overrides) -> Option<FunctionId> {
        match self.opcode {
            Opcode::Equal => overrides.equal,
            Opcode::Order => overrides.compare,
            Opcode::Hash => overrides.hash,
            _ => overrides.text,
        }
    }
}

/// Every function that replaces structural behaviour of some type.
pub(super) fn overrides(module: &Module) -> impl Iterator<Item = FunctionId> + '_ {
    let structs = module.types.structs.values().map(|it| it.overrides);
    let enums = module.types.enums.values().map(|it| it.overrides);
    structs.chain(enums).flat_map(|it| [it.text, it.message, it.compare, it.equal, it.hash]).flatten()
}
