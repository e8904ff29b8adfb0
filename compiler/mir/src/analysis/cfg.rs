//! Predecessors and a postorder of the blocks that the entry reaches. Linear; no native recursion.

use crate::{BlockId, Function};
use qi_base::{Id, IdVec};

pub struct Cfg {
    /// One entry per edge from a reachable block, so a branch with equal targets counts twice.
    pub preds: IdVec<BlockId, Vec<BlockId>>,
    /// Reachable blocks, each after its successors where no loop prevents it; the entry is last.
    pub postorder: Vec<BlockId>,
    /// Position in `postorder`, or `u32::MAX` for unreachable blocks.
    number: IdVec<BlockId, u32>,
}

impl Cfg {
    pub fn new(func: &Function) -> Self {
        let mut preds: IdVec<BlockId, Vec<BlockId>> = func.blocks.ids().map(|_| Vec::new()).collect();
        let mut number: IdVec<BlockId, u32> = func.blocks.ids().map(|_| u32::MAX).collect();
        let mut seen: IdVec<BlockId, bool> = func.blocks.ids().map(|_| false).collect();
        let mut postorder = Vec::new();
        seen[func.entry] = true;
        let mut stack = vec![(func.entry, successors(func, func.entry), 0)];
        while let Some((block, targets, next)) = stack.last_mut() {
            let block = *block;
            let Some(&target) = targets.get(*next) else {
                number[block] = u32::try_from(postorder.len()).expect("fewer than 2^32 blocks");
                postorder.push(block);
                stack.pop();
                continue;
            };
            *next += 1;
            preds[target].push(block);
            if !seen[target] {
                seen[target] = true;
                stack.push((target, successors(func, target), 0));
            }
        }
        Self { preds, postorder, number }
    }

    pub fn is_reachable(&self, block: BlockId) -> bool {
        self.number[block] != u32::MAX
    }
    /// Position in `postorder`; only for reachable blocks.
    pub fn number(&self, block: BlockId) -> usize {
        debug_assert!(self.is_reachable(block), "{block} is unreachable");
        self.number[block] as usize
    }
    pub fn reverse_postorder(&self) -> impl DoubleEndedIterator<Item = BlockId> + '_ {
        self.postorder.iter().rev().copied()
    }
}

fn successors(func: &Function, block: BlockId) -> Vec<BlockId> {
    debug_assert!(block.index() < func.blocks.len(), "{block} does not exist");
    func.blocks[block].terminator.targets().into_iter().map(|target| target.block).collect()
}
