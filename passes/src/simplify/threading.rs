//! Jump threading: an edge on which a block's branch is already decided goes straight to the block's right successor,
//! through a copy of the block's instructions. Values that other blocks read pass through temporary slots meanwhile, so
//! `promote` must follow. Copies are few and small; loops are peeled at most once per run.
//!
//! ```text
//! jump block1(v_true)                      jump block4
//! block1(v1: bool):                        block4:
//!     v2: i64 = add_wrap v0, v0       =>       v3: i64 = add_wrap v0, v0
//!     branch v1, block2, block3                jump block2
//! ```

use crate::demote::{demote, localize_constants};
use crate::graph::{definitions, new_inst};
use crate::places::is_address;
use qi_base::IdVec;
use qi_mir::analysis::Cfg;
use qi_mir::analysis::liveness::definition_blocks;
use qi_mir::{BlockCall, BlockId, Cmp, Function, InstId, Opcode, Terminator, Types, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Blocks with more instructions are not copied.
const MAX_COPIED: usize = 16;
const MAX_THREADED: usize = 200;
const MAX_DEPTH: usize = 4;

/// Says whether anything changed; if so, `promote` must follow.
pub fn thread(types: &mut Types, func: &mut Function) -> bool {
    let cfg = Cfg::new(func);
    let known = definitions(func);
    let is_decided =
        |block: &BlockId| is_candidate(func, *block) && !decided_edges(func, &cfg, &known, *block).is_empty();
    let candidates: Vec<BlockId> = cfg.reverse_postorder().filter(is_decided).take(MAX_THREADED).collect();
    if candidates.is_empty() {
        return false;
    }
    localize_constants(func);
    let mut changed = false;
    for block in candidates {
        let cfg = Cfg::new(func);
        if cfg.is_reachable(block) {
            let edges = decided_edges(func, &cfg, &definitions(func), block);
            changed |= copy_for_edges(types, func, &cfg, block, &edges);
        }
    }
    changed
}

fn is_candidate(func: &Function, block: BlockId) -> bool {
    let it = &func.blocks[block];
    let decides = matches!(it.terminator, Terminator::Branch { .. } | Terminator::Switch { .. });
    decides && !it.params.is_empty() && it.insts.len() <= MAX_COPIED && block != func.entry
}

/// An edge: the block it leaves, which target of its terminator, and the key that decides the block's branch.
pub(crate) struct Decided {
    pub(crate) pred: BlockId,
    pub(crate) index: usize,
    pub(crate) key: i128,
}

fn decided_edges(
    func: &Function,
    cfg: &Cfg,
    definitions: &IdVec<Value, Option<InstId>>,
    block: BlockId,
) -> Vec<Decided> {
    let condition = match func.blocks[block].terminator {
        Terminator::Branch { condition, .. } => condition,
        Terminator::Switch { value, .. } => value,
        _ => return Vec::new(),
    };
    let mut edges = Vec::new();
    let eval = Eval { func, definitions, block };
    let mut preds = cfg.preds[block].clone();
    preds.sort_unstable();
    preds.dedup();
    for pred in preds {
        let terminator = &func.blocks[pred].terminator;
        let implicit = usize::from(matches!(terminator, Terminator::Try { .. }));
        for (index, target) in terminator.targets().into_iter().enumerate() {
            if target.block != block {
                continue;
            }
            if let Some(key) = eval.on_edge(condition, target, implicit, 0) {
                edges.push(Decided { pred, index, key });
            }
        }
    }
    edges
}

struct Eval<'a> {
    func: &'a Function,
    definitions: &'a IdVec<Value, Option<InstId>>,
    block: BlockId,
}

impl Eval<'_> {
    fn opcode(&self, value: Value) -> Option<&Opcode> {
        self.definitions[value].map(|inst| &self.func.insts[inst].opcode)
    }
    fn argument(&self, value: Value, edge: &BlockCall, implicit: usize) -> Option<Value> {
        let position = self.func.blocks[self.block].params.iter().position(|param| *param == value)?;
        edge.args.get(position.checked_sub(implicit)?).copied()
    }

    /// The value that `value`, as the block sees it, has when the block is entered by the edge.
    fn on_edge(&self, value: Value, edge: &BlockCall, implicit: usize, depth: usize) -> Option<i128> {
        if depth > MAX_DEPTH {
            return None;
        }
        if let Some(arg) = self.argument(value, edge, implicit) {
            return constant(self.opcode(arg)?);
        }
        let inst = &self.func.insts[self.definitions[value]?];
        match inst.opcode {
            Opcode::EnumTag => {
                let whole = self.argument(inst.args[0], edge, implicit)?;
                match self.opcode(whole)? {
                    Opcode::EnumNew(_, variant) => Some(i128::from(*variant)),
                    _ => None,
                }
            }
            Opcode::Compare(op @ (Cmp::Eq | Cmp::Ne)) => {
                let left = self.on_edge(inst.args[0], edge, implicit, depth + 1)?;
                let right = self.on_edge(inst.args[1], edge, implicit, depth + 1)?;
                Some(i128::from((left == right) == (op == Cmp::Eq)))
            }
            ref opcode => constant(opcode),
        }
    }
}

fn constant(opcode: &Opcode) -> Option<i128> {
    match *opcode {
        Opcode::Int(it) => Some(it),
        Opcode::Bool(it) => Some(i128::from(it)),
        Opcode::Char(it) => Some(i128::from(u32::from(it))),
        _ => None,
    }
}

/// Leads the edges through copies of the block, one per key, in which the branch is decided.
pub(crate) fn copy_for_edges(
    types: &mut Types,
    func: &mut Function,
    cfg: &Cfg,
    block: BlockId,
    edges: &[Decided],
) -> bool {
    let local = defined_here_used_elsewhere(func, cfg, block);
    if edges.is_empty() || local.iter().any(|value| is_address(types, func, *value)) {
        return false;
    }
    demote(types, func, &local);
    let mut copies: BTreeMap<i128, BlockId> = BTreeMap::new();
    for edge in edges {
        let copy = *copies.entry(edge.key).or_insert_with(|| copy_block(func, block, edge.key));
        func.blocks[edge.pred].terminator.targets_mut()[edge.index].block = copy;
    }
    true
}

fn defined_here_used_elsewhere(func: &Function, cfg: &Cfg, block: BlockId) -> BTreeSet<Value> {
    let homes = definition_blocks(func, cfg);
    let mut values = BTreeSet::new();
    for &other in cfg.postorder.iter().filter(|it| **it != block) {
        func.visit_uses(other, |value| {
            if homes[value] == Some(block) {
                values.insert(value);
            }
        });
    }
    values
}

/// Where the block's branch goes for the key.
pub(crate) fn target_of(func: &Function, block: BlockId, key: i128) -> BlockCall {
    match &func.blocks[block].terminator {
        Terminator::Branch { then, otherwise, .. } => if key != 0 { then } else { otherwise }.clone(),
        Terminator::Switch { cases, default, .. } => {
            cases.iter().find(|case| case.0 == key).map_or(default, |case| &case.1).clone()
        }
        other => qi_base::bug!("{other:?} decides nothing"),
    }
}

/// The block with fresh names and its branch decided.
fn copy_block(func: &mut Function, block: BlockId, key: i128) -> BlockId {
    let copy = func.new_block();
    let mut names: BTreeMap<Value, Value> = BTreeMap::new();
    for param in func.blocks[block].params.clone() {
        let ty = func.values[param];
        names.insert(param, func.add_block_param(copy, ty));
    }
    let named = |names: &BTreeMap<Value, Value>, value: Value| names.get(&value).copied().unwrap_or(value);
    let mut insts: Vec<InstId> = Vec::new();
    for inst in func.blocks[block].insts.clone() {
        let old = func.insts[inst].clone();
        let args = old.args.iter().map(|arg| named(&names, *arg)).collect();
        let result = old.result.map(|result| {
            let ty = func.values[result];
            let new = func.new_value(ty);
            names.insert(result, new);
            new
        });
        let new = new_inst(func, old.opcode, args, result);
        func.insts[new].site = old.site;
        insts.push(new);
    }
    func.blocks[copy].insts = insts;
    let mut target = target_of(func, block, key);
    target.args.iter_mut().for_each(|arg| *arg = named(&names, *arg));
    func.blocks[copy].terminator = Terminator::Jump(target);
    copy
}
