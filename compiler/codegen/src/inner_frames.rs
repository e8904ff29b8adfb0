//! Which awaited functions may keep their frames in those of their callers. LLVM puts the callee's code up to its first
//! suspension into the caller as well, all of it: without a limit each level that awaits the next one twice would double
//! code, frame and time to compile (9 levels: 5 s; a chain of 200 functions: 54 s).

use qi_base::{Id, IdVec};
use qi_mir::{Function, FunctionId, Module, Opcode};
use std::collections::HashSet;

/// The cost of a callee beyond which its frame comes from the arena of the task: a call of it is no small part of it.
const MAX_CALLEE: usize = 400;
/// The cost of all of a function's inner frames together.
const MAX_TOTAL: usize = 2000;
/// Each costs this at least: for each frame that it moves into another, LLVM looks at the whole function again.
const MIN: usize = MAX_TOTAL / 32;
/// Of an await, in instructions of MIR.
const AWAIT: usize = 8;

pub struct InnerFrames {
    /// What it costs to have the function's frame in the caller's; none where it cannot be or takes too much.
    costs: IdVec<FunctionId, Option<usize>>,
    /// What functions that promise not to take memory call, with themselves.
    unlimited: HashSet<FunctionId>,
}

impl InnerFrames {
    pub fn new(mir: &Module) -> Self {
        let mut inner = Self { costs: mir.functions.ids().map(|_| None).collect(), unlimited: promised(mir) };
        for id in callees_first(mir) {
            inner.costs[id] = inner.cost(mir, id);
        }
        inner
    }

    fn cost(&self, mir: &Module, id: FunctionId) -> Option<usize> {
        let func = &mir.functions[id];
        // The frames of a recursion are counted in the arena.
        if !func.suspends || func.stack_check {
            return None;
        }
        let own = func.blocks.ids().map(|it| func.block_insts(it).count() + 1).sum::<usize>();
        let awaited = awaited(mir, func).fold((0, 0), |(n, total), it| (n + 1, total + self.costs[it].unwrap_or(0)));
        let cost = own + awaited.0 * AWAIT + awaited.1.min(MAX_TOTAL);
        (cost <= MAX_CALLEE || self.unlimited.contains(&id)).then_some(cost.max(MIN))
    }

    /// Whether `caller`, whose inner frames cost `spent` so far, holds the frame of one more callee.
    pub fn takes(&self, caller: FunctionId, callee: FunctionId, spent: &mut usize) -> bool {
        if self.unlimited.contains(&caller) {
            return true;
        }
        let Some(cost) = self.costs[callee].filter(|it| *spent + it <= MAX_TOTAL) else { return false };
        *spent += cost;
        true
    }
}

/// The functions that `func` awaits, once for each place.
fn awaited<'m>(mir: &'m Module, func: &'m Function) -> impl Iterator<Item = FunctionId> + 'm {
    let insts = func.blocks.ids().flat_map(|it| func.block_insts(it));
    let callees = insts.filter_map(|it| match func.insts[it].opcode {
        Opcode::Call(callee) => Some(callee),
        _ => None,
    });
    callees.filter(|&it| mir.functions[it].suspends)
}

/// All functions, each after those that it awaits; on a cycle of calls one comes first.
fn callees_first(mir: &Module) -> Vec<FunctionId> {
    let mut order = Vec::new();
    let mut seen = vec![false; mir.functions.len()];
    for root in mir.functions.ids() {
        let mut work = vec![(root, false)];
        while let Some((id, is_done)) = work.pop() {
            if is_done {
                order.push(id);
            } else if !std::mem::replace(&mut seen[id.index()], true) {
                work.push((id, true));
                work.extend(awaited(mir, &mir.functions[id]).map(|it| (it, false)));
            }
        }
    }
    order
}

fn promised(mir: &Module) -> HashSet<FunctionId> {
    let mut work: Vec<FunctionId> = mir.functions.iter().filter(|it| it.1.no_alloc).map(|it| it.0).collect();
    let mut found = HashSet::new();
    while let Some(id) = work.pop() {
        if found.insert(id) {
            work.extend(awaited(mir, &mir.functions[id]));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `f0` waits; each of the others awaits the one before twice.
    fn doubling(levels: usize, flags: &str) -> Module {
        let mut text = String::from(
            "fn fn0 \"f0\" \"f0\" plain () -> i64 throws suspends {\nblock0:\n    try call_runtime qi_yield_now -> block1, error block2\n\
             block1(v0: unit):\n    v1: i64 = int 0\n    return v1\nblock2(v2: error):\n    throw v2\n}\n",
        );
        for n in 1..levels {
            let before = n - 1;
            text += &format!(
                "fn fn{n} \"f{n}\" \"f{n}\" plain () -> i64 throws suspends{flags} {{\nblock0:\n    try call fn{before} -> block1, error block3\n\
                 block1(v0: i64):\n    try call fn{before} -> block2, error block3\nblock2(v1: i64):\n    return v1\n\
                 block3(v2: error):\n    throw v2\n}}\n"
            );
        }
        qi_mir::parse::parse(&text).expect("well formed")
    }

    /// Of each function: whether its caller holds both of its frames, when it awaits nothing else.
    fn taken(mir: &Module) -> Vec<bool> {
        let inner = InnerFrames::new(mir);
        let ids: Vec<FunctionId> = mir.functions.ids().collect();
        let calls = ids.windows(2).map(|it| {
            let mut spent = 0;
            inner.takes(it[1], it[0], &mut spent) && inner.takes(it[1], it[0], &mut spent)
        });
        calls.collect()
    }

    #[test]
    fn frames_that_double_have_a_limit() {
        let taken = taken(&doubling(40, ""));
        assert!(taken[..3].iter().all(|&it| it), "the first levels are small: {taken:?}");
        let mut since = 0;
        for (level, &is_taken) in taken.iter().enumerate() {
            since = if is_taken { since + 1 } else { 0 };
            assert!(since < 8, "level {level} holds 256 frames");
        }
    }

    #[test]
    fn who_promises_to_take_no_memory_has_no_limit() {
        assert!(taken(&doubling(12, " no_alloc")).iter().all(|&it| it));
    }

    #[test]
    fn recursion_is_counted() {
        let mut mir = doubling(3, "");
        let first = mir.functions.ids().next().expect("three functions");
        mir.functions[first].stack_check = true;
        assert_eq!(taken(&mir), [false, true]);
    }
}
