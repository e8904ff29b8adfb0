//! State of one run: the module being built and what has been asked for so far. Bodies are lowered one at a time from a
//! queue, in the order of the requests, so equal programs give equal modules.

use crate::instances::{Instance, Job};
use crate::target::Target;
use crate::thunks::Thunk;
use crate::{Mode, Options};
use qi_base::{Diagnostic, FileId, Files, Name, Span};
use qi_hir::{Analysis, FunctionId, GlobalId, LocalId, Program, TraitId, Ty};
use qi_mir as mir;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;

pub(crate) struct Lower<'a> {
    pub program: &'a Program,
    pub analysis: &'a Analysis,
    pub files: &'a Files,
    pub module: mir::Module,

    /// Concrete HIR types and their MIR types.
    pub types: FxHashMap<Ty, mir::Type>,
    /// Structs and enums whose fields are being lowered: containing one of them by value takes a box.
    pub open_types: FxHashSet<Ty>,
    pub visible_drops: FxHashMap<Ty, bool>,
    /// How many words a value of a struct or enum takes.
    pub widths: FxHashMap<mir::Type, u32>,
    /// The function of the program at work, for findings that are about types.
    pub current: Option<FunctionId>,
    /// Types whose implementations of the standard traits have to be attached.
    pub new_adts: Vec<Ty>,
    /// Instances of generic structs and enums, in the order in which they were met.
    pub generic_types: Vec<Ty>,
    /// Numbers behind the hidden type method of vtables.
    pub type_numbers: FxHashMap<Ty, i128>,
    pub traits: FxHashMap<(TraitId, Vec<Ty>), u32>,

    pub instances: FxHashMap<Instance, mir::FunctionId>,
    pub thunks: FxHashMap<Thunk, mir::FunctionId>,
    pub vtables: FxHashMap<(Ty, TraitId, Vec<Ty>), mir::VTableId>,
    pub catchers: Vec<crate::catchers::Catcher>,
    /// Where closures find what they captured.
    pub layouts: FxHashMap<mir::FunctionId, Rc<crate::closures::Layout>>,
    /// The same for generic local functions, by the instance without type arguments of their own.
    pub generic_layouts: FxHashMap<Instance, Rc<crate::closures::Layout>>,
    /// How often specialization led to each function, where it did.
    pub nesting: FxHashMap<mir::FunctionId, u32>,
    pub externs: FxHashMap<FunctionId, mir::ExternId>,
    pub math: FxHashMap<&'static str, mir::ExternId>,
    pub globals: FxHashMap<GlobalId, mir::GlobalId>,
    /// Globals of the standard library that some body names; in program order.
    pub used_globals: BTreeSet<GlobalId>,
    pub queue: VecDeque<(mir::FunctionId, Job)>,
    pub symbols: FxHashMap<String, u32>,
    pub sites: FxHashMap<(FileId, u32, Name), mir::SiteId>,
    /// Files as error stacks call them.
    pub shown_paths: FxHashMap<FileId, String>,
    /// Locals that each body assigns or lends, by body.
    pub mutated: FxHashMap<crate::body::Source, Rc<FxHashSet<LocalId>>>,
    /// Set when types or functions nest without end.
    pub limit: Option<Diagnostic>,
}

impl<'a> Lower<'a> {
    pub fn new(program: &'a Program, analysis: &'a Analysis, files: &'a Files) -> Self {
        Self {
            program,
            analysis,
            files,
            module: mir::Module::default(),
            types: FxHashMap::default(),
            open_types: FxHashSet::default(),
            visible_drops: FxHashMap::default(),
            widths: FxHashMap::default(),
            current: None,
            new_adts: Vec::new(),
            generic_types: Vec::new(),
            type_numbers: FxHashMap::default(),
            traits: FxHashMap::default(),
            instances: FxHashMap::default(),
            thunks: FxHashMap::default(),
            vtables: FxHashMap::default(),
            catchers: Vec::new(),
            layouts: FxHashMap::default(),
            generic_layouts: FxHashMap::default(),
            nesting: FxHashMap::default(),
            externs: FxHashMap::default(),
            math: FxHashMap::default(),
            globals: FxHashMap::default(),
            used_globals: BTreeSet::new(),
            queue: VecDeque::new(),
            symbols: FxHashMap::default(),
            sites: FxHashMap::default(),
            shown_paths: FxHashMap::default(),
            mutated: FxHashMap::default(),
            limit: None,
        }
    }

    pub fn run(&mut self, options: &Options) {
        // C's names are given away first.
        for (id, _) in self.program.functions.iter().filter(|it| it.1.export.is_some()) {
            self.thunk(Thunk::Export(id));
        }
        for (id, function) in self.program.functions.iter() {
            // Promises are checked also where nobody calls yet.
            if function.no_alloc && self.program.all_generics(id).is_empty() {
                self.instance(Instance::Function(id, Vec::new()));
            }
        }
        self.drain();
        match &options.mode {
            Mode::Program => self.program_entry(),
            Mode::Tests { filter } => self.tests_entry(filter.as_deref()),
            Mode::Library => self.library_start(),
        }
        self.drain();
    }

    /// Lowers what was asked for, and what that asks for.
    pub fn drain(&mut self) {
        while self.limit.is_none() {
            if let Some(ty) = self.new_adts.pop() {
                self.attach_overrides(ty);
            } else if let Some((id, job)) = self.queue.pop_front() {
                self.lower_job(id, job);
            } else if !self.lower_stale_catcher() {
                return;
            }
        }
    }

    /// Reports, once, that types or functions nest without end.
    pub fn exceed_limit(&mut self, span: Span, what: &str) {
        if self.limit.is_none() {
            self.limit = Some(qi_hir::diagnostics::endless_instances(span, what));
        }
    }

    /// A function of its own for what can be called, for use as a value or by reference.
    pub fn target_function(&mut self, target: &Target) -> Option<mir::FunctionId> {
        match target {
            Target::Function { function, generics } => {
                Some(self.instance(Instance::Function(*function, generics.clone())))
            }
            _ => None,
        }
    }
}
