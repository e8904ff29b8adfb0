//! Deletes pure instructions whose results nobody needs, and block parameters nobody reads. Marks from what has an effect
//! and sweeps the rest, so cycles of parameters go too. What a `try` or the function's caller supplies stays. Linear.
//!
//! ```text
//! jump block1(v0, v1)              jump block1(v0)
//! block1(v2: i64, v3: str):   =>   block1(v2: i64):
//!     v4: i64 = add_wrap v2, v2        return v2
//!     return v2
//! ```

use qi_base::IdVec;
use qi_mir::analysis::Cfg;
use qi_mir::{BlockId, Function, InstId, Terminator, Value};

pub fn remove(func: &mut Function) {
    let cfg = Cfg::new(func);
    let needed = mark(func, &cfg);
    for &block in &cfg.postorder {
        let kept: Vec<InstId> =
            func.blocks[block].insts.iter().copied().filter(|it| stays(func, *it, &needed)).collect();
        func.blocks[block].insts = kept;
    }
    sweep_params(func, &cfg, &needed);
}

fn stays(func: &Function, inst: InstId, needed: &IdVec<Value, bool>) -> bool {
    let inst = &func.insts[inst];
    !inst.opcode.is_pure() || inst.result.is_none_or(|value| needed[value])
}

#[derive(Clone, Copy)]
enum Definition {
    None,
    Inst(InstId),
    Param(BlockId, usize),
}

fn mark(func: &Function, cfg: &Cfg) -> IdVec<Value, bool> {
    let mut definitions: IdVec<Value, Definition> = func.values.ids().map(|_| Definition::None).collect();
    let mut needed: IdVec<Value, bool> = func.values.ids().map(|_| false).collect();
    let mut work: Vec<Value> = Vec::new();
    for &block in &cfg.postorder {
        for (index, &param) in func.blocks[block].params.iter().enumerate() {
            definitions[param] = Definition::Param(block, index);
        }
        for &id in &func.blocks[block].insts {
            let inst = &func.insts[id];
            match inst.result {
                Some(result) if inst.opcode.is_pure() => definitions[result] = Definition::Inst(id),
                _ => work.extend(&inst.args),
            }
        }
        match &func.blocks[block].terminator {
            Terminator::Return(value) | Terminator::Throw(value) => work.push(*value),
            Terminator::Branch { condition: value, .. } | Terminator::Switch { value, .. } => work.push(*value),
            Terminator::Try { inst, normal, error } => {
                work.extend(&func.insts[*inst].args);
                // Their first parameters stay, so jumps that also lead there need arguments for them.
                work.extend([normal, error].iter().filter_map(|target| func.blocks[target.block].params.first()));
            }
            Terminator::Jump(_) | Terminator::Unreachable => {}
        }
    }
    while let Some(value) = work.pop() {
        if std::mem::replace(&mut needed[value], true) {
            continue;
        }
        match definitions[value] {
            Definition::None => {}
            Definition::Inst(inst) => work.extend(&func.insts[inst].args),
            Definition::Param(block, index) => {
                for &pred in &cfg.preds[block] {
                    work.extend(arguments(&func.blocks[pred].terminator, block, index));
                }
            }
        }
    }
    needed
}

/// What the terminator passes for a parameter; the one that a `try` supplies itself has none.
fn arguments(terminator: &Terminator, block: BlockId, index: usize) -> Vec<Value> {
    let implicit = usize::from(matches!(terminator, Terminator::Try { .. }));
    let targets = terminator.targets().into_iter().filter(|target| target.block == block);
    targets.filter_map(|target| index.checked_sub(implicit).map(|index| target.args[index])).collect()
}

fn sweep_params(func: &mut Function, cfg: &Cfg, needed: &IdVec<Value, bool>) {
    let mut fixed: IdVec<BlockId, bool> = func.blocks.ids().map(|_| false).collect();
    for &block in &cfg.postorder {
        if matches!(func.blocks[block].terminator, Terminator::Try { .. }) {
            for target in func.blocks[block].terminator.targets() {
                fixed[target.block] = true;
            }
        }
    }
    let entry = func.entry;
    let keep: IdVec<BlockId, Vec<bool>> = func
        .blocks
        .iter()
        .map(|(block, it)| {
            let stays =
                |(index, value): (usize, &Value)| block == entry || (index == 0 && fixed[block]) || needed[*value];
            it.params.iter().enumerate().map(stays).collect()
        })
        .collect();
    for &block in &cfg.postorder {
        filter(&mut func.blocks[block].params, &keep[block], 0);
        let implicit = usize::from(matches!(func.blocks[block].terminator, Terminator::Try { .. }));
        for target in func.blocks[block].terminator.targets_mut() {
            filter(&mut target.args, &keep[target.block], implicit);
        }
    }
}

fn filter(values: &mut Vec<Value>, keep: &[bool], offset: usize) {
    let mut index = offset;
    values.retain(|_| {
        index += 1;
        keep[index - 1]
    });
}
