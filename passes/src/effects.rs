//! Who throws, who suspends: a least fixpoint over the whole module, then every `try` that needs none becomes a jump.
//!
//! A function throws when a `throw` is reachable without taking error edges of operations that cannot throw; it suspends
//! when a reachable operation does. Suspending includes throwing, because every suspension may be cancelled. Indirect
//! calls go by class: closures by signature, methods by trait and index, generators by item and sent type
//! (`Module::suspending_*`); they always may throw. A function on every cycle of calls watches the stack and so throws. Cost: each function is looked at once more per change of a callee.
//!
//! ```text
//! try call fn1 v0 -> block1, error block2        v1: i64 = call fn1 v0
//!                                          =>    jump block1(v1)              (fn1 proved harmless)
//! ```

mod recursion;
pub(crate) mod structural;

use crate::call_graph::CallGraph;
use qi_base::IdVec;
use qi_mir::opcode::Throws;
use qi_mir::{
    Arith, BlockCall, BlockId, Function, FunctionId, FunctionKind, Inst, Module, Opcode, Terminator, Type, TypeKind,
};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
pub use structural::overrides;
use structural::{Part, Structural};

/// Sets `throws` and `suspends` of every function and the module's classes, and drops useless `try`s.
pub fn run(module: &mut Module) {
    let callers = Callers::new(module);
    for id in module.functions.ids() {
        module.functions[id].stack_check = false;
        module.functions[id].throws = false;
        module.functions[id].suspends = false;
    }
    module.suspending_signatures.clear();
    module.suspending_methods.clear();
    module.suspending_generators.clear();
    for id in recursion::stack_checks(module) {
        module.functions[id].stack_check = true;
    }
    solve(module, &callers);
    for id in module.functions.ids() {
        plain_tries(module, id);
    }
}

/// Whether the operation that ends the block may throw, given what is known so far.
fn try_may_throw(module: &Module, func: &Function, block: BlockId, inst: &Inst) -> bool {
    may_throw(module, func, inst) && !divides_by_a_constant(func, block, inst)
}

/// `甲 % 7`: neither zero nor the -1 that the least number cannot be divided by. Sees only constants of the same block, where
/// a literal stands; `simplify` knows more, but does not run in unoptimised builds.
fn divides_by_a_constant(func: &Function, block: BlockId, inst: &Inst) -> bool {
    let Opcode::Int2(Arith::Div | Arith::Rem, _) = inst.opcode else { return false };
    func.block_insts(block).any(|it| {
        let it = &func.insts[it];
        it.result == Some(inst.args[1]) && matches!(it.opcode, Opcode::Int(value) if value != 0 && value != -1)
    })
}

/// Whether the operation may throw, given what is known so far. Suspending operations may.
fn may_throw(module: &Module, func: &Function, inst: &Inst) -> bool {
    let arg = |index: usize| func.values[inst.args[index]];
    match inst.opcode.throws() {
        Throws::Never => false,
        Throws::May => match inst.opcode {
            Opcode::Equal | Opcode::Order | Opcode::Hash | Opcode::Text => {
                Structural::new(module, &inst.opcode).parts(arg(0)).into_iter().any(|part| match part {
                    Part::Override(function) => module.functions[function].throws,
                    Part::Unknown => true,
                    Part::Nested => false,
                })
            }
            _ => true,
        },
        Throws::AsCallee => match inst.opcode {
            Opcode::Call(callee) => module.functions[callee].throws || module.functions[callee].suspends,
            Opcode::CallExtern(_) => module.inst_suspends(&inst.opcode, arg),
            _ => true,
        },
    }
}

/// Who must be looked at again when a function changes.
struct Callers {
    direct: IdVec<FunctionId, Vec<FunctionId>>,
    /// Functions with indirect calls or with operations that may call overrides.
    indirect: Vec<FunctionId>,
    overrides: FxHashSet<FunctionId>,
}

impl Callers {
    fn new(module: &Module) -> Self {
        let mut direct: IdVec<FunctionId, Vec<FunctionId>> = module.functions.ids().map(|_| Vec::new()).collect();
        let mut indirect = Vec::new();
        for (id, func) in module.functions.iter() {
            let mut has_indirect = false;
            for block in func.blocks.ids() {
                for inst in func.block_insts(block) {
                    match func.insts[inst].opcode {
                        Opcode::Call(callee) => direct[callee].push(id),
                        Opcode::CallClosure
                        | Opcode::CallDynamic { .. }
                        | Opcode::GeneratorNext
                        | Opcode::Equal
                        | Opcode::Order
                        | Opcode::Hash
                        | Opcode::Text => has_indirect = true,
                        _ => {}
                    }
                }
            }
            if has_indirect {
                indirect.push(id);
            }
        }
        Self { direct, indirect, overrides: structural::overrides(module).collect() }
    }
}

fn solve(module: &mut Module, callers: &Callers) {
    let classes = Classes::new(module);
    let mut queued: IdVec<FunctionId, bool> = module.functions.ids().map(|_| true).collect();
    // Callees first: any order is right, this one looks at few functions twice.
    let mut work: Vec<FunctionId> = CallGraph::new(module).bottom_up;
    work.reverse();
    while let Some(id) = work.pop() {
        queued[id] = false;
        let (throws, suspends) = effects_of(module, id);
        let func = &mut module.functions[id];
        if func.throws == throws && func.suspends == suspends {
            continue;
        }
        let newly_suspends = suspends && !func.suspends;
        func.throws = throws;
        func.suspends = suspends;
        let indirect = (newly_suspends && classes.mark(module, id)) || callers.overrides.contains(&id);
        let again = callers.direct[id].iter().chain(if indirect { callers.indirect.as_slice() } else { &[] });
        for &caller in again {
            if !std::mem::replace(&mut queued[caller], true) {
                work.push(caller);
            }
        }
    }
}

/// (throws, suspends) of one function under the current assumptions.
fn effects_of(module: &Module, id: FunctionId) -> (bool, bool) {
    let func = &module.functions[id];
    let (mut throws, mut suspends) = (func.stack_check, false);
    let mut seen: IdVec<BlockId, bool> = func.blocks.ids().map(|_| false).collect();
    let mut work = vec![func.entry];
    seen[func.entry] = true;
    while let Some(block) = work.pop() {
        let terminator = &func.blocks[block].terminator;
        throws |= matches!(terminator, Terminator::Throw(_));
        for inst in func.block_insts(block) {
            let inst = &func.insts[inst];
            suspends |= module.inst_suspends(&inst.opcode, |index| func.values[inst.args[index]]);
        }
        for target in feasible_targets(module, func, block) {
            if !std::mem::replace(&mut seen[target], true) {
                work.push(target);
            }
        }
    }
    (throws || suspends, suspends)
}

fn feasible_targets(module: &Module, func: &Function, block: BlockId) -> Vec<BlockId> {
    match &func.blocks[block].terminator {
        Terminator::Try { inst, normal, .. } if !try_may_throw(module, func, block, &func.insts[*inst]) => {
            vec![normal.block]
        }
        other => other.targets().into_iter().map(|target| target.block).collect(),
    }
}

/// Through which indirect calls each function may be reached.
struct Classes {
    signatures: IdVec<FunctionId, BTreeSet<qi_mir::SignatureId>>,
    methods: IdVec<FunctionId, BTreeSet<(String, u32)>>,
}

impl Classes {
    fn new(module: &Module) -> Self {
        let mut signatures: IdVec<FunctionId, BTreeSet<_>> = module.functions.ids().map(|_| BTreeSet::new()).collect();
        let mut methods: IdVec<FunctionId, BTreeSet<_>> = module.functions.ids().map(|_| BTreeSet::new()).collect();
        for func in module.functions.values() {
            for inst in func.insts.values() {
                if let (Opcode::ClosureNew(body), Some(result)) = (&inst.opcode, inst.result)
                    && let TypeKind::Closure(signature) = module.types.kind(func.values[result])
                {
                    signatures[*body].insert(*signature);
                }
            }
        }
        for vtable in module.vtables.values() {
            for (index, method) in vtable.methods.iter().enumerate() {
                methods[*method].insert((vtable.trait_name.clone(), u32::try_from(index).expect("few methods")));
            }
        }
        Self { signatures, methods }
    }

    /// The function turned out to suspend; says whether some class is new.
    fn mark(&self, module: &mut Module, id: FunctionId) -> bool {
        let mut new = false;
        for signature in &self.signatures[id] {
            new |= module.suspending_signatures.insert(*signature);
        }
        for method in &self.methods[id] {
            new |= module.suspending_methods.insert(method.clone());
        }
        if let FunctionKind::Generator { item, sent } = module.functions[id].kind {
            new |= module.suspending_generators.insert((item, sent));
        }
        new
    }
}

fn plain_tries(module: &mut Module, id: FunctionId) {
    let unit = module.types.unit();
    for block in module.functions[id].blocks.ids() {
        let func = &module.functions[id];
        let Terminator::Try { inst, normal, .. } = &func.blocks[block].terminator else { continue };
        let (inst, normal) = (*inst, normal.clone());
        if !try_may_throw(module, func, block, &func.insts[inst]) {
            make_plain(&mut module.functions[id], block, inst, normal, unit);
        }
    }
}

/// Turns the block's `try` into its operation and a jump.
pub(crate) fn make_plain(func: &mut Function, block: BlockId, inst: qi_mir::InstId, normal: BlockCall, unit: Type) {
    let ty = func.values[func.blocks[normal.block].params[0]];
    func.blocks[block].insts.push(inst);
    let result = if has_result(&func.insts[inst].opcode) {
        let value = func.new_value(ty);
        func.insts[inst].result = Some(value);
        value
    } else {
        func.append(block, Opcode::Unit, Vec::new(), Some(unit), None).expect("unit is a result")
    };
    let mut args = vec![result];
    args.extend(normal.args);
    func.blocks[block].terminator = Terminator::Jump(BlockCall { block: normal.block, args });
}

fn has_result(opcode: &Opcode) -> bool {
    !matches!(
        opcode,
        Opcode::Store | Opcode::Init | Opcode::Clear | Opcode::ArrayPush | Opcode::Retain | Opcode::Release
    )
}
