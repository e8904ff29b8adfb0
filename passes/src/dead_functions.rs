//! Deletes functions that nothing reaches from the entry, a library's start, exports, `no_alloc` marks, overrides and vtables in
//! use, and renumbers the rest.
//! Vtables that nothing makes a 任意 with lose their methods. Linear.

use crate::call_graph::{named, references};
use crate::graph::compact;
use qi_base::{Id, IdVec};
use qi_mir::{Function, FunctionId, FunctionKind, Module, Opcode, Overrides};

pub fn remove(module: &mut Module) {
    if module.entry.is_none() && !module.functions.values().any(|it| it.export.is_some()) {
        // A fragment, as tests write them: everything counts.
        return;
    }
    // Unplaced instructions must not name anybody.
    module.functions.iter_mut().for_each(|(_, func)| compact(func));
    let live = mark(module);
    let mut new_ids: IdVec<FunctionId, Option<FunctionId>> = module.functions.ids().map(|_| None).collect();
    let mut kept = IdVec::new();
    for (id, func) in std::mem::take(&mut module.functions).iter_mut() {
        if live[id] {
            let placeholder = Function::new(String::new(), String::new(), FunctionKind::Plain, Vec::new(), func.result);
            new_ids[id] = Some(kept.push(std::mem::replace(func, placeholder)));
        }
    }
    module.functions = kept;
    rename(module, |id| new_ids[id].unwrap_or_else(|| qi_base::bug!("{id} is named but dead")));
}

fn mark(module: &mut Module) -> IdVec<FunctionId, bool> {
    let mut live: IdVec<FunctionId, bool> = module.functions.ids().map(|_| false).collect();
    let mut vtables: Vec<bool> = module.vtables.ids().map(|_| false).collect();
    let kept = module.functions.iter().filter(|it| it.1.export.is_some() || it.1.no_alloc);
    let mut work: Vec<FunctionId> = kept.map(|it| it.0).collect();
    work.extend(module.entry.as_ref().map(|it| it.function));
    work.extend(module.start);
    let overrides = module.types.structs.values().map(|it| it.overrides);
    let overrides = overrides.chain(module.types.enums.values().map(|it| it.overrides));
    work.extend(overrides.flat_map(|it| [it.text, it.message, it.compare, it.equal, it.hash]).flatten());
    while let Some(id) = work.pop() {
        if std::mem::replace(&mut live[id], true) {
            continue;
        }
        let func = &module.functions[id];
        work.extend(references(func));
        for inst in func.insts.values() {
            if let Opcode::DynamicNew(vtable) = inst.opcode
                && !std::mem::replace(&mut vtables[vtable.index()], true)
            {
                work.extend(&module.vtables[vtable].methods);
            }
        }
    }
    for (id, vtable) in module.vtables.iter_mut() {
        if !vtables[id.index()] {
            vtable.methods.clear();
        }
    }
    live
}

fn rename(module: &mut Module, new: impl Fn(FunctionId) -> FunctionId) {
    for id in module.functions.ids() {
        for (_, inst) in module.functions[id].insts.iter_mut() {
            if let Some(old) = named(&inst.opcode) {
                inst.opcode = with_function(&inst.opcode, new(old));
            }
        }
    }
    for (_, vtable) in module.vtables.iter_mut() {
        vtable.methods.iter_mut().for_each(|method| *method = new(*method));
    }
    for (_, it) in module.types.structs.iter_mut() {
        rename_overrides(&mut it.overrides, &new);
    }
    for (_, it) in module.types.enums.iter_mut() {
        rename_overrides(&mut it.overrides, &new);
    }
    if let Some(entry) = &mut module.entry {
        entry.function = new(entry.function);
    }
    module.start = module.start.map(&new);
}

fn rename_overrides(it: &mut Overrides, new: &impl Fn(FunctionId) -> FunctionId) {
    for place in [&mut it.text, &mut it.message, &mut it.compare, &mut it.equal, &mut it.hash] {
        *place = place.map(new);
    }
}

fn with_function(opcode: &Opcode, function: FunctionId) -> Opcode {
    match opcode {
        Opcode::Call(_) => Opcode::Call(function),
        Opcode::ClosureNew(_) => Opcode::ClosureNew(function),
        Opcode::GeneratorNew(_) => Opcode::GeneratorNew(function),
        Opcode::FunctionPointer(_) => Opcode::FunctionPointer(function),
        Opcode::Spawn { detached, .. } => Opcode::Spawn { function, detached: *detached },
        other => qi_base::bug!("{other:?} names no function"),
    }
}
