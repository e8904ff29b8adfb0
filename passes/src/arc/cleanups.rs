//! Error edges that release the same values do so in one place: without it, n calls that may fail while n values wait for
//! their end would take n² releases. Each edge releases the newest value first, and then goes on in the code of the edge
//! before. Only frees memory: what ends visibly stands in a slot and is cleared where it is left.
//!
//! ```text
//! block2(v3: error):                                         block2(v3: error):
//!     release v1                                                 jump block6(v3)
//!     jump block5(v3)                                  =>    block4(v9: error):
//! block4(v9: error):                                             release v7
//!     release v1                                                 v10: unit = call_runtime qi_error_trace v9 @site2
//!     release v7                                                 jump block6(v9)
//!     v10: unit = call_runtime qi_error_trace v9 @site2      block6(v11: error):
//!     jump block5(v9)                                            release v1
//!                                                                jump block5(v11)
//! ```

use qi_base::Id;
use qi_mir::{BlockCall, BlockId, Function, InstId, Opcode, RuntimeFn, Terminator, TypeKind, Types, Value};
use std::collections::BTreeMap;

/// Blocks that take an error and hand it on, all to the same place (none: out of the function).
struct Edges {
    to: Option<BlockId>,
    blocks: Vec<BlockId>,
}

pub fn share(types: &Types, func: &mut Function) {
    let mut work = edges(types, func);
    for it in &work {
        it.blocks.iter().for_each(|&block| newest_first(func, block));
    }
    while let Some(edges) = work.pop() {
        let mut groups: BTreeMap<Value, Vec<BlockId>> = BTreeMap::new();
        for block in edges.blocks {
            if let Some(value) = last_release(func, block) {
                groups.entry(value).or_default().push(block);
            }
        }
        for blocks in groups.into_values().filter(|it| it.len() > 1) {
            let shared = release_once(func, edges.to, &blocks);
            work.push(Edges { to: Some(shared), blocks });
        }
    }
}

fn edges(types: &Types, func: &Function) -> Vec<Edges> {
    let mut found: BTreeMap<Option<BlockId>, Vec<BlockId>> = BTreeMap::new();
    for (id, block) in func.blocks.iter() {
        let [error] = block.params[..] else { continue };
        if !matches!(types.kind(func.values[error]), TypeKind::Error) {
            continue;
        }
        match &block.terminator {
            Terminator::Throw(value) if *value == error => found.entry(None).or_default().push(id),
            Terminator::Jump(to) if to.args == [error] => found.entry(Some(to.block)).or_default().push(id),
            _ => {}
        }
    }
    found.into_iter().map(|(to, blocks)| Edges { to, blocks }).collect()
}

/// Puts the releases of a block that does little else to its end, those of the newest values first.
fn newest_first(func: &mut Function, block: BlockId) {
    let error = func.blocks[block].params[0];
    let is_release =
        |it: &InstId| matches!(func.insts[*it].opcode, Opcode::Release) && func.insts[*it].args[0] != error;
    let is_trace = |it: &InstId| matches!(func.insts[*it].opcode, Opcode::CallRuntime(RuntimeFn::qi_error_trace, _));
    if !func.blocks[block].insts.iter().all(|it| is_release(it) || is_trace(it)) {
        return;
    }
    let (mut releases, mut insts): (Vec<InstId>, Vec<InstId>) =
        func.blocks[block].insts.iter().partition(|it| is_release(it));
    releases.sort_by_key(|it| std::cmp::Reverse(func.insts[*it].args[0].index()));
    insts.extend(releases);
    func.blocks[block].insts = insts;
}

/// What the block releases at its end, if that is not the error itself.
fn last_release(func: &Function, block: BlockId) -> Option<Value> {
    let inst = &func.insts[*func.blocks[block].insts.last()?];
    let value = *inst.args.first()?;
    (matches!(inst.opcode, Opcode::Release) && value != func.blocks[block].params[0]).then_some(value)
}

/// The last release of the blocks, in a block of its own, which they jump to.
fn release_once(func: &mut Function, to: Option<BlockId>, blocks: &[BlockId]) -> BlockId {
    let shared = func.new_block();
    let ty = func.values[func.blocks[blocks[0]].params[0]];
    let error = func.add_block_param(shared, ty);
    for &block in blocks {
        let release = func.blocks[block].insts.pop();
        func.blocks[shared].insts = release.into_iter().collect();
        let args = func.blocks[block].params.clone();
        func.blocks[block].terminator = Terminator::Jump(BlockCall { block: shared, args });
    }
    func.blocks[shared].terminator = match to {
        Some(block) => Terminator::Jump(BlockCall { block, args: vec![error] }),
        None => Terminator::Throw(error),
    };
    shared
}
