//! The tables of a module: every id they name exists, types have finite size.

use super::{Checked, ensure};
use crate::{FunctionId, Module, Overrides, Type, TypeKind};
use qi_base::Id;

pub(super) fn check(module: &Module) -> Checked {
    types(module)?;
    for (id, it) in module.vtables.iter() {
        it.methods.iter().try_for_each(|method| function(module, *method, &id.to_string()))?;
    }
    if let Some(entry) = &module.entry {
        function(module, entry.function, "entry")?;
        ensure(module.functions[entry.function].params.is_empty(), || "the entry takes parameters".to_owned())?;
    }
    if let Some(start) = module.start {
        function(module, start, "start")?;
        ensure(module.functions[start].params.is_empty(), || "the start takes parameters".to_owned())?;
    }
    let mut symbols: Vec<&str> = module.functions.values().map(|it| it.symbol.as_str()).collect();
    symbols.sort_unstable();
    match symbols.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("two functions have the symbol {:?}", pair[0])),
        None => Ok(()),
    }
}

fn function(module: &Module, id: FunctionId, place: &str) -> Checked {
    ensure(id.index() < module.functions.len(), || format!("{place} names {id}, which does not exist"))
}

fn types(module: &Module) -> Checked {
    let types = &module.types;
    for (ty, kind) in types.iter() {
        let exists = match kind {
            TypeKind::Struct(id) => id.index() < types.structs.len(),
            TypeKind::Enum(id) => id.index() < types.enums.len(),
            TypeKind::Dynamic(index) => (*index as usize) < types.traits.len(),
            TypeKind::Closure(id) => id.index() < types.signatures().count(),
            _ => true,
        };
        ensure(exists, || format!("{ty} names a definition that does not exist"))?;
    }
    for it in types.structs.values() {
        overrides(module, &it.overrides)?;
    }
    for it in types.enums.values() {
        overrides(module, &it.overrides)?;
    }
    finite(module)
}

fn overrides(module: &Module, it: &Overrides) -> Checked {
    let all = [it.text, it.message, it.compare, it.equal, it.hash];
    all.into_iter().flatten().try_for_each(|id| function(module, id, "an override"))
}

/// Structs and enums must not contain themselves but through a box or another heap type.
fn finite(module: &Module) -> Checked {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut states = vec![State::New; module.types.iter().count()];
    for (root, _) in module.types.iter() {
        let mut stack = vec![(root, false)];
        while let Some((ty, leaving)) = stack.pop() {
            if leaving {
                states[ty.index()] = State::Done;
                continue;
            }
            match states[ty.index()] {
                State::Done => continue,
                State::Open => return Err(format!("{ty} has infinite size")),
                State::New => states[ty.index()] = State::Open,
            }
            stack.push((ty, true));
            let parts = parts(module, ty);
            if parts.iter().any(|part| states[part.index()] == State::Open) {
                return Err(format!("{ty} has infinite size"));
            }
            stack.extend(parts.into_iter().filter(|part| states[part.index()] == State::New).map(|it| (it, false)));
        }
    }
    Ok(())
}

fn parts(module: &Module, ty: Type) -> Vec<Type> {
    let mut parts: Vec<Type> = match module.types.kind(ty) {
        TypeKind::Struct(id) => module.types.structs[*id].fields.iter().map(|it| it.ty).collect(),
        TypeKind::Enum(id) => {
            module.types.enums[*id].variants.iter().flat_map(|it| &it.fields).map(|it| it.ty).collect()
        }
        _ => Vec::new(),
    };
    parts.sort_unstable();
    parts.dedup();
    parts
}
