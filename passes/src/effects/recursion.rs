//! Which functions watch the stack: one on every cycle of calls, direct or through closures, methods, generators and
//! what comparing, hashing and printing run.
//! Depth-first search; the target of each edge that leads back watches (or its source, where the target is a class).

use super::Classes;
use super::structural::{self, Part, Structural};
use qi_base::Id;
use qi_mir::{FunctionId, FunctionKind, Module, Opcode, SignatureId, Type, TypeKind};
use std::collections::BTreeMap;

/// A function, or all that one kind of indirect call may reach.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Signature(SignatureId),
    Method(String, u32),
    Generator(Type, Type),
    /// What replaces structural behaviour of any type.
    Override,
}

pub(super) fn stack_checks(module: &Module) -> Vec<FunctionId> {
    let edges = edges(module);
    let n_functions = module.functions.len();
    // 0 new, 1 on the path, 2 done.
    let mut states = vec![0_u8; edges.len()];
    let mut checks = Vec::new();
    for root in 0..n_functions {
        if states[root] != 0 {
            continue;
        }
        states[root] = 1;
        let mut work = vec![(root, 0)];
        while let Some((node, next)) = work.last_mut() {
            let node = *node;
            let Some(&target) = edges[node].get(*next) else {
                states[node] = 2;
                work.pop();
                continue;
            };
            *next += 1;
            match states[target] {
                0 => {
                    states[target] = 1;
                    work.push((target, 0));
                }
                1 => checks.push(if target < n_functions { target } else { node }),
                _ => {}
            }
        }
    }
    checks.sort_unstable();
    checks.dedup();
    checks.into_iter().map(FunctionId::from_index).collect()
}

/// Functions come first, classes after them.
fn edges(module: &Module) -> Vec<Vec<usize>> {
    let mut numbers: BTreeMap<Class, usize> = BTreeMap::new();
    let mut edges: Vec<Vec<usize>> = vec![Vec::new(); module.functions.len()];
    let mut number = |edges: &mut Vec<Vec<usize>>, class: Class| {
        *numbers.entry(class).or_insert_with(|| {
            edges.push(Vec::new());
            edges.len() - 1
        })
    };
    for (id, func) in module.functions.iter() {
        for block in func.blocks.ids() {
            for inst in func.block_insts(block) {
                let inst = &func.insts[inst];
                let kind = |index: usize| module.types.kind(func.values[inst.args[index]]);
                let class = match &inst.opcode {
                    Opcode::Call(callee) => {
                        edges[id.index()].push(callee.index());
                        continue;
                    }
                    Opcode::CallClosure => match kind(0) {
                        TypeKind::Closure(signature) => Class::Signature(*signature),
                        _ => continue,
                    },
                    Opcode::CallDynamic { method, .. } => match module.types.trait_of(func.values[inst.args[0]]) {
                        Some(name) => Class::Method(name.to_owned(), *method),
                        None => continue,
                    },
                    Opcode::GeneratorNext | Opcode::Delegate => match *kind(0) {
                        TypeKind::Generator { item, sent } => Class::Generator(item, sent),
                        _ => continue,
                    },
                    Opcode::Equal | Opcode::Order | Opcode::Hash | Opcode::Text => {
                        let parts = Structural::new(module, &inst.opcode).parts(func.values[inst.args[0]]);
                        let overrides = parts.iter().filter_map(|it| match it {
                            Part::Override(function) => Some(function.index()),
                            Part::Unknown | Part::Nested => None,
                        });
                        edges[id.index()].extend(overrides);
                        if !parts.contains(&Part::Unknown) {
                            continue;
                        }
                        Class::Override
                    }
                    _ => continue,
                };
                let class = number(&mut edges, class);
                edges[id.index()].push(class);
            }
        }
    }
    let classes = Classes::new(module);
    for (id, func) in module.functions.iter() {
        let mut members: Vec<Class> = classes.signatures[id].iter().map(|it| Class::Signature(*it)).collect();
        members.extend(classes.methods[id].iter().map(|(name, method)| Class::Method(name.clone(), *method)));
        if let FunctionKind::Generator { item, sent } = func.kind {
            members.push(Class::Generator(item, sent));
        }
        for class in members {
            let class = number(&mut edges, class);
            edges[class].push(id.index());
        }
    }
    let overrides = number(&mut edges, Class::Override);
    edges[overrides].extend(structural::overrides(module).map(|it| it.index()));
    for targets in &mut edges {
        targets.sort_unstable();
        targets.dedup();
    }
    edges
}
