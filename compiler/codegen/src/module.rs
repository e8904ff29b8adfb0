//! One LLVM module for one MIR module: what is shared while it is built, and the order in which it is built.

use crate::debug_info::DebugInfo;
use crate::glue::Glue;
use crate::inner_frames::InnerFrames;
use crate::ir::FAST_CC;
use crate::tbaa::Tbaa;
use crate::{Options, Sanitizer, exports, function, generator, thunks};
use inkwell::attributes::AttributeLoc;
use inkwell::context::Context;
use inkwell::module::{Linkage, Module};
use inkwell::targets::{TargetData, TargetMachine};
use inkwell::types::{BasicTypeEnum, FunctionType};
use inkwell::values::{FunctionValue, GlobalValue, PointerValue};
use qi_mir::{ExternId, FunctionId, FunctionKind, GlobalId, SiteId, Type};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The maps are for lookups only; nothing iterates over a hash map.
pub struct Codegen<'c, 'm> {
    pub ctx: &'c Context,
    pub llvm: Module<'c>,
    pub mir: &'m qi_mir::Module,
    pub options: &'m Options,
    pub target_data: TargetData,
    pub functions: Vec<FunctionValue<'c>>,
    pub globals: Vec<GlobalValue<'c>>,
    pub memory_types: RefCell<Vec<Option<BasicTypeEnum<'c>>>>,
    pub texts: HashMap<String, PointerValue<'c>>,
    pub literals: HashMap<String, PointerValue<'c>>,
    pub sites: HashMap<SiteId, PointerValue<'c>>,
    pub infos: HashMap<Type, PointerValue<'c>>,
    pub box_infos: HashMap<Type, PointerValue<'c>>,
    pub glue: HashMap<Glue, FunctionValue<'c>>,
    pub adapters: HashMap<(FunctionId, bool), PointerValue<'c>>,
    pub callbacks: HashMap<FunctionId, PointerValue<'c>>,
    pub blocking: HashMap<ExternId, FunctionValue<'c>>,
    pub vtables: HashMap<qi_mir::VTableId, PointerValue<'c>>,
    /// Task roots by function; BTreeMap because they are emitted after the functions, in this order.
    pub roots: BTreeMap<FunctionId, FunctionValue<'c>>,
    /// Items and sent types of the generators whose bodies may delegate.
    pub delegating: HashSet<(Type, Type)>,
    pub inner_frames: InnerFrames,
    /// A generator that waits can step itself.
    pub has_nesting_generators: bool,
    pub debug: Option<DebugInfo<'c>>,
    pub tbaa: Tbaa<'c>,
}

impl<'c, 'm> Codegen<'c, 'm> {
    pub fn new(ctx: &'c Context, mir: &'m qi_mir::Module, options: &'m Options, machine: &TargetMachine) -> Self {
        let llvm = ctx.create_module(&options.module_name);
        let target_data = machine.get_target_data();
        llvm.set_triple(&machine.get_triple());
        llvm.set_data_layout(&target_data.get_data_layout());
        let debug = options.debug_info.then(|| DebugInfo::new(ctx, &llvm, mir, options));
        Self {
            ctx,
            llvm,
            mir,
            options,
            target_data,
            functions: Vec::new(),
            globals: Vec::new(),
            memory_types: RefCell::new(vec![None; mir.types.iter().count()]),
            texts: HashMap::new(),
            literals: HashMap::new(),
            sites: HashMap::new(),
            infos: HashMap::new(),
            box_infos: HashMap::new(),
            glue: HashMap::new(),
            adapters: HashMap::new(),
            callbacks: HashMap::new(),
            blocking: HashMap::new(),
            vtables: HashMap::new(),
            roots: BTreeMap::new(),
            delegating: generator::delegating(mir),
            inner_frames: InnerFrames::new(mir),
            has_nesting_generators: generator::is_nesting(mir),
            debug,
            tbaa: Tbaa::new(ctx),
        }
    }

    /// Builds the whole module.
    pub fn build(&mut self) {
        self.declare_globals();
        self.declare_functions();
        for id in self.mir.functions.ids() {
            function::emit(self, id);
        }
        thunks::emit_main(self);
        for id in self.mir.functions.ids() {
            exports::emit(self, id);
        }
        self.emit_roots();
        if let Some(debug) = &self.debug {
            debug.finish();
        }
    }

    /// Roots are asked for while bodies and thunks are built; building one may ask for more.
    fn emit_roots(&mut self) {
        let mut done = std::collections::BTreeSet::new();
        while let Some((&id, &root)) = self.roots.iter().find(|(id, _)| !done.contains(*id)) {
            done.insert(id);
            function::emit_root(self, id, root);
        }
    }

    fn declare_globals(&mut self) {
        for (id, global) in self.mir.globals.iter() {
            let ty = self.memory_type(global.ty);
            let datum = self.declare_datum(&format!("{}.{id}", global.name), ty);
            datum.set_initializer(&ty.const_zero());
            self.globals.push(datum);
        }
    }

    fn declare_functions(&mut self) {
        for (id, func) in self.mir.functions.iter() {
            let ty = match func.kind {
                FunctionKind::Generator { .. } => self.generator_type(id),
                FunctionKind::Plain | FunctionKind::Closure | FunctionKind::Method => self.function_type(&self.abi(id)),
            };
            // The exported symbol is a C function around this one.
            let symbol = if func.export.is_some() { format!("{}.qi", func.symbol) } else { func.symbol.clone() };
            let value = self.add_internal(&symbol, ty);
            if !func.suspends {
                self.mark_places(id, value);
            }
            self.functions.push(value);
        }
    }

    /// A place is the callee's alone while the call lasts.
    fn mark_places(&self, id: FunctionId, value: FunctionValue<'c>) {
        let func = &self.mir.functions[id];
        if matches!(func.kind, FunctionKind::Generator { .. }) {
            return;
        }
        let lead = self.abi(id).lead();
        for (index, param) in func.params.iter().enumerate() {
            if param.own == qi_mir::Own::Place {
                self.add_enum_attribute(value, AttributeLoc::Param((lead + index) as u32), "noalias");
            }
        }
    }

    /// `frame g(info, args…)`: the frame lies behind its generator.
    fn generator_type(&self, id: FunctionId) -> FunctionType<'c> {
        let func = &self.mir.functions[id];
        let mut params = vec![self.ptr_type().into()];
        params.extend(func.params.iter().map(|it| inkwell::types::BasicMetadataTypeEnum::from(self.value_type(it.ty))));
        self.ptr_type().fn_type(&params, false)
    }

    pub fn function(&self, id: FunctionId) -> FunctionValue<'c> {
        self.functions[qi_base::Id::index(id)]
    }
    pub fn global(&self, id: GlobalId) -> PointerValue<'c> {
        self.globals[qi_base::Id::index(id)].as_pointer_value()
    }

    /// A function of our own convention.
    pub fn add_internal(&self, symbol: &str, ty: FunctionType<'c>) -> FunctionValue<'c> {
        let value = self.add_internal_c(symbol, ty);
        value.set_call_conventions(FAST_CC);
        value
    }

    /// A function that the runtime or C calls through a pointer.
    pub fn add_internal_c(&self, symbol: &str, ty: FunctionType<'c>) -> FunctionValue<'c> {
        let value = self.llvm.add_function(symbol, ty, Some(Linkage::Internal));
        self.set_target_attributes(value);
        value
    }

    pub fn set_target_attributes(&self, value: FunctionValue<'c>) {
        self.add_enum_attribute(value, AttributeLoc::Function, "nounwind");
        match self.options.sanitizer {
            Some(Sanitizer::Address) => self.add_enum_attribute(value, AttributeLoc::Function, "sanitize_address"),
            Some(Sanitizer::Thread) => self.add_enum_attribute(value, AttributeLoc::Function, "sanitize_thread"),
            None => {}
        }
        // The embedded runtime code is compiled for the same processor; inlining needs the names to be equal.
        let cpu = self.ctx.create_string_attribute("target-cpu", &self.options.cpu);
        value.add_attribute(AttributeLoc::Function, cpu);
    }

    /// The task root of a function; its body is emitted later.
    pub fn root(&mut self, id: FunctionId) -> FunctionValue<'c> {
        if let Some(known) = self.roots.get(&id) {
            return *known;
        }
        let ptr = self.ptr_type();
        let ty = ptr.fn_type(&[ptr.into()], false);
        let value = self.add_internal_c(&format!("{}.root", self.mir.functions[id].symbol), ty);
        self.roots.insert(id, value);
        value
    }
}
