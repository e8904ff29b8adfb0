//! Reference counts: `insert` makes them explicit, `elide` drops those that cancel out, `cleanups` shares those of error
//! edges, `check` proves the result.

pub mod check;
pub mod cleanups;
pub mod elide;
pub mod insert;
mod last_loads;
mod lives;
mod slots;

use qi_base::IdVec;
use qi_mir::opcode::CalleeFacts;
use qi_mir::{Function, FunctionId, Module, Own, Types};

/// How every function takes its parameters, so that one function can be rewritten while the others are asked.
pub struct ParamOwns(IdVec<FunctionId, Vec<Own>>);

impl ParamOwns {
    pub fn new(module: &Module) -> Self {
        Self(module.functions.values().map(|it| it.params.iter().map(|param| param.own).collect()).collect())
    }
}

impl CalleeFacts for ParamOwns {
    fn function_param(&self, function: FunctionId, index: usize) -> Own {
        self.0[function][index]
    }
}

/// Runs a pass that needs types and callee facts on every function.
pub fn for_each(module: &mut Module, mut pass: impl FnMut(&Types, &ParamOwns, &mut Function)) {
    let facts = ParamOwns::new(module);
    for id in module.functions.ids() {
        pass(&module.types, &facts, &mut module.functions[id]);
    }
}
