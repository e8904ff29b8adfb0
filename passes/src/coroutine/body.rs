//! Prepares a generator's body for being copied into its consumer: values that live across a 让出 go through slots, and
//! what a drop at each 让出 would run is known.

use crate::demote::{demote, localize_constants};
use crate::graph::compact;
use crate::places::is_address;
use qi_mir::analysis::{Cfg, Liveness};
use qi_mir::{BlockCall, BlockId, Function, Inst, InstId, Opcode, SiteId, Terminator, Type, Types, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

/// One 让出.
pub(super) struct Yield {
    pub(super) block: BlockId,
    inst: InstId,
    pub(super) site: Option<SiteId>,
    /// Runs after the resumption; takes what was sent.
    pub(super) resumed: BlockId,
    /// Runs when the generator is dropped; takes the error 关闭.
    pub(super) dropped: BlockId,
}

/// What leaving the body by an error from a drop means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaves {
    /// With the 关闭 that it got.
    Closed,
    /// With an error of its own.
    Other,
}

pub(super) struct Body {
    pub(super) func: Function,
    pub(super) yields: Vec<Yield>,
    /// Blocks that run when the generator is dropped; empty if dropping is silent.
    pub(super) cleanup: Vec<BlockId>,
    /// Of the cleanup's throws.
    pub(super) leaves: FxHashMap<BlockId, Leaves>,
}

/// None when the body cannot be inlined.
pub(super) fn prepare(types: &mut Types, callee: &Function) -> Option<Body> {
    let mut func = callee.clone();
    compact(&mut func);
    localize_constants(&mut func);
    let yields = split_yields(&mut func)?;
    let crossing = crossing(&func, &yields);
    if crossing.iter().any(|value| is_address(types, &func, *value)) {
        return None;
    }
    demote(types, &mut func, &crossing);
    let cleanup = region(&func, &yields);
    let mut body = Body { func, yields, cleanup, leaves: FxHashMap::default() };
    body.leaves = leaves(&body)?;
    if is_silent(types, &body) {
        body.cleanup.clear();
    }
    Some(body)
}

/// Gives both edges of each 让出 a block of their own that takes nothing but what the 让出 supplies.
fn split_yields(func: &mut Function) -> Option<Vec<Yield>> {
    let mut yields = Vec::new();
    let blocks: Vec<BlockId> = func.blocks.ids().collect();
    for block in blocks {
        if func.blocks[block].insts.iter().any(|inst| func.insts[*inst].opcode == Opcode::Yield) {
            return None;
        }
        let Terminator::Try { inst, normal, error } = func.blocks[block].terminator.clone() else { continue };
        let Inst { opcode: Opcode::Yield, site, .. } = func.insts[inst] else { continue };
        let resumed = middle(func, normal);
        let dropped = middle(func, error);
        func.blocks[block].terminator =
            Terminator::Try { inst, normal: BlockCall::new(resumed), error: BlockCall::new(dropped) };
        yields.push(Yield { block, inst, site, resumed, dropped });
    }
    Some(yields)
}

fn middle(func: &mut Function, mut target: BlockCall) -> BlockId {
    let ty = func.values[func.blocks[target.block].params[0]];
    let middle = func.new_block();
    let param = func.add_block_param(middle, ty);
    target.args.insert(0, param);
    func.blocks[middle].terminator = Terminator::Jump(target);
    middle
}

/// Values defined before a 让出 and used after it. Arguments are the consumer's values and stay in sight.
fn crossing(func: &Function, yields: &[Yield]) -> BTreeSet<Value> {
    let cfg = Cfg::new(func);
    let live = Liveness::new(func, &cfg);
    let after = yields.iter().flat_map(|it| [it.resumed, it.dropped]);
    let values = after.filter(|block| cfg.is_reachable(*block)).flat_map(|block| live.live_in[block].iter().copied());
    let params = &func.blocks[func.entry].params;
    values.filter(|value| !params.contains(value)).collect()
}

/// Blocks reachable from the error edges of the 让出s.
fn region(func: &Function, yields: &[Yield]) -> Vec<BlockId> {
    let mut seen = FxHashSet::default();
    let mut work: Vec<BlockId> = yields.iter().map(|it| it.dropped).collect();
    let mut blocks = Vec::new();
    while let Some(block) = work.pop() {
        if seen.insert(block) {
            blocks.push(block);
            let terminator = &func.blocks[block].terminator;
            let again = yields.iter().find(|it| it.block == block);
            match again {
                // A dropped generator never yields: 关闭 is thrown again.
                Some(again) => work.push(again.dropped),
                None => work.extend(terminator.targets().into_iter().map(|target| target.block)),
            }
        }
    }
    blocks.sort_unstable();
    blocks
}

/// Whether a drop does nothing that anybody could see.
fn is_silent(types: &Types, body: &Body) -> bool {
    let func = &body.func;
    // An error of its own is reported.
    body.leaves.values().all(|it| *it == Leaves::Closed)
        && body.cleanup.iter().all(|&block| {
            let quiet = |inst: &InstId| match &func.insts[*inst].opcode {
                Opcode::Clear | Opcode::Take => !drops_visibly(types, func, &func.insts[*inst]),
                // Stores here only fill temporary slots.
                Opcode::Store => true,
                Opcode::CallRuntime(function, _) => *function == qi_mir::RuntimeFn::qi_error_trace,
                opcode => opcode.is_pure(),
            };
            let ends = matches!(func.blocks[block].terminator, Terminator::Jump(_) | Terminator::Throw(_));
            ends && func.blocks[block].insts.iter().all(quiet)
        })
}

fn drops_visibly(types: &Types, func: &Function, inst: &Inst) -> bool {
    match *types.kind(func.values[inst.args[0]]) {
        qi_mir::TypeKind::Address(of) => crate::drops::runs_code(types, of),
        _ => true,
    }
}

/// For each throw of the cleanup, whether it passes on the 关闭 it got. None when that depends on the path.
fn leaves(body: &Body) -> Option<FxHashMap<BlockId, Leaves>> {
    let func = &body.func;
    let mut kinds: FxHashMap<Value, Leaves> = FxHashMap::default();
    for it in &body.yields {
        kinds.insert(func.blocks[it.dropped].params[0], Leaves::Closed);
    }
    let mut changed = true;
    while changed {
        changed = false;
        for &block in &body.cleanup {
            let terminator = &func.blocks[block].terminator;
            let is_try = matches!(terminator, Terminator::Try { .. });
            for (index, target) in terminator.targets().into_iter().enumerate() {
                let params = &func.blocks[target.block].params;
                if is_try && index == 1 && !body.yields.iter().any(|it| it.block == block) {
                    changed |= note(&mut kinds, params[0], Leaves::Other)?;
                }
                for (param, arg) in params.iter().skip(usize::from(is_try)).zip(&target.args) {
                    if let Some(kind) = kinds.get(arg).copied() {
                        changed |= note(&mut kinds, *param, kind)?;
                    }
                }
            }
        }
    }
    if !all_known(body, &kinds) {
        return None;
    }
    let mut leaves = FxHashMap::default();
    for &block in &body.cleanup {
        if let Terminator::Throw(value) = func.blocks[block].terminator {
            // What was loaded, made or taken from elsewhere is an error of its own, unless it went through a slot.
            leaves.insert(block, kinds.get(&value).copied().or_else(|| made_here(func, value))?);
        }
    }
    Some(leaves)
}

/// Whether nothing of unknown origin flows into a parameter that was given a kind.
fn all_known(body: &Body, kinds: &FxHashMap<Value, Leaves>) -> bool {
    let func = &body.func;
    body.cleanup.iter().all(|&block| {
        let terminator = &func.blocks[block].terminator;
        let implicit = usize::from(matches!(terminator, Terminator::Try { .. }));
        terminator.targets().into_iter().all(|target| {
            let params = func.blocks[target.block].params.iter().skip(implicit);
            params.zip(&target.args).all(|(param, arg)| kinds.get(param) == kinds.get(arg))
        })
    })
}

fn made_here(func: &Function, value: Value) -> Option<Leaves> {
    let made = func.insts.values().any(|inst| inst.result == Some(value) && inst.opcode == Opcode::ErrorNew);
    made.then_some(Leaves::Other)
}

/// Says whether it is news; none on contradiction.
fn note(kinds: &mut FxHashMap<Value, Leaves>, value: Value, kind: Leaves) -> Option<bool> {
    match kinds.insert(value, kind) {
        None => Some(true),
        Some(old) if old == kind => Some(false),
        Some(_) => None,
    }
}

impl Body {
    /// What the 让出 yields.
    pub(super) fn item(&self, it: &Yield) -> Value {
        self.func.insts[it.inst].args[0]
    }
    /// Type of the generator's items is the consumer's to know; that of what is sent decides about inlining.
    pub(super) fn sent_type(&self) -> Option<Type> {
        match self.func.kind {
            qi_mir::FunctionKind::Generator { sent, .. } => Some(sent),
            _ => None,
        }
    }
}
