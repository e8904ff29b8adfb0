//! All passes in their order: the one list to read. In debug builds the verifier runs after each, and `arc::check` after
//! the passes that touch counts.

use crate::{arc, coroutine, dead_functions, effects, escape, inline, promote, simplify, split_slots};
use qi_mir::{Function, Module, Phase, Types};

/// How much work to spend.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// What correctness needs.
    O0,
    O2,
}

/// A pass over the whole module.
pub struct Pass {
    pub name: &'static str,
    pub run: fn(&mut Module),
    /// Also runs at `O0`.
    always: bool,
}

const fn always(name: &'static str, run: fn(&mut Module)) -> Pass {
    Pass { name, run, always: true }
}

const fn optimizing(name: &'static str, run: fn(&mut Module)) -> Pass {
    Pass { name, run, always: false }
}

fn each(module: &mut Module, pass: fn(&Types, &mut Function)) {
    for id in module.functions.ids() {
        pass(&module.types, &mut module.functions[id]);
    }
}

fn each_with_types(module: &mut Module, pass: fn(&mut Types, &mut Function)) {
    for id in module.functions.ids() {
        pass(&mut module.types, &mut module.functions[id]);
    }
}

/// In order.
pub static PASSES: &[Pass] = &[
    // Who throws and suspends; error edges that nobody takes go.
    always("effects", effects::run),
    always("unreachable", |module| each(module, |_, func| simplify::unreachable::remove(func))),
    // Variables become values.
    optimizing("split-slots", |module| each_with_types(module, split_slots::split)),
    always("promote", |module| each(module, promote::promote)),
    optimizing("simplify", |module| each(module, simplify::simplify)),
    // Known closures and small callees; what they captured need not be on the heap.
    optimizing("inline", inline::run),
    optimizing("escape", |module| each_with_types(module, escape::run)),
    optimizing("split-slots-again", |module| each_with_types(module, split_slots::split)),
    optimizing("promote-again", |module| each(module, promote::promote)),
    optimizing("inline-generators", coroutine::inline_generator::run),
    // What became known about effects is worth another look.
    optimizing("dead-functions", dead_functions::remove),
    optimizing("effects-again", effects::run),
    optimizing("simplify-again", |module| each(module, simplify::simplify)),
    optimizing("thread", |module| each_with_types(module, simplify::thread)),
    // Last to change which values exist.
    always("arc-insert", |module| arc::for_each(module, |types, facts, func| arc::insert::insert(types, facts, func))),
    optimizing("arc-elide", |module| arc::for_each(module, |types, facts, func| arc::elide::elide(types, facts, func))),
    always("share-cleanups", |module| each(module, arc::cleanups::share)),
    always("compact", |module| each(module, |_, func| simplify::unreachable::remove(func))),
];

/// Called with the name of each pass and the module as it left it.
pub type Trace<'a> = &'a mut dyn FnMut(&str, &Module);

/// Runs all passes. Afterwards every function is in `Phase::Owned`.
pub fn run(module: &mut Module, level: Level, mut trace: Option<Trace<'_>>) {
    prove("lowering", module);
    for pass in PASSES.iter().filter(|pass| pass.always || level == Level::O2) {
        (pass.run)(module);
        prove(pass.name, module);
        if let Some(trace) = &mut trace {
            trace(pass.name, module);
        }
    }
}

fn prove(name: &str, module: &Module) {
    if !cfg!(debug_assertions) {
        return;
    }
    if let Err(finding) = qi_mir::verify::verify(module) {
        qi_base::bug!("after {name}: {finding}\n{module}");
    }
    let facts = arc::ParamOwns::new(module);
    for (id, func) in module.functions.iter().filter(|(_, func)| func.phase == Phase::Owned) {
        if let Err(finding) = arc::check::check(&module.types, &facts, func) {
            qi_base::bug!("after {name}: {id} {finding}\n{}", qi_mir::print::function_text(module, id));
        }
    }
}
