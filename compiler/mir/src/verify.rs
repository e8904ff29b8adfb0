//! Well-formedness: ids exist, every value is defined once and dominates its uses, edges fit their blocks, operands have
//! the types their operation wants, what may throw stands in a `try`. Says nothing about ownership (`arc::check` does).

mod module;
mod typing;

use crate::analysis::{Cfg, Dominators};
use crate::{BlockCall, BlockId, Function, FunctionId, Module, Opcode, Phase, Terminator, Type, TypeKind, Value};
use qi_base::{Id, IdVec};
use std::fmt;

/// The first thing that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Malformed {
    pub function: Option<FunctionId>,
    pub block: Option<BlockId>,
    pub message: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(function) = self.function {
            write!(f, "{function}: ")?;
        }
        if let Some(block) = self.block {
            write!(f, "{block}: ")?;
        }
        f.write_str(&self.message)
    }
}

/// Checks the whole module.
pub fn verify(module: &Module) -> Result<(), Malformed> {
    module::check(module).map_err(|message| Malformed { function: None, block: None, message })?;
    for id in module.functions.ids() {
        verify_function(module, id)?;
    }
    Ok(())
}

/// Checks one function of a module whose tables are sound.
pub fn verify_function(module: &Module, id: FunctionId) -> Result<(), Malformed> {
    let func = &module.functions[id];
    let at = |block: Option<BlockId>| {
        move |message: String| Malformed { function: Some(id), block, message: format!("{message} ({})", func.name) }
    };
    check_ids(module, func).map_err(at(None))?;
    let cfg = Cfg::new(func);
    check_entry(func, &cfg).map_err(at(None))?;
    let definitions = Definitions::new(func, &cfg).map_err(at(None))?;
    let dominators = Dominators::new(func, &cfg);
    for block in cfg.reverse_postorder() {
        definitions.check_uses(func, &dominators, block).map_err(at(Some(block)))?;
        check_block(module, func, block).map_err(at(Some(block)))?;
    }
    Ok(())
}

type Checked = Result<(), String>;

fn ensure(holds: bool, message: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(message()) }
}

/// Everything below may index without asking.
fn check_ids(module: &Module, func: &Function) -> Checked {
    let exists = |id: usize, len: usize, what: &dyn fmt::Display| ensure(id < len, || format!("{what} does not exist"));
    exists(func.entry.index(), func.blocks.len(), &func.entry)?;
    for block in func.blocks.ids() {
        for value in &func.blocks[block].params {
            exists(value.index(), func.values.len(), value)?;
        }
        for inst in func.block_insts(block) {
            exists(inst.index(), func.insts.len(), &inst)?;
            if let Some(result) = func.insts[inst].result {
                exists(result.index(), func.values.len(), &result)?;
            }
            if let Some(site) = func.insts[inst].site {
                exists(site.index(), module.sites.len(), &site)?;
            }
            typing::check_ids(module, func, &func.insts[inst].opcode)?;
        }
        let mut missing = None;
        func.visit_uses(block, |value| {
            if value.index() >= func.values.len() {
                missing = Some(value);
            }
        });
        ensure(missing.is_none(), || format!("{} does not exist", missing.expect("just found")))?;
        for target in func.blocks[block].terminator.targets() {
            exists(target.block.index(), func.blocks.len(), &target.block)?;
        }
    }
    Ok(())
}

fn check_entry(func: &Function, cfg: &Cfg) -> Checked {
    let params = &func.blocks[func.entry].params;
    ensure(cfg.preds[func.entry].is_empty(), || "the entry block has a predecessor".to_owned())?;
    let fits = params.len() == func.params.len()
        && params.iter().zip(&func.params).all(|(value, param)| func.values[*value] == param.ty);
    ensure(fits, || "the entry block's parameters are not the function's".to_owned())
}

/// Where each value is defined: block, and position in it (0 for parameters).
struct Definitions {
    of: IdVec<Value, Option<(BlockId, usize)>>,
}

impl Definitions {
    fn new(func: &Function, cfg: &Cfg) -> Result<Self, String> {
        let mut of: IdVec<Value, Option<(BlockId, usize)>> = func.values.ids().map(|_| None).collect();
        for block in cfg.reverse_postorder() {
            let params = func.blocks[block].params.iter().map(|value| (*value, 0));
            let results = func.block_insts(block).enumerate();
            let results = results.filter_map(|(index, inst)| func.insts[inst].result.map(|value| (value, index + 1)));
            for (value, position) in params.chain(results) {
                let twice = of[value].replace((block, position)).is_some();
                ensure(!twice, || format!("{value} is defined twice"))?;
            }
        }
        Ok(Self { of })
    }

    fn check_uses(&self, func: &Function, dominators: &Dominators, block: BlockId) -> Checked {
        let mut position = 0;
        for inst in func.block_insts(block) {
            position += 1;
            for &value in &func.insts[inst].args {
                self.check_use(dominators, value, block, position)?;
            }
        }
        let mut outcome = Ok(());
        func.blocks[block].terminator.visit_values(|value| {
            if outcome.is_ok() {
                outcome = self.check_use(dominators, value, block, position + 1);
            }
        });
        outcome
    }

    fn check_use(&self, dominators: &Dominators, value: Value, block: BlockId, position: usize) -> Checked {
        let Some((definition, at)) = self.of[value] else {
            return Err(format!("{value} is used but not defined"));
        };
        let before = if definition == block { at < position } else { dominators.dominates(definition, block) };
        ensure(before, || format!("the definition of {value} does not dominate its use"))
    }
}

fn check_block(module: &Module, func: &Function, block: BlockId) -> Checked {
    for &inst in &func.blocks[block].insts {
        let it = &func.insts[inst];
        let owned_only = matches!(it.opcode, Opcode::Retain | Opcode::LoadBorrowed);
        ensure(func.phase == Phase::Owned || !owned_only, || format!("{:?} before ownership is explicit", it.opcode))?;
        ensure(!typing::needs_try(module, func, it), || format!("{:?} may throw and needs a try", it.opcode))?;
        typing::check(module, func, it, it.result.map(|value| func.values[value]))?;
    }
    check_terminator(module, func, &func.blocks[block].terminator)
}

fn check_terminator(module: &Module, func: &Function, terminator: &Terminator) -> Checked {
    let kind = |value: Value| module.types.kind(func.values[value]);
    match terminator {
        Terminator::Return(value) => {
            ensure(func.values[*value] == func.result, || format!("{value} has not the function's result type"))?;
        }
        Terminator::Throw(value) => {
            ensure(*kind(*value) == TypeKind::Error, || format!("{value} is thrown but no error"))?;
        }
        Terminator::Branch { condition, .. } => {
            ensure(*kind(*condition) == TypeKind::Bool, || format!("{condition} is a condition but not bool"))?;
        }
        Terminator::Switch { value, cases, .. } => {
            let scalar = matches!(kind(*value), TypeKind::Int { .. } | TypeKind::Char | TypeKind::Bool);
            ensure(scalar, || format!("{value} is switched on but no integer"))?;
            let mut keys: Vec<i128> = cases.iter().map(|case| case.0).collect();
            keys.sort_unstable();
            ensure(keys.windows(2).all(|pair| pair[0] != pair[1]), || "a switch has equal cases".to_owned())?;
        }
        Terminator::Try { inst, normal, error } => return check_try(module, func, *inst, normal, error),
        Terminator::Jump(_) | Terminator::Unreachable => {}
    }
    terminator.targets().into_iter().try_for_each(|target| check_edge(func, target, None))
}

fn check_try(module: &Module, func: &Function, inst: crate::InstId, normal: &BlockCall, error: &BlockCall) -> Checked {
    let it = &func.insts[inst];
    ensure(it.result.is_none(), || "the operation of a try has a result of its own".to_owned())?;
    ensure(!matches!(it.opcode, Opcode::Retain | Opcode::Release), || format!("{:?} in a try", it.opcode))?;
    let first = |target: &BlockCall| func.blocks[target.block].params.first().map(|value| func.values[*value]);
    let result = first(normal).ok_or_else(|| format!("{} takes no result", normal.block))?;
    typing::check(module, func, it, Some(result))?;
    let thrown = first(error).ok_or_else(|| format!("{} takes no error", error.block))?;
    let is_error = *module.types.kind(thrown) == TypeKind::Error;
    ensure(is_error, || format!("the first parameter of {} is no error", error.block))?;
    check_edge(func, normal, Some(result))?;
    check_edge(func, error, Some(thrown))
}

/// `implicit` is the type of a parameter that the edge itself supplies.
fn check_edge(func: &Function, target: &BlockCall, implicit: Option<Type>) -> Checked {
    let params = func.blocks[target.block].params.iter().map(|value| func.values[*value]);
    let args = implicit.into_iter().chain(target.args.iter().map(|value| func.values[*value]));
    ensure(params.eq(args), || format!("the arguments for {} do not fit its parameters", target.block))
}
