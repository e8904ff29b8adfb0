//! Inlines small functions into their callers, callees first: accessors, closures known at the call, and callees that
//! suspend (their frames disappear). Recursive functions stay. Between rounds the caller is simplified, so that closures
//! that came in with a callee are known in the next round ([`crate::specialize`]).
//!
//! Sites stay right: what is inlined keeps its own, and errors that leave it get the call's site added. LLVM inlines
//! plain functions well by itself; this pass stops early and leaves that to it.
//!
//! ```text
//! try call fn0 v0 @site1 -> block1, error block2        try add v0, v0 @site0 -> block1, error block3
//!                                                 =>    block3(v3: error):
//!                                                           v4: unit = call_runtime qi_error_trace v3 @site1
//!                                                           jump block2(v3)
//! ```

pub(crate) mod places;
pub(crate) mod splice;

use crate::call_graph::CallGraph;
use crate::specialize::Specializer;
use crate::{promote, simplify};
use places::InlinedSites;
use qi_base::IdVec;
use qi_mir::{BlockId, Function, FunctionId, FunctionKind, InstId, Module, Opcode, Terminator};
use splice::{Place, splice};

/// Sizes count instructions and blocks.
const SMALL: usize = 25;
const SUSPENDING: usize = 80;
const ONLY_CALL: usize = 250;
/// Of a function that steps a generator which the caller makes.
const CONSUMER: usize = 200;
const MAX_CALLER: usize = 4000;
const ROUNDS: usize = 4;
const MAX_DEPTH: usize = 12;

pub fn run(module: &mut Module) {
    let graph = CallGraph::new(module);
    let mut inliner = Inliner {
        recursive: graph.recursive,
        calls: call_counts(module),
        specializer: Specializer::default(),
        sites: InlinedSites::default(),
    };
    for id in graph.bottom_up {
        inliner.function(module, id, 0);
    }
}

struct Inliner {
    recursive: IdVec<FunctionId, bool>,
    /// How often each function is named.
    calls: IdVec<FunctionId, u32>,
    specializer: Specializer,
    sites: InlinedSites,
}

fn call_counts(module: &Module) -> IdVec<FunctionId, u32> {
    let mut counts: IdVec<FunctionId, u32> = module.functions.ids().map(|_| 0).collect();
    for func in module.functions.values() {
        for block in func.blocks.ids() {
            for inst in func.block_insts(block) {
                if let Some(callee) = crate::call_graph::named(&func.insts[inst].opcode) {
                    counts[callee] += 1;
                }
            }
        }
    }
    counts
}

pub(crate) fn size(func: &Function) -> usize {
    func.insts.len() + func.blocks.len()
}

impl Inliner {
    fn function(&mut self, module: &mut Module, id: FunctionId, depth: usize) {
        for _ in 0..ROUNDS {
            let mut func = module.functions[id].clone();
            promote::promote(&module.types, &mut func);
            simplify::simplify(&module.types, &mut func);
            let outcome = self.specializer.run(module, &mut func);
            module.functions[id] = func;
            self.adopt(module, &outcome.new, depth);
            let inlined = self.inline_calls(module, id);
            if !inlined && !outcome.changed {
                break;
            }
        }
        let func = &mut module.functions[id];
        promote::promote(&module.types, func);
        simplify::simplify(&module.types, func);
    }

    /// New functions become known and are handled before their caller goes on.
    fn adopt(&mut self, module: &mut Module, new: &[FunctionId], depth: usize) {
        for &id in new {
            self.recursive.ensure(id);
            self.calls.ensure(id);
            self.calls[id] = 1;
        }
        for &id in new {
            if depth < MAX_DEPTH {
                self.function(module, id, depth + 1);
            }
            self.recursive[id] = depth >= MAX_DEPTH;
        }
    }

    fn inline_calls(&mut self, module: &mut Module, id: FunctionId) -> bool {
        let mut func = module.functions[id].clone();
        let mut changed = false;
        let mut work: Vec<BlockId> = func.blocks.ids().rev().collect();
        while let Some(block) = work.pop() {
            if size(&func) > MAX_CALLER {
                break;
            }
            if let Some((place, callee)) = self.candidate(module, id, &func, block) {
                let first = func.insts.next_id();
                let call = func.insts[called(&func, block, place)].site;
                let callee = &module.functions[callee];
                let rest = splice(&module.types, &mut func, block, place, callee);
                if callee.suspends {
                    self.sites.mark(&mut module.sites, &mut func, first, call);
                }
                if matches!(place, Place::Plain(_)) {
                    work.push(rest);
                }
                changed = true;
            }
        }
        if changed {
            module.functions[id] = func;
        }
        changed
    }

    /// The first call of the block to be inlined.
    fn candidate(
        &self,
        module: &Module,
        id: FunctionId,
        func: &Function,
        block: BlockId,
    ) -> Option<(Place, FunctionId)> {
        let callee = |inst: InstId| match func.insts[inst].opcode {
            Opcode::Call(callee) if callee != id && self.wants(module, callee, || gives_generator(func, inst)) => {
                Some(callee)
            }
            _ => None,
        };
        let insts = func.blocks[block].insts.iter().enumerate();
        let plain = insts.filter_map(|(index, inst)| callee(*inst).map(|callee| (Place::Plain(index), callee))).next();
        plain.or_else(|| match func.blocks[block].terminator {
            Terminator::Try { inst, .. } => callee(inst).map(|callee| (Place::Try, callee)),
            _ => None,
        })
    }

    fn wants(&self, module: &Module, id: FunctionId, gives_generator: impl FnOnce() -> bool) -> bool {
        let callee = &module.functions[id];
        if self.recursive[id] || callee.kind != FunctionKind::Plain || calls_itself(callee, id) {
            return false;
        }
        let size = size(callee);
        size <= SMALL
            || (callee.suspends && size <= SUSPENDING)
            || (self.calls[id] <= 1 && callee.export.is_none() && size <= ONLY_CALL)
            || (size <= CONSUMER && steps_generator(callee) && gives_generator())
    }
}

fn called(func: &Function, block: BlockId, place: Place) -> InstId {
    match (place, &func.blocks[block].terminator) {
        (Place::Plain(index), _) => func.blocks[block].insts[index],
        (Place::Try, Terminator::Try { inst, .. }) => *inst,
        (Place::Try, other) => qi_base::bug!("{other:?} is no try"),
    }
}

fn calls_itself(func: &Function, id: FunctionId) -> bool {
    func.insts.values().any(|inst| inst.opcode == Opcode::Call(id))
}

fn steps_generator(func: &Function) -> bool {
    func.insts.values().any(|inst| inst.opcode == Opcode::GeneratorNext)
}

/// Whether an argument is a generator made in the caller.
fn gives_generator(func: &Function, call: InstId) -> bool {
    let args = &func.insts[call].args;
    let made = func.insts.values().filter(|inst| matches!(inst.opcode, Opcode::GeneratorNew(_)));
    made.filter_map(|inst| inst.result).any(|result| args.contains(&result))
}
