//! Drops blocks that nothing reaches and numbers the rest in reverse postorder, so that dumps read from top to bottom.

use qi_base::{Id, IdVec};
use qi_mir::{BlockId, Function};

pub(crate) fn drop_unreachable(mut func: Function) -> Function {
    let order = reverse_postorder(&func);
    let mut numbers: IdVec<BlockId, Option<BlockId>> = func.blocks.ids().map(|_| None).collect();
    for (index, &block) in order.iter().enumerate() {
        numbers[block] = Some(BlockId::from_index(index));
    }
    let blocks = order
        .iter()
        .map(|&block| {
            let mut block = func.blocks[block].clone();
            for target in block.terminator.targets_mut() {
                target.block = numbers[target.block].expect("targets of reachable blocks are reachable");
            }
            block
        })
        .collect();
    func.blocks = blocks;
    func.entry = BlockId::from_index(0);
    func
}

fn reverse_postorder(func: &Function) -> Vec<BlockId> {
    let mut seen: IdVec<BlockId, bool> = func.blocks.ids().map(|_| false).collect();
    let mut order = Vec::new();
    let mut stack = vec![(func.entry, 0)];
    seen[func.entry] = true;
    while let Some((block, next)) = stack.pop() {
        // Targets in reverse, so that the first one comes first in the result.
        let targets = func.blocks[block].terminator.targets();
        match targets.iter().rev().nth(next) {
            Some(target) => {
                stack.push((block, next + 1));
                if !std::mem::replace(&mut seen[target.block], true) {
                    stack.push((target.block, 0));
                }
            }
            None => order.push(block),
        }
    }
    order.reverse();
    order
}
