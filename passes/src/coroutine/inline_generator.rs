//! A generator that is made, stepped in one place and dropped in one function becomes part of that function: no object,
//! no frame, and what it computes folds into the loop. Needs promoted, simplified `Phase::Neutral`; recursive bodies,
//! several steps and handles that go elsewhere keep the generator.
//!
//! A state says where the body continues; edges on which it is known (the first step, the step after the only 让出) jump
//! there directly. Dropping continues at the error edge of the current 让出 with 关闭; when nothing there can be seen it
//! is left out. Chains (filter of map of range) inline from the outside in, each inner generator being made in the
//! consumer by then.
//!
//! ```text
//! v0: generator<i64, unit> = generator_new fn0 v9          v1 = 0; jump loop
//! loop:                                                    loop(v1):
//!     try generator_next v0, v1 -> got, error err     =>       (body of fn0 up to 让出, then the consumer's loop body,
//! got(v2: bool):                                                then the body of fn0 after 让出)
//!     branch v2, body, done
//! ```

use super::body::{Body, prepare};
use super::consume::{Consumer, STATE, consume};
use super::delegation;
use super::releases;
use super::state;
use crate::call_graph::CallGraph;
use crate::demote::localize_constants;
use crate::inline::places::InlinedSites;
use crate::inline::size;
use crate::simplify::threading;
use crate::{promote, simplify};
use qi_base::IdVec;
use qi_mir::{BlockId, Function, FunctionId, InstId, Module, Opcode, Terminator, TypeKind, Value};

const MAX_BODY: usize = 500;
const MAX_YIELDS: usize = 12;
const MAX_CONSUMER: usize = 6000;
const MAX_CLEANUP: usize = 400;

pub fn run(module: &mut Module) {
    let graph = CallGraph::new(module);
    let mut sites = InlinedSites::default();
    for id in graph.bottom_up {
        // What is made here may become part of this body, unless it is recursive.
        let func = &module.functions[id];
        let made = generators(func).into_iter().filter(|it| !graph.recursive[it.2] && it.2 != id);
        let made: Vec<Value> = made.map(|it| it.1).collect();
        delegation::expand(&mut module.types, &mut module.functions[id], |operand| made.contains(&operand));
        while inline_one(module, &graph.recursive, &mut sites, id) {
            let func = &mut module.functions[id];
            promote::promote(&module.types, func);
            simplify::simplify(&module.types, func);
            simplify::thread(&mut module.types, func);
        }
    }
}

fn inline_one(
    module: &mut Module,
    recursive: &IdVec<FunctionId, bool>,
    sites: &mut InlinedSites,
    id: FunctionId,
) -> bool {
    let func = &module.functions[id];
    if size(func) > MAX_CONSUMER {
        return false;
    }
    for (new, handle, callee) in generators(func) {
        if recursive[callee] || callee == id || size(&module.functions[callee]) > MAX_BODY {
            continue;
        }
        let Some(consumer) = consumer(&module.functions[id], new, handle) else { continue };
        let mut callee = module.functions[callee].clone();
        delegation::expand(&mut module.types, &mut callee, |_| true);
        let Some(body) = prepare(&mut module.types, &callee).filter(|it| is_suitable(module, it, &consumer)) else {
            continue;
        };
        let func = &mut module.functions[id];
        let first = func.insts.next_id();
        let step = match func.blocks[consumer.next].terminator {
            Terminator::Try { inst, .. } => func.insts[inst].site,
            _ => None,
        };
        consume(&mut module.types, func, &consumer, &body);
        sites.mark(&mut module.sites, func, first, step);
        simplify::blocks::merge(func);
        localize_constants(func);
        // What follows the step asks first whether there was an item; after that the state is known.
        threading::thread(&mut module.types, func);
        let slot = func.slots.iter().find(|(_, it)| it.name == STATE).map(|it| it.0);
        if let Some(slot) = slot {
            state::resolve(&mut module.types, func, slot);
        }
        return true;
    }
    false
}

/// Generators made in the function: instruction, handle, body.
fn generators(func: &Function) -> Vec<(InstId, Value, FunctionId)> {
    let insts = func.blocks.values().flat_map(|block| block.insts.iter().copied());
    let made = insts.filter_map(|id| match (&func.insts[id].opcode, func.insts[id].result) {
        (Opcode::GeneratorNew(callee), Some(result)) => Some((id, result, *callee)),
        _ => None,
    });
    made.collect()
}

/// How the function uses the handle; none if in another way than stepping it at one place and dropping it.
fn consumer(func: &Function, new: InstId, handle: Value) -> Option<Consumer> {
    let mut next: Option<BlockId> = None;
    let mut releases = Vec::new();
    for block in func.blocks.ids() {
        let mut elsewhere = false;
        func.blocks[block].terminator.visit_values(|value| elsewhere |= value == handle);
        if elsewhere {
            return None;
        }
        for inst in func.block_insts(block) {
            let it = &func.insts[inst];
            let uses = it.args.iter().filter(|arg| **arg == handle).count();
            let stepped = it.opcode == Opcode::GeneratorNext && it.args[0] == handle && it.args.len() == 2;
            match it.opcode {
                _ if uses == 0 => {}
                Opcode::Release => releases.push((block, inst)),
                Opcode::GeneratorNext if uses == 1 && stepped && next.is_none() => next = Some(block),
                _ => return None,
            }
        }
    }
    let next = next?;
    let releases = releases::sort(func, new, handle, &releases)?;
    matches!(func.blocks[next].terminator, Terminator::Try { .. }).then_some(Consumer { new, next, releases })
}

fn is_suitable(module: &Module, body: &Body, consumer: &Consumer) -> bool {
    let silent = body.sent_type().is_some_and(|ty| *module.types.kind(ty) == TypeKind::Unit);
    let cleanup: usize = body.cleanup.iter().map(|block| body.func.blocks[*block].insts.len() + 1).sum();
    // A clean-up that can be seen needs to know where the generator dies.
    let dies = body.cleanup.is_empty() || !consumer.releases.last.is_empty();
    silent && dies && body.yields.len() <= MAX_YIELDS && cleanup * consumer.releases.last.len() <= MAX_CLEANUP
}
