//! Which values are live on entry to each block. Explores upwards from each use, so the cost is the size of the answer.

use super::Cfg;
use crate::{BlockId, Function, Value};
use qi_base::IdVec;

pub struct Liveness {
    /// Values defined above the block and used in it or below, ascending.
    pub live_in: IdVec<BlockId, Vec<Value>>,
}

impl Liveness {
    /// Liveness by the uses that the function has.
    pub fn new(func: &Function, cfg: &Cfg) -> Self {
        let mut uses = UseBlocks::new(func);
        for &block in &cfg.postorder {
            func.visit_uses(block, |value| uses.add(value, block));
        }
        Self::solve(func, cfg, &uses)
    }

    /// Liveness by given uses; a value that is used through another one may be passed as used there itself.
    pub fn solve(func: &Function, cfg: &Cfg, uses: &UseBlocks) -> Self {
        let definitions = definition_blocks(func, cfg);
        let mut live_in: IdVec<BlockId, Vec<Value>> = func.blocks.ids().map(|_| Vec::new()).collect();
        let mut work = Vec::new();
        for (value, blocks) in uses.blocks.iter() {
            let Some(definition) = definitions[value] else { continue };
            work.extend_from_slice(blocks);
            while let Some(block) = work.pop() {
                // Values are handled one by one, so a block that was reached for this one has it last.
                if block == definition || live_in[block].last() == Some(&value) {
                    continue;
                }
                live_in[block].push(value);
                work.extend_from_slice(&cfg.preds[block]);
            }
        }
        Self { live_in }
    }
}

/// Blocks in which each value is used.
pub struct UseBlocks {
    blocks: IdVec<Value, Vec<BlockId>>,
}

impl UseBlocks {
    pub fn new(func: &Function) -> Self {
        Self { blocks: func.values.ids().map(|_| Vec::new()).collect() }
    }
    pub fn add(&mut self, value: Value, block: BlockId) {
        if self.blocks[value].last() != Some(&block) {
            self.blocks[value].push(block);
        }
    }
}

/// The block that defines each value, for values of reachable blocks.
pub fn definition_blocks(func: &Function, cfg: &Cfg) -> IdVec<Value, Option<BlockId>> {
    let mut definitions: IdVec<Value, Option<BlockId>> = func.values.ids().map(|_| None).collect();
    for &block in &cfg.postorder {
        for &param in &func.blocks[block].params {
            definitions[param] = Some(block);
        }
        for &inst in &func.blocks[block].insts {
            if let Some(result) = func.insts[inst].result {
                definitions[result] = Some(block);
            }
        }
    }
    definitions
}
