//! Proves for functions marked `no_alloc` that they and what they call take no heap memory, or says why they may. Reads
//! the module as the pipeline left it at O2 and changes nothing.
//!
//! Counted is what can happen on the way to a normal end: blocks that only lead to a `throw`, and what follows an error
//! edge, are not. A callee that suspends keeps its frame in its caller's, except a recursive one. Cost: a fixpoint over
//! the call graph, callees first.
//!
//! ```text
//! fn fn0 no_alloc { v1: i64 = call fn1 … }    fn fn1 { v2: box<…> = box_new v1 }   =>   fn0: call of fn1: Box
//! ```

use crate::call_graph::CallGraph;
use crate::effects::structural::{Part, Structural};
use qi_base::IdVec;
use qi_mir::allocates::{Allocates, Memory, allocates};
use qi_mir::{BlockId, Function, FunctionId, Inst, Module, Opcode, SiteId, Terminator};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    Memory(Memory),
    /// A call of this function, which allocates.
    Callee(FunctionId),
    /// The frame of a recursive function that suspends.
    Frame(FunctionId),
    /// A call whose callee is not known.
    Indirect,
    /// Walking nested values needs a work list.
    Walk,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cause {
    pub site: Option<SiteId>,
    pub reason: Reason,
}

/// A marked function that may allocate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    pub function: FunctionId,
    /// From the marked function to the allocation, one step per call.
    pub path: Vec<Cause>,
}

/// One finding per marked function that may allocate, in the order of functions.
pub fn check(module: &Module) -> Vec<Finding> {
    let marked: Vec<FunctionId> = module.functions.iter().filter(|it| it.1.no_alloc).map(|it| it.0).collect();
    if marked.is_empty() {
        return Vec::new();
    }
    let causes = solve(module);
    let findings = marked.into_iter().filter(|&id| causes[id].is_some());
    findings.map(|function| Finding { function, path: path(&causes, function) }).collect()
}

type Causes = IdVec<FunctionId, Option<Cause>>;

fn solve(module: &Module) -> Causes {
    let graph = CallGraph::new(module);
    let mut causes: Causes = module.functions.ids().map(|_| None).collect();
    loop {
        let mut changed = false;
        for &id in &graph.bottom_up {
            if causes[id].is_none() {
                causes[id] = first_cause(module, &graph, &causes, &module.functions[id]);
                changed |= causes[id].is_some();
            }
        }
        if !changed {
            return causes;
        }
    }
}

/// Each step was found after the one it leads to, so the path ends.
fn path(causes: &Causes, from: FunctionId) -> Vec<Cause> {
    let mut path: Vec<Cause> = causes[from].into_iter().collect();
    while let Some(Cause { reason: Reason::Callee(callee), .. }) = path.last()
        && let Some(next) = causes[*callee]
    {
        path.push(next);
    }
    path
}

fn first_cause(module: &Module, graph: &CallGraph, causes: &Causes, func: &Function) -> Option<Cause> {
    let counted = counted(func);
    let blocks = func.blocks.ids().filter(|&block| counted[block]);
    let mut insts = blocks.flat_map(|block| func.block_insts(block)).map(|inst| &func.insts[inst]);
    insts.find_map(|inst| reason(module, graph, causes, func, inst).map(|reason| Cause { site: inst.site, reason }))
}

fn reason(module: &Module, graph: &CallGraph, causes: &Causes, func: &Function, inst: &Inst) -> Option<Reason> {
    match allocates(inst) {
        Allocates::Never => None,
        Allocates::May(memory) => Some(Reason::Memory(memory)),
        Allocates::AsCallee => match inst.opcode {
            Opcode::Call(callee) if module.functions[callee].suspends && graph.recursive[callee] => {
                Some(Reason::Frame(callee))
            }
            Opcode::Call(callee) => causes[callee].map(|_| Reason::Callee(callee)),
            _ => Some(Reason::Indirect),
        },
        Allocates::AsType => {
            let parts = Structural::new(module, &inst.opcode).parts(func.values[inst.args[0]]);
            parts.into_iter().find_map(|part| match part {
                Part::Override(function) => causes[function].map(|_| Reason::Callee(function)),
                Part::Unknown => Some(Reason::Indirect),
                Part::Nested => Some(Reason::Walk),
            })
        }
    }
}

/// Blocks on the way from the entry to a normal end (or round a loop), without error edges.
fn counted(func: &Function) -> IdVec<BlockId, bool> {
    let doomed = doomed(func);
    let mut counted: IdVec<BlockId, bool> = func.blocks.ids().map(|_| false).collect();
    let mut work = vec![func.entry];
    while let Some(block) = work.pop() {
        if !doomed[block] && !std::mem::replace(&mut counted[block], true) {
            work.extend(normal_targets(&func.blocks[block].terminator));
        }
    }
    counted
}

/// Blocks from which every normal way ends in a `throw`.
fn doomed(func: &Function) -> IdVec<BlockId, bool> {
    let mut doomed: IdVec<BlockId, bool> = func.blocks.ids().map(|_| false).collect();
    loop {
        let mut changed = false;
        for block in func.blocks.ids().filter(|&it| !doomed[it]).collect::<Vec<_>>() {
            let terminator = &func.blocks[block].terminator;
            let ends = match terminator {
                Terminator::Throw(_) | Terminator::Unreachable => true,
                Terminator::Return(_) => false,
                _ => normal_targets(terminator).into_iter().all(|it| doomed[it]),
            };
            doomed[block] = ends;
            changed |= ends;
        }
        if !changed {
            return doomed;
        }
    }
}

fn normal_targets(terminator: &Terminator) -> Vec<BlockId> {
    match terminator {
        Terminator::Try { normal, .. } => vec![normal.block],
        other => other.targets().into_iter().map(|it| it.block).collect(),
    }
}
