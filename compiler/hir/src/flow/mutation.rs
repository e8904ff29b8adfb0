//! Finds the methods that change 自己: directly, through another method of 自己 or of a part of it, or because an
//! implementation of the trait method does. A fixpoint over the program; judges nothing.

use super::intrinsics;
use super::view::{BodyOwner, Cause, Root, View};
use crate::{Analysis, FunctionId, Program};
use rustc_hash::{FxHashMap, FxHashSet};

pub(super) fn find(program: &Program, analysis: &Analysis) -> FxHashSet<FunctionId> {
    let mut mutating = FxHashSet::default();
    // Callee -> the methods that would be mutating if it were.
    let mut dependents: FxHashMap<FunctionId, Vec<FunctionId>> = FxHashMap::default();
    for (id, function) in program.functions.iter() {
        if function.has_self && function.intrinsic.as_deref().is_some_and(intrinsics::is_mutating) {
            mutating.insert(id);
        }
    }
    for view in View::all(program, analysis) {
        let BodyOwner::Function(id) = view.owner else { continue };
        if program.functions[id].has_self && self_uses(&view, id, &mut dependents) {
            mutating.insert(id);
        }
    }
    link_traits(program, analysis, &mut dependents);
    let mut open: Vec<_> = mutating.iter().copied().collect();
    while let Some(id) = open.pop() {
        for &dependent in dependents.get(&id).into_iter().flatten() {
            if mutating.insert(dependent) {
                open.push(dependent);
            }
        }
    }
    mutating
}

/// True if the body changes 自己 by itself; the methods it calls on 自己 go to `dependents`.
fn self_uses(view: &View, method: FunctionId, dependents: &mut FxHashMap<FunctionId, Vec<FunctionId>>) -> bool {
    let is_self = |place| view.body.self_local.is_some_and(|it| view.root(place) == Root::Local(it));
    let mut found = false;
    view.walk(&mut |id| {
        view.mutations(id, &mut |mutation| {
            if matches!(mutation.cause, Cause::Assign | Cause::InOut) {
                found |= is_self(mutation.place);
            }
        });
        if let (Some(callee), Some(receiver)) = (view.callee(id), view.receiver(id))
            && is_self(receiver)
        {
            dependents.entry(callee).or_default().push(method);
        }
    });
    found
}

/// A trait method changes 自己 if some implementation does.
fn link_traits(program: &Program, analysis: &Analysis, dependents: &mut FxHashMap<FunctionId, Vec<FunctionId>>) {
    for (id, it) in program.impls.iter() {
        let Some(trait_) = analysis.signatures.impls.get(id).and_then(|it| it.trait_.as_ref()) else { continue };
        for &method in &it.methods {
            let function = &program.functions[method];
            let declared = program.traits[trait_.trait_].methods.iter().find(|&&it| {
                let it = &program.functions[it];
                it.name == function.name && it.params.len() == function.params.len()
            });
            if let Some(&declared) = declared {
                dependents.entry(method).or_default().push(declared);
            }
        }
    }
}
