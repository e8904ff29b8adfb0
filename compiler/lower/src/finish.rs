//! Drops blocks that nothing reaches and numbers the rest in reverse postorder, so that dumps read from top to bottom.

use qi_base::{Id, IdVec};
use qi_mir::{Block, BlockId, Function, Terminator};

pub(crate) fn drop_unreachable(mut func: Function) -> Function {
    let order = reverse_postorder(&func);
    let mut numbers: IdVec<BlockId, Option<BlockId>> = func.blocks.ids().map(|_| None).collect();
    for (index, &block) in order.iter().enumerate() {
        numbers[block] = Some(BlockId::from_index(index));
    }
    let blocks = order.iter().map(|&it| {
        let none = Block { params: Vec::new(), insts: Vec::new(), terminator: Terminator::Unreachable };
        let mut block = std::mem::replace(&mut func.blocks[it], none);
        for target in block.terminator.targets_mut() {
            target.block = numbers[target.block].expect("targets of reachable blocks are reachable");
        }
        block
    });
    func.blocks = blocks.collect();
    func.entry = BlockId::from_index(0);
    func
}

fn reverse_postorder(func: &Function) -> Vec<BlockId> {
    let mut seen: IdVec<BlockId, bool> = func.blocks.ids().map(|_| false).collect();
    let mut order = Vec::new();
    // What is left of a block's targets: the last comes first, so that the first one comes first in the result.
    let targets = |it: BlockId| func.blocks[it].terminator.targets();
    let mut stack = vec![(func.entry, targets(func.entry))];
    seen[func.entry] = true;
    while let Some((block, left)) = stack.last_mut() {
        match left.pop() {
            Some(target) => {
                if !std::mem::replace(&mut seen[target.block], true) {
                    stack.push((target.block, targets(target.block)));
                }
            }
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order.reverse();
    order
}
