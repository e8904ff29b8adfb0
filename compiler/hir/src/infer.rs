//! Names and types of a collected program: every name gets a meaning, every expression a type.
//!
//! User code is checked completely; bodies of the standard library only when user code reaches them. Judges nothing that needs
//! finished bodies (mutation, captures, exhaustiveness: see [`crate::flow`]). Findings never follow from an earlier finding.

mod alias;
mod arguments;
mod body;
mod builtin;
mod by_owner;
mod call;
mod cast;
mod closure;
mod coerce;
mod concurrency;
mod construct;
mod control;
mod coroutine;
mod derive;
mod display;
mod elsewhere;
mod endless;
mod expanding;
mod expr;
mod finish;
mod hint;
mod implicit;
mod impls;
mod index;
mod known;
mod lacking;
mod large;
mod literal;
mod method;
mod names;
mod obligation;
mod operator;
mod path;
mod pattern;
mod place;
mod repair;
mod signatures;
pub mod solver;
mod table;
#[cfg(test)]
mod tests;
mod try_catch;
mod typeref;
mod unknown;

pub use display::type_text;
pub use names::BUILTIN_FUNCTIONS;

use crate::{
    AdtId, AliasId, Analysis, FunctionId, FunctionKind, GlobalId, GlobalType, Item, Known, ModuleId, Owner, Program,
    TraitId, Ty, TyKind, diagnostics,
};
use names::Names;
use qi_base::{Diagnostic, Diagnostics, Severity, Span};
use rustc_hash::{FxHashMap, FxHashSet};

/// Checks a whole program. `program` changes in one way: a bare trait as a parameter type becomes a generic parameter.
pub fn check(program: &mut Program, diagnostics: &mut Diagnostics) -> Analysis {
    let names = Names::new(program);
    implicit::expand(program, &names);
    let mut checker = Checker::new(program, &names, Analysis::default());
    checker.check_all();
    if !checker.misdeclared.is_empty() {
        // Uses that were checked before the body showed it: only now is nothing said about them.
        let Checker { misdeclared, returned, .. } = checker;
        checker = Checker { misdeclared, ..Checker::new(program, &names, Analysis::default()) };
        checker.check_all();
        // `函数 f() { 返回 [f()] }`: what shows it is such a use itself.
        if !checker.diagnostics.iter().any(|it| it.severity == Severity::Error) {
            checker.diagnostics.extend(returned);
        }
    }
    diagnostics.extend(checker.diagnostics);
    checker.analysis
}

/// Checks one more body on demand, and what it reaches. Does nothing if it was checked before.
pub fn check_function(program: &Program, analysis: &mut Analysis, function: FunctionId, diagnostics: &mut Diagnostics) {
    if analysis.bodies.contains_key(&function) || program.functions[function].body.is_none() {
        return;
    }
    let names = Names::new(program);
    let mut checker = Checker::new(program, &names, std::mem::take(analysis));
    checker.need(Job::Function(function));
    checker.drain();
    diagnostics.extend(checker.diagnostics);
    *analysis = checker.analysis;
}

/// A body, or several that belong together.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Job {
    Function(FunctionId),
    Global(GlobalId),
    /// The default values of a type's fields.
    Defaults(AdtId),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Running,
    Done,
}

/// What checking of all bodies shares.
struct Checker<'p> {
    program: &'p Program,
    names: &'p Names,
    analysis: Analysis,
    diagnostics: Vec<Diagnostic>,
    states: FxHashMap<Job, State>,
    /// Bodies to check, last first.
    queue: Vec<Job>,
    /// 协程 functions whose item or sent type their body must tell.
    open_yields: FxHashSet<FunctionId>,
    /// Functions with result 未来<T> that do not say 异步: their 返回 statements tell.
    open_futures: FxHashSet<FunctionId>,
    /// Answers about closed types.
    impl_cache: FxHashMap<(TraitId, Ty), bool>,
    /// What the aliases met so far stand for.
    alias_targets: FxHashMap<AliasId, Ty>,
    /// Aliases being looked into, outermost first.
    open_aliases: Vec<AliasId>,
    /// Type arguments whose bounds are to be checked.
    written: Vec<obligation::WrittenArgs>,
    /// Type arguments reported where they are written.
    reported_bounds: FxHashSet<Ty>,
    /// What type parameters were reported to lack: one more bound cures every place.
    reported_params: FxHashSet<(Ty, TraitId)>,
    /// Functions whose bodies give something else than they declare (a value without a result type, 让出 without 协程).
    /// That is reported there; what their calls give is not known.
    misdeclared: FxHashSet<FunctionId>,
    /// The reports of values that are returned without a result type.
    returned: Vec<Diagnostic>,
}

impl<'p> Checker<'p> {
    fn new(program: &'p Program, names: &'p Names, analysis: Analysis) -> Self {
        let mut checker = Self {
            program,
            names,
            analysis,
            diagnostics: Vec::new(),
            states: FxHashMap::default(),
            queue: Vec::new(),
            open_yields: FxHashSet::default(),
            open_futures: FxHashSet::default(),
            impl_cache: FxHashMap::default(),
            alias_targets: FxHashMap::default(),
            open_aliases: Vec::new(),
            written: Vec::new(),
            reported_bounds: FxHashSet::default(),
            reported_params: FxHashSet::default(),
            misdeclared: FxHashSet::default(),
            returned: Vec::new(),
        };
        let done = checker.analysis.bodies.keys().map(|&it| Job::Function(it));
        let done = done.chain(checker.analysis.global_bodies.keys().map(|&it| Job::Global(it)));
        let done = done.chain(checker.analysis.field_defaults.keys().map(|&(it, _, _)| Job::Defaults(it)));
        checker.states = done.map(|it| (it, State::Done)).collect();
        checker
    }

    fn check_all(&mut self) {
        self.signatures();
        let endless = self.check_endless_types();
        self.check_expanding_types(endless);
        self.check_written();
        self.check_impls();
        self.find_entry();
        self.enqueue_user_code();
        self.enqueue_trait_impls();
        self.drain();
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
    fn known(&self) -> Known {
        self.analysis.signatures.known
    }
    fn text(&self, ty: Ty) -> String {
        type_text(self.program, ty)
    }

    fn enqueue_user_code(&mut self) {
        let program = self.program;
        let is_user = |module: ModuleId| !program.modules[module].is_std;
        let functions = program.functions.iter().filter(|(_, it)| is_user(it.module)).map(|(id, _)| Job::Function(id));
        let globals = program.globals.iter().filter(|(_, it)| is_user(it.module)).map(|(id, _)| Job::Global(id));
        let adts = program.adts.iter().filter(|(_, it)| is_user(it.module)).map(|(id, _)| Job::Defaults(id));
        // The queue is a stack: what is written first is checked first.
        let mut jobs: Vec<_> = functions.chain(globals).chain(adts).collect();
        jobs.reverse();
        self.queue.extend(jobs);
    }

    /// Methods of trait implementations can be reached without being named (printing, comparing, 任意).
    fn enqueue_trait_impls(&mut self) {
        let program = self.program;
        let impls = program.impls.values().filter(|it| it.trait_.is_some()).flat_map(|it| it.methods.iter().copied());
        let defaults = program.traits.values().flat_map(|it| it.methods.iter().copied());
        let mut jobs: Vec<_> = impls.chain(defaults).map(Job::Function).collect();
        jobs.reverse();
        self.queue.splice(0..0, jobs);
    }

    /// Asks for a body that checked code refers to.
    fn need(&mut self, job: Job) {
        if !self.states.contains_key(&job) {
            self.queue.push(job);
        }
    }

    fn drain(&mut self) {
        while let Some(job) = self.queue.pop() {
            self.run(job);
        }
    }

    fn run(&mut self, job: Job) {
        if self.states.contains_key(&job) {
            return;
        }
        self.states.insert(job, State::Running);
        match job {
            Job::Function(id) => body::check_function(self, id),
            Job::Global(id) => body::check_global(self, id),
            Job::Defaults(id) => body::check_defaults(self, id),
        }
        self.states.insert(job, State::Done);
    }
    fn is_running(&self, job: Job) -> bool {
        self.states.get(&job) == Some(&State::Running)
    }

    /// Item and sent type of a 协程 function; checks its body first if need be.
    fn yields(&mut self, function: FunctionId, at: Span) -> Option<(Ty, Ty)> {
        if self.open_yields.contains(&function) {
            if self.is_running(Job::Function(function)) {
                let it = &self.program.functions[function];
                self.report(diagnostics::recursive_inference(at, it.name.as_str(), it.name_span));
                return Some((Ty::error(), Ty::error()));
            }
            self.run(Job::Function(function));
        }
        self.analysis.signatures.functions[function].yields
    }

    /// Whether a bare call starts a task; checks the body first if need be.
    fn is_async(&mut self, function: FunctionId) -> bool {
        if self.open_futures.contains(&function) {
            // A function that waits for itself returns plain values.
            if self.is_running(Job::Function(function)) {
                return true;
            }
            self.run(Job::Function(function));
        }
        self.analysis.signatures.functions[function].is_async
    }

    fn global_type(&mut self, id: GlobalId, at: Span) -> Ty {
        let job = Job::Global(id);
        let global = &self.program.globals[id];
        if global.ty.is_none() {
            if self.is_running(job) {
                self.report(diagnostics::recursive_inference(at, global.name.as_str(), global.name_span));
                return Ty::error();
            }
            self.run(job);
        }
        self.need(job);
        self.analysis.signatures.globals[id].ty
    }
    fn set_global_type(&mut self, id: GlobalId, ty: Ty) {
        self.analysis.signatures.globals[id] = GlobalType { ty };
    }

    fn find_entry(&mut self) {
        let Some(root) = self.program.root else { return };
        let module = &self.program.modules[root];
        let named =
            crate::collect::ENTRY_NAMES.iter().find_map(|&name| match module.items.get(&name.into())?.first()? {
                Item::Function(id) => Some(*id),
                _ => None,
            });
        self.analysis.entry = named.or(module.top_level);
        if let Some(id) = named {
            self.check_entry(id);
        }
    }

    fn check_entry(&mut self, id: FunctionId) {
        let function = &self.program.functions[id];
        let signature = &self.analysis.signatures.functions[id];
        let params_fit = match signature.params[..] {
            [] => true,
            [it] => it == Ty::array(Ty::str()) || it.is_error(),
            _ => false,
        };
        let result = signature.result;
        let result_fits = result.is_unit()
            || result.is_error()
            || matches!(result.kind(), TyKind::Int(_))
            || self.known().result_content(result).is_some()
            || matches!(result.kind(), TyKind::Task(it) if it.is_unit() || *it == Ty::int());
        let kind_fits = matches!(function.kind, FunctionKind::Plain | FunctionKind::Async);
        if !(params_fit && result_fits && kind_fits && signature.generics.is_empty()) {
            self.report(diagnostics::entry_signature(function.signature_span, function.name.as_str()));
        }
    }
}

/// Where an item is declared; modules are whole files.
fn item_span(program: &Program, item: Item) -> Option<Span> {
    Some(match item {
        Item::Module(_) => return None,
        Item::Function(id) => program.functions[id].name_span,
        Item::Adt(id) => program.adts[id].name_span,
        Item::Alias(id) => program.aliases[id].name_span,
        Item::Trait(id) => program.traits[id].name_span,
        Item::Global(id) => program.globals[id].name_span,
    })
}

/// The trait a method belongs to.
fn trait_of(program: &Program, method: FunctionId) -> Option<TraitId> {
    match program.functions[method].owner {
        Owner::Trait(id) => Some(id),
        _ => None,
    }
}
