//! The dominator tree (Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm"), with constant-time queries.

use super::Cfg;
use crate::{BlockId, Function};
use qi_base::IdVec;

pub struct Dominators {
    /// The nearest block on every path from the entry; none for the entry and unreachable blocks.
    pub parent: IdVec<BlockId, Option<BlockId>>,
    /// Interval of the block in a preorder walk of the tree: a dominates b iff a's interval contains b's start.
    interval: IdVec<BlockId, (u32, u32)>,
}

impl Dominators {
    pub fn new(func: &Function, cfg: &Cfg) -> Self {
        let parent = parents(func, cfg);
        let interval = intervals(func, &parent);
        Self { parent, interval }
    }

    /// Whether every path from the entry to `b` passes `a`. Both are reachable.
    pub fn dominates(&self, a: BlockId, b: BlockId) -> bool {
        let (start, end) = self.interval[a];
        let (it, _) = self.interval[b];
        start <= it && it < end
    }
}

fn parents(func: &Function, cfg: &Cfg) -> IdVec<BlockId, Option<BlockId>> {
    let mut parent: IdVec<BlockId, Option<BlockId>> = func.blocks.ids().map(|_| None).collect();
    parent[func.entry] = Some(func.entry);
    let mut changed = true;
    while changed {
        changed = false;
        for block in cfg.reverse_postorder().skip(1) {
            let mut new = None;
            for &pred in cfg.preds[block].iter().filter(|pred| parent[**pred].is_some()) {
                new = Some(new.map_or(pred, |other| common(cfg, &parent, pred, other)));
            }
            if parent[block] != new {
                parent[block] = new;
                changed = true;
            }
        }
    }
    parent[func.entry] = None;
    parent
}

fn common(cfg: &Cfg, parent: &IdVec<BlockId, Option<BlockId>>, mut a: BlockId, mut b: BlockId) -> BlockId {
    while a != b {
        while cfg.number(a) < cfg.number(b) {
            a = parent[a].expect("processed blocks have parents");
        }
        while cfg.number(b) < cfg.number(a) {
            b = parent[b].expect("processed blocks have parents");
        }
    }
    a
}

fn intervals(func: &Function, parent: &IdVec<BlockId, Option<BlockId>>) -> IdVec<BlockId, (u32, u32)> {
    let mut children: IdVec<BlockId, Vec<BlockId>> = func.blocks.ids().map(|_| Vec::new()).collect();
    for (block, parent) in parent.iter() {
        if let Some(parent) = parent {
            children[*parent].push(block);
        }
    }
    let mut interval: IdVec<BlockId, (u32, u32)> = func.blocks.ids().map(|_| (u32::MAX, 0)).collect();
    let mut clock = 0;
    let mut stack = vec![(func.entry, 0)];
    while let Some((block, next)) = stack.last_mut() {
        if *next == 0 {
            interval[*block].0 = clock;
            clock += 1;
        }
        if let Some(&child) = children[*block].get(*next) {
            *next += 1;
            stack.push((child, 0));
        } else {
            interval[*block].1 = clock;
            stack.pop();
        }
    }
    interval
}
