//! Merges blocks with their only predecessor, skips blocks that only jump on, and drops parameters that always receive
//! the same value. Branches to one place become jumps.
//!
//! ```text
//! branch v0, block1, block2           branch v0, block3, block2
//! block1:                       =>
//!     jump block3
//! ```

use crate::graph::{Renames, compact, forward_single_params};
use qi_base::IdVec;
use qi_mir::analysis::Cfg;
use qi_mir::{BlockCall, BlockId, Function, Terminator, Value};

pub fn merge(func: &mut Function) {
    compact(func);
    skip_empty(func);
    same_targets(func);
    forward_single_params(func);
    same_arguments(func);
    join(func);
}

/// A block without instructions that ends in a jump and whose parameters nobody else reads.
fn skip_empty(func: &mut Function) {
    let outside = used_outside(func);
    let blocks: Vec<BlockId> = func.blocks.ids().collect();
    for block in blocks {
        for index in 0..func.blocks[block].terminator.targets().len() {
            // A loop of empty blocks would go on for ever.
            let mut steps = 0;
            while let Some(call) = skipped(func, block, index, &outside) {
                *func.blocks[block].terminator.targets_mut()[index] = call;
                steps += 1;
                if steps > 64 {
                    break;
                }
            }
        }
    }
}

/// Blocks with a parameter that another block reads.
fn used_outside(func: &Function) -> IdVec<BlockId, bool> {
    let mut home: IdVec<Value, Option<BlockId>> = func.values.ids().map(|_| None).collect();
    for (block, it) in func.blocks.iter() {
        it.params.iter().for_each(|param| home[*param] = Some(block));
    }
    let mut outside: IdVec<BlockId, bool> = func.blocks.ids().map(|_| false).collect();
    for block in func.blocks.ids() {
        func.visit_uses(block, |value| {
            if let Some(at) = home[value].filter(|at| *at != block) {
                outside[at] = true;
            }
        });
    }
    outside
}

/// The edge with the empty block that it leads to left out.
fn skipped(func: &Function, block: BlockId, index: usize, outside: &IdVec<BlockId, bool>) -> Option<BlockCall> {
    let terminator = &func.blocks[block].terminator;
    let edge = terminator.targets()[index];
    let middle = &func.blocks[edge.block];
    let Terminator::Jump(next) = &middle.terminator else { return None };
    if !middle.insts.is_empty() || outside[edge.block] || next.block == edge.block {
        return None;
    }
    let implicit = match terminator {
        Terminator::Try { .. } => Some(*middle.params.first()?),
        _ => None,
    };
    let mut args = next.args.clone();
    if let Some(implicit) = implicit {
        // What the `try` supplies can only go where the `try` supplies it.
        if args.first() != Some(&implicit) || args[1..].contains(&implicit) {
            return None;
        }
        args.remove(0);
    }
    let params = &middle.params[usize::from(implicit.is_some())..];
    for arg in &mut args {
        if let Some(position) = params.iter().position(|param| param == arg) {
            *arg = edge.args[position];
        }
    }
    Some(BlockCall { block: next.block, args })
}

fn same_targets(func: &mut Function) {
    for block in func.blocks.ids() {
        let terminator = &func.blocks[block].terminator;
        if !matches!(terminator, Terminator::Branch { .. } | Terminator::Switch { .. }) {
            continue;
        }
        let targets = terminator.targets();
        if targets.iter().all(|target| *target == targets[0]) {
            func.blocks[block].terminator = Terminator::Jump(targets[0].clone());
        }
    }
}

/// A parameter that every edge gives the same value (or itself) is that value.
fn same_arguments(func: &mut Function) {
    let cfg = Cfg::new(func);
    let mut renames = Renames::new(func);
    for block in cfg.reverse_postorder() {
        if block == func.entry || cfg.preds[block].iter().any(|pred| is_try(func, *pred)) {
            continue;
        }
        let mut index = 0;
        while index < func.blocks[block].params.len() {
            match only_argument(func, &cfg, &renames, block, index) {
                Some(value) => {
                    let param = func.blocks[block].params.remove(index);
                    remove_argument(func, &cfg, block, index);
                    renames.add(param, value);
                }
                None => index += 1,
            }
        }
    }
    renames.apply(func);
}

fn is_try(func: &Function, block: BlockId) -> bool {
    matches!(func.blocks[block].terminator, Terminator::Try { .. })
}

fn only_argument(func: &Function, cfg: &Cfg, renames: &Renames, block: BlockId, index: usize) -> Option<Value> {
    let param = func.blocks[block].params[index];
    let mut only = None;
    for &pred in &cfg.preds[block] {
        for target in func.blocks[pred].terminator.targets() {
            if target.block != block {
                continue;
            }
            let arg = renames.resolve(target.args[index]);
            if arg != param && only.is_some_and(|it| it != arg) {
                return None;
            }
            if arg != param {
                only = Some(arg);
            }
        }
    }
    only
}

fn remove_argument(func: &mut Function, cfg: &Cfg, block: BlockId, index: usize) {
    let mut preds = cfg.preds[block].clone();
    preds.dedup();
    preds.sort_unstable();
    preds.dedup();
    for pred in preds {
        for target in func.blocks[pred].terminator.targets_mut() {
            if target.block == block {
                target.args.remove(index);
            }
        }
    }
}

/// Appends blocks to the only predecessor that jumps to them. Parameters are gone by now.
fn join(func: &mut Function) {
    let cfg = Cfg::new(func);
    let mut merged: IdVec<BlockId, bool> = func.blocks.ids().map(|_| false).collect();
    for block in cfg.reverse_postorder() {
        if merged[block] {
            continue;
        }
        while let Terminator::Jump(target) = &func.blocks[block].terminator {
            let next = target.block;
            if cfg.preds[next].len() != 1 || next == block || !func.blocks[next].params.is_empty() {
                break;
            }
            merged[next] = true;
            let insts = std::mem::take(&mut func.blocks[next].insts);
            func.blocks[block].insts.extend(insts);
            func.blocks[block].terminator =
                std::mem::replace(&mut func.blocks[next].terminator, Terminator::Unreachable);
        }
    }
}
