//! Known closures: a call of a closure made in the same function becomes a direct call, and a function that is given a
//! known closure is cloned for it, so that 映射, 过滤, 归约 with literal closures become loops and a closure that sleeps
//! colours nobody else.
//!
//! Clones are shared per (function, closure bodies) and bounded in number and size. In a clone the closure parameter is
//! replaced by its environment, from which the entry makes the closure again; if every call of it became direct, that
//! dies. Does not look into closures kept in structs or arrays.
//!
//! ```text
//! v1: closure<sig0> = closure_new fn1 v0          v3: i64 = call fn3 v0, v2      (fn3: fn2 with fn1 known)
//! v3: i64 = call fn2 v1, v2                 =>
//! ```

use crate::graph::definitions;
use qi_mir::{Function, FunctionId, FunctionKind, Inst, InstId, Module, Opcode, Own, Param, TypeKind, Value};
use rustc_hash::FxHashMap;

const MAX_CLONES: usize = 2000;
const MAX_CLONED_SIZE: usize = 600;

/// Clones made so far.
#[derive(Default)]
pub(crate) struct Specializer {
    /// Closure bodies as functions that can be called directly.
    twins: FxHashMap<FunctionId, FunctionId>,
    clones: FxHashMap<(FunctionId, Vec<Option<FunctionId>>), FunctionId>,
}

/// What one function asked for.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) changed: bool,
    /// Functions that did not exist before.
    pub(crate) new: Vec<FunctionId>,
}

impl Specializer {
    /// Makes calls of known closures direct, and calls with known closures calls of clones. `id` names `func` itself,
    /// which is out of the module meanwhile.
    pub(crate) fn run(&mut self, module: &mut Module, func: &mut Function) -> Outcome {
        let mut outcome = Outcome::default();
        let blocks: Vec<_> = func.blocks.ids().collect();
        let mut known = Known::new(func);
        for block in blocks {
            let insts: Vec<InstId> = func.block_insts(block).collect();
            for (position, inst) in insts.into_iter().enumerate() {
                let changed = match func.insts[inst].opcode.clone() {
                    Opcode::CallClosure => self.direct(module, func, &mut known, block, position, inst, &mut outcome),
                    Opcode::Call(body) if module.functions[body].kind == FunctionKind::Closure => {
                        func.insts[inst].opcode = Opcode::Call(self.twin(module, body, &mut outcome));
                        true
                    }
                    Opcode::Call(callee) | Opcode::GeneratorNew(callee) => {
                        self.clone_for(module, func, &known, inst, callee, &mut outcome)
                    }
                    _ => false,
                };
                outcome.changed |= changed;
            }
            known.place_units(func, block);
        }
        outcome
    }

    #[expect(clippy::too_many_arguments, reason = "one call site, all of it context")]
    fn direct(
        &mut self,
        module: &mut Module,
        func: &mut Function,
        known: &mut Known,
        block: qi_mir::BlockId,
        position: usize,
        inst: InstId,
        outcome: &mut Outcome,
    ) -> bool {
        let Some((body, env)) = known.closure(func, func.insts[inst].args[0]) else { return false };
        let twin = self.twin(module, body, outcome);
        let env_type = module.functions[body].params[0].ty;
        let env = env.unwrap_or_else(|| known.unit(func, block, position, env_type));
        func.insts[inst].args[0] = env;
        func.insts[inst].opcode = Opcode::Call(twin);
        true
    }

    /// The body of a closure as a plain function: it need not follow the convention of indirect calls, and may be inlined.
    fn twin(&mut self, module: &mut Module, body: FunctionId, outcome: &mut Outcome) -> FunctionId {
        if let Some(&twin) = self.twins.get(&body) {
            return twin;
        }
        let mut func = module.functions[body].clone();
        func.kind = FunctionKind::Plain;
        func.symbol = format!("{}$direct", func.symbol);
        let twin = module.functions.push(func);
        self.twins.insert(body, twin);
        outcome.new.push(twin);
        twin
    }

    fn clone_for(
        &mut self,
        module: &mut Module,
        func: &mut Function,
        known: &Known,
        inst: InstId,
        callee: FunctionId,
        outcome: &mut Outcome,
    ) -> bool {
        let closures: Vec<Option<(FunctionId, Option<Value>)>> =
            func.insts[inst].args.iter().map(|arg| known.closure(func, *arg)).collect();
        if closures.iter().all(Option::is_none) || !worthwhile(module, callee, &closures) {
            return false;
        }
        let bodies: Vec<Option<FunctionId>> = closures.iter().map(|it| it.map(|it| it.0)).collect();
        let key = (callee, bodies);
        let clone = match self.clones.get(&key) {
            Some(&clone) => clone,
            None if self.clones.len() >= MAX_CLONES => return false,
            None => {
                let clone = specialized(module, callee, &key.1, self.clones.len());
                let clone = module.functions.push(clone);
                self.clones.insert(key, clone);
                outcome.new.push(clone);
                clone
            }
        };
        let it = &mut func.insts[inst];
        it.opcode = match it.opcode {
            Opcode::GeneratorNew(_) => Opcode::GeneratorNew(clone),
            _ => Opcode::Call(clone),
        };
        let args = it.args.iter().zip(&closures);
        it.args = args.filter_map(|(arg, closure)| closure.map_or(Some(*arg), |(_, env)| env)).collect();
        true
    }
}

/// Whether the callee calls one of the closures, or hands it to a function that might.
fn worthwhile(module: &Module, callee: FunctionId, closures: &[Option<(FunctionId, Option<Value>)>]) -> bool {
    let Some(callee) = module.functions.get(callee) else { return false };
    let params = &callee.blocks[callee.entry].params;
    if callee.insts.len() > MAX_CLONED_SIZE || params.len() != closures.len() {
        return false;
    }
    let interesting =
        |value: Value| params.iter().zip(closures).any(|(param, closure)| *param == value && closure.is_some());
    callee.insts.values().any(|inst| match inst.opcode {
        Opcode::CallClosure => interesting(inst.args[0]),
        Opcode::Call(_) | Opcode::GeneratorNew(_) => inst.args.iter().any(|arg| interesting(*arg)),
        _ => false,
    })
}

/// The callee with closure parameters replaced by environments.
fn specialized(module: &Module, callee: FunctionId, bodies: &[Option<FunctionId>], number: usize) -> Function {
    let mut func = module.functions[callee].clone();
    func.symbol = format!("{}$known{number}", func.symbol);
    func.export = None;
    let old = std::mem::take(&mut func.params);
    let values = std::mem::take(&mut func.blocks[func.entry].params);
    let mut made = Vec::new();
    for ((param, value), body) in old.into_iter().zip(values).zip(bodies) {
        let Some(body) = body else {
            func.params.push(param);
            func.blocks[func.entry].params.push(value);
            continue;
        };
        let env = &module.functions[*body].params[0];
        let mut args = Vec::new();
        if *module.types.kind(env.ty) != TypeKind::Unit {
            let own = if param.own == Own::Consume { Own::Consume } else { Own::Borrow };
            func.params.push(Param { ty: env.ty, own, name: param.name });
            let entry = func.entry;
            args.push(func.add_block_param(entry, env.ty));
        }
        made.push(func.insts.push(Inst { opcode: Opcode::ClosureNew(*body), args, result: Some(value), site: None }));
    }
    func.blocks[func.entry].insts.splice(0..0, made);
    func
}

/// Closures whose code is known, by the instruction that makes them.
struct Known {
    definitions: qi_base::IdVec<Value, Option<InstId>>,
    /// Environments of closures without captures, to be put into the block before the instruction at the position.
    units: Vec<(usize, InstId)>,
}

impl Known {
    fn new(func: &Function) -> Self {
        Self { definitions: definitions(func), units: Vec::new() }
    }

    fn closure(&self, func: &Function, value: Value) -> Option<(FunctionId, Option<Value>)> {
        let inst = &func.insts[self.definitions.get(value).copied().flatten()?];
        match inst.opcode {
            Opcode::ClosureNew(body) => Some((body, inst.args.first().copied())),
            _ => None,
        }
    }

    fn unit(&mut self, func: &mut Function, block: qi_mir::BlockId, position: usize, ty: qi_mir::Type) -> Value {
        debug_assert!(position <= func.blocks[block].insts.len(), "the position is in the block");
        let value = func.new_value(ty);
        self.units.push((position, crate::graph::new_inst(func, Opcode::Unit, Vec::new(), Some(value))));
        value
    }

    fn place_units(&mut self, func: &mut Function, block: qi_mir::BlockId) {
        for (position, inst) in self.units.drain(..).rev() {
            func.blocks[block].insts.insert(position, inst);
        }
    }
}
