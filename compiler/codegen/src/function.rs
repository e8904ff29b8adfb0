//! One function body: blocks in reverse postorder, values by id, edges that fill block parameters. What an operation
//! does is in `inst`; how a coroutine begins, waits and ends is in `coroutine`, `suspend` and `generator`.

use crate::abi::Abi;
use crate::coroutine::Frame;
use crate::glue::{entry_alloca, param};
use crate::inst;
use crate::ir::Ir;
use crate::module::Codegen;
use crate::tbaa::Access;
use inkwell::basic_block::BasicBlock;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{BasicValueEnum, FunctionValue, IntValue, PhiValue, PointerValue};
use qi_base::Id;
use qi_mir::{BlockCall, BlockId, FunctionId, FunctionKind, InstId, RuntimeFn, SiteId, Slot, Terminator, Type, Value};
use std::collections::BTreeMap;

/// How the body is entered and left.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flavor {
    Plain,
    /// Suspendable, called directly: task and out come first.
    Direct,
    /// Suspendable, started by the runtime with an argument record.
    Root,
    Generator,
}

pub struct Body<'a, 'c, 'm> {
    pub cg: &'a mut Codegen<'c, 'm>,
    pub ir: Ir<'c>,
    pub id: FunctionId,
    pub func: &'m qi_mir::Function,
    pub llvm: FunctionValue<'c>,
    pub abi: Abi<'c>,
    pub flavor: Flavor,
    /// Of coroutines.
    pub frame: Option<Frame<'c>>,
    values: Vec<Option<BasicValueEnum<'c>>>,
    /// Qi names, which LLVM keeps for frame reports.
    names: BTreeMap<Value, &'m str>,
    /// Instruction that defines a value.
    defs: Vec<Option<InstId>>,
    blocks: Vec<Option<Started<'c>>>,
    slots: Vec<PointerValue<'c>>,
    /// Where the operation being emitted goes when it fails; none if it was proved not to.
    handler: Option<BlockCall>,
    /// Type of the value that the `try` being emitted hands on.
    try_result: Option<Type>,
    pub site: Option<SiteId>,
    temps: Vec<Temp<'c>>,
}

/// A block that some edge leads to.
struct Started<'c> {
    llvm: BasicBlock<'c>,
    params: Vec<Option<PhiValue<'c>>>,
}

/// Stack memory for the duration of one operation.
struct Temp<'c> {
    ty: BasicTypeEnum<'c>,
    place: PointerValue<'c>,
    used: bool,
    /// Lives across suspensions, so it has no lifetime markers.
    kept: bool,
}

/// Emits the function as it is called directly (for a generator: its ramp).
pub fn emit(cg: &mut Codegen<'_, '_>, id: FunctionId) {
    let func = &cg.mir.functions[id];
    let flavor = match func.kind {
        FunctionKind::Generator { .. } => Flavor::Generator,
        _ if func.suspends => Flavor::Direct,
        _ => Flavor::Plain,
    };
    let llvm = cg.function(id);
    Body::new(cg, id, llvm, flavor).build();
}

/// Emits the function as a task root.
pub fn emit_root<'c>(cg: &mut Codegen<'c, '_>, id: FunctionId, root: FunctionValue<'c>) {
    if cg.mir.functions[id].suspends {
        Body::new(cg, id, root, Flavor::Root).build();
    } else {
        crate::thunks::emit_plain_root(cg, id, root);
    }
}

impl<'a, 'c, 'm> Body<'a, 'c, 'm> {
    fn new(cg: &'a mut Codegen<'c, 'm>, id: FunctionId, llvm: FunctionValue<'c>, flavor: Flavor) -> Self {
        let func = &cg.mir.functions[id];
        let abi = cg.abi(id);
        let entry = cg.ctx.append_basic_block(llvm, "entry");
        let ir = Ir::at_end(cg.ctx, entry);
        let mut defs = vec![None; func.values.len()];
        for (id, inst) in func.insts.iter() {
            if let Some(result) = inst.result {
                defs[result.index()] = Some(id);
            }
        }
        Self {
            ir,
            id,
            func,
            llvm,
            abi,
            flavor,
            frame: None,
            values: vec![None; func.values.len()],
            names: func.value_names.iter().map(|(value, name)| (*value, name.as_str())).collect(),
            defs,
            blocks: func.blocks.ids().map(|_| None).collect(),
            slots: Vec::new(),
            handler: None,
            try_result: None,
            site: None,
            temps: Vec::new(),
            cg,
        }
    }

    fn build(mut self) {
        if let Some(debug) = &self.cg.debug {
            debug.enter(self.cg.mir, self.func, self.llvm);
        }
        self.set_location(self.func.site);
        for slot in self.func.slots.ids() {
            let ty = self.cg.memory_type(self.func.slots[slot].ty);
            let place = self.ir.alloca(ty, &self.func.slots[slot].name);
            self.slots.push(place);
        }
        let start = self.ir.new_block("start");
        let entry = self.ir.block();
        self.ir.position(start);
        let args = match self.flavor {
            Flavor::Plain => self.plain_params(),
            Flavor::Direct | Flavor::Root => self.begin_task_coroutine(),
            Flavor::Generator => self.begin_generator(),
        };
        if self.func.stack_check {
            self.check_stack(&args);
        }
        for slot in self.func.slots.ids() {
            let ty = self.cg.memory_type(self.func.slots[slot].ty);
            self.ir.store(self.slots[slot.index()], ty.const_zero());
        }
        self.declare_variables(&args);
        for (param, value) in self.func.params.iter().zip(&args) {
            name_value(*value, &param.name);
        }
        self.edge_with_values(self.func.entry, &args);
        for block in self.reverse_postorder() {
            self.block(block);
        }
        if self.frame.is_some() {
            self.end_coroutine();
        }
        // Allocas were added to the entry block until now.
        Ir::at_end(self.cg.ctx, entry).jump(start);
    }

    fn plain_params(&self) -> Vec<BasicValueEnum<'c>> {
        let lead = self.abi.lead();
        (0..self.func.params.len()).map(|index| self.param_value(index, lead)).collect()
    }

    /// MIR parameter `index`, where `lead` LLVM parameters come first.
    pub fn param_value(&self, index: usize, lead: usize) -> BasicValueEnum<'c> {
        if self.cg.is_environment(self.id, index) {
            return self.ir.unit();
        }
        param(self.llvm, (lead + index) as u32)
    }

    fn reverse_postorder(&self) -> Vec<BlockId> {
        let mut order = Vec::new();
        let mut seen = vec![false; self.func.blocks.len()];
        let mut stack = vec![(self.func.entry, 0)];
        seen[self.func.entry.index()] = true;
        while let Some((block, next)) = stack.pop() {
            let targets = self.func.blocks[block].terminator.targets();
            match targets.get(next) {
                Some(target) => {
                    stack.push((block, next + 1));
                    if !std::mem::replace(&mut seen[target.block.index()], true) {
                        stack.push((target.block, 0));
                    }
                }
                None => order.push(block),
            }
        }
        order.reverse();
        order
    }

    fn block(&mut self, id: BlockId) {
        // No edge leads here: the operation before it cannot fail after all.
        let Some(started) = &self.blocks[id.index()] else { return };
        self.ir.position(started.llvm);
        self.set_no_location();
        let block = &self.func.blocks[id];
        for (index, &value) in block.params.iter().enumerate() {
            let incoming = match &self.blocks[id.index()].as_ref().expect("started").params[index] {
                Some(phi) => phi.as_basic_value(),
                None => self.ir.unit(),
            };
            self.bind(value, incoming);
        }
        for &inst in &block.insts {
            self.inst(inst);
        }
        self.terminator(&block.terminator);
    }

    /// Emits an operation and binds its result.
    fn inst(&mut self, id: InstId) -> Option<BasicValueEnum<'c>> {
        let inst = &self.func.insts[id];
        self.site = inst.site;
        self.set_location(inst.site);
        let value = inst::emit(self, inst);
        self.end_temps();
        if let Some(result) = inst.result {
            self.bind(result, value.unwrap_or_else(|| self.ir.unit()));
        }
        value
    }

    fn terminator(&mut self, terminator: &'m Terminator) {
        match terminator {
            Terminator::Return(value) => {
                let value = self.value(*value);
                self.leave(Ok(value));
            }
            Terminator::Throw(error) => {
                let error = self.value(*error).into_pointer_value();
                self.leave(Err(error));
            }
            Terminator::Jump(target) => self.edge(target, None),
            Terminator::Branch { condition, then, otherwise } => {
                let condition = self.value(*condition).into_int_value();
                let (then_edge, other_edge) = (self.ir.new_block("then"), self.ir.new_block("else"));
                self.ir.branch(condition, then_edge, other_edge);
                self.edge_from(then_edge, then);
                self.edge_from(other_edge, otherwise);
            }
            Terminator::Switch { value, cases, default } => {
                let value = self.value(*value).into_int_value();
                let default_edge = self.ir.new_block("default");
                let edges: Vec<_> = cases.iter().map(|_| self.ir.new_block("case")).collect();
                let keys = cases.iter().map(|(key, _)| value.get_type().const_int(*key as u64, false));
                let targets: Vec<_> = keys.zip(edges.iter().copied()).collect();
                self.ir.switch(value, default_edge, &targets);
                self.edge_from(default_edge, default);
                for (edge, (_, target)) in edges.into_iter().zip(cases) {
                    self.edge_from(edge, target);
                }
            }
            Terminator::Try { inst, normal, error } => {
                self.handler = Some(error.clone());
                self.try_result = Some(self.func.values[self.func.blocks[normal.block].params[0]]);
                let value = self.inst(*inst);
                (self.handler, self.try_result) = (None, None);
                let value = value.unwrap_or_else(|| self.ir.unit());
                self.edge(normal, Some(value));
            }
            Terminator::Unreachable => self.ir.unreachable(),
        }
    }

    /// Leaves the function.
    pub fn leave(&mut self, outcome: Result<BasicValueEnum<'c>, PointerValue<'c>>) {
        if self.flavor == Flavor::Plain {
            crate::inst::call::emit_return(self.cg, &self.ir, &self.abi, self.llvm, outcome);
        } else {
            self.finish_coroutine(outcome);
        }
    }

    // edges

    fn edge_from(&mut self, from: BasicBlock<'c>, target: &BlockCall) {
        self.ir.position(from);
        self.edge(target, None);
    }

    /// Jumps from here; `first` fills the parameter that a `try` supplies.
    fn edge(&mut self, target: &BlockCall, first: Option<BasicValueEnum<'c>>) {
        let mut args: Vec<_> = first.into_iter().collect();
        args.extend(target.args.iter().map(|&it| self.value(it)));
        self.edge_with_values(target.block, &args);
    }

    fn edge_with_values(&mut self, target: BlockId, args: &[BasicValueEnum<'c>]) {
        let from = self.ir.block();
        if self.blocks[target.index()].is_none() {
            self.blocks[target.index()] = Some(self.start_block(target));
            self.ir.position(from);
        }
        let started = self.blocks[target.index()].as_ref().expect("started above");
        debug_assert_eq!(started.params.len(), args.len(), "{target} in {}", self.func.name);
        for (phi, arg) in started.params.iter().zip(args) {
            if let Some(phi) = phi {
                phi.add_incoming(&[(arg, from)]);
            }
        }
        self.ir.jump(started.llvm);
    }

    fn start_block(&mut self, id: BlockId) -> Started<'c> {
        let llvm = self.ir.new_block(&id.to_string());
        self.ir.position(llvm);
        let params = &self.func.blocks[id].params;
        let params = params.iter().map(|&value| {
            let ty = self.func.values[value];
            (!self.cg.is_unit(ty)).then(|| self.ir.phi(self.cg.value_type(ty)))
        });
        Started { llvm, params: params.collect() }
    }

    // failure of the operation being emitted

    pub fn may_fail(&self) -> bool {
        self.handler.is_some()
    }
    /// Result type of the operation, if it stands in a `try`.
    pub fn try_result(&self) -> Option<Type> {
        self.try_result
    }

    /// Goes to the error edge with a fault when the condition holds, else continues. Nothing if the operation cannot fail.
    pub fn fault_if(&mut self, condition: IntValue<'c>, fault: RuntimeFn, args: &[BasicValueEnum<'c>]) {
        if !self.may_fail() {
            return;
        }
        let (failed, ok) = (self.ir.new_block("fault"), self.ir.new_block("ok"));
        self.ir.branch_unlikely(condition, failed, ok);
        self.ir.position(failed);
        self.set_no_location();
        let error = self.fault(fault, args);
        self.fail(error);
        self.ir.position(ok);
        self.set_location(self.site);
    }

    /// Makes a fault object; `args` are scalars or, for texts, addresses.
    pub fn fault(&mut self, fault: RuntimeFn, args: &[BasicValueEnum<'c>]) -> PointerValue<'c> {
        let types: Vec<_> =
            args.iter().map(|it| if it.is_int_value() { self.cg.c_i64() } else { self.cg.c_ptr() }).collect();
        let function = self.cg.cold_runtime_fn(fault, &types, self.cg.c_ptr());
        let mut args = args.to_vec();
        args.push(self.cg.site(self.site).into());
        self.ir.call(function, &args).expect("a fault is an object").into_pointer_value()
    }

    /// Goes to the error edge if there is an error.
    pub fn throw_if(&mut self, error: PointerValue<'c>, trace: bool) {
        if !self.may_fail() {
            return;
        }
        let (failed, ok) = (self.ir.new_block("failed"), self.ir.new_block("ok"));
        self.ir.branch_unlikely(self.ir.not(self.ir.is_null(error)), failed, ok);
        self.ir.position(failed);
        self.set_no_location();
        if trace {
            self.trace(error);
        }
        self.fail(error);
        self.ir.position(ok);
        self.set_location(self.site);
    }

    /// Notes the place where an error passes.
    pub fn trace(&mut self, error: PointerValue<'c>) {
        if self.site.is_none() {
            return;
        }
        let (ptr, unit) = (self.cg.c_ptr(), self.cg.c_unit());
        let function = self.cg.cold_runtime_fn(RuntimeFn::qi_error_trace, &[ptr], unit);
        let site = self.cg.site(self.site);
        self.ir.call(function, &[error.into(), site.into()]);
    }

    /// Ends the block on the error edge.
    pub fn fail(&mut self, error: PointerValue<'c>) {
        match self.handler.clone() {
            Some(handler) => self.edge(&handler, Some(error.into())),
            None => self.ir.unreachable(),
        }
    }

    // values and memory

    fn bind(&mut self, value: Value, llvm: BasicValueEnum<'c>) {
        if let Some(name) = self.names.get(&value) {
            name_value(llvm, name);
            if let Some(debug) = &self.cg.debug {
                debug.value(self, name, self.func.values[value], llvm);
            }
        }
        self.values[value.index()] = Some(llvm);
    }

    pub fn value(&self, value: Value) -> BasicValueEnum<'c> {
        self.values[value.index()]
            .unwrap_or_else(|| qi_base::bug!("{value} of {} is used before its definition", self.func.name))
    }
    pub fn pointer(&self, value: Value) -> PointerValue<'c> {
        self.value(value).into_pointer_value()
    }
    pub fn int(&self, value: Value) -> IntValue<'c> {
        self.value(value).into_int_value()
    }
    pub fn type_of(&self, value: Value) -> Type {
        self.func.values[value]
    }
    /// The operation that defines a value, if it is not a parameter.
    pub fn definition(&self, value: Value) -> Option<&'m qi_mir::Inst> {
        self.defs[value.index()].map(|id| &self.func.insts[id])
    }
    pub fn slot(&self, slot: Slot) -> PointerValue<'c> {
        self.slots[slot.index()]
    }
    pub fn named_slots(&self) -> &[PointerValue<'c>] {
        &self.slots
    }

    /// A value as it stands in memory or in an aggregate.
    pub fn memory_form(&self, ty: Type, value: BasicValueEnum<'c>) -> BasicValueEnum<'c> {
        if !self.cg.is_bool(ty) {
            return value;
        }
        self.ir.resize(value.into_int_value(), self.cg.ctx.i8_type(), false).into()
    }
    pub fn register_form(&self, ty: Type, value: BasicValueEnum<'c>) -> BasicValueEnum<'c> {
        if !self.cg.is_bool(ty) {
            return value;
        }
        self.ir.resize(value.into_int_value(), self.cg.ctx.bool_type(), false).into()
    }
    pub fn load(&self, ty: Type, from: PointerValue<'c>) -> BasicValueEnum<'c> {
        let memory = self.cg.memory_type(ty);
        let value = self.ir.load_as(&self.cg.tbaa, Access::of(memory), memory, from);
        self.register_form(ty, value)
    }
    pub fn store(&self, ty: Type, to: PointerValue<'c>, value: BasicValueEnum<'c>) {
        let value = self.memory_form(ty, value);
        self.ir.store_as(&self.cg.tbaa, Access::of(value.get_type()), to, value);
    }

    /// Memory for the rest of this operation, up to its call.
    pub fn temp(&mut self, ty: BasicTypeEnum<'c>) -> PointerValue<'c> {
        let place = self.take_temp(ty, false);
        self.lifetime("llvm.lifetime.start", place);
        place
    }
    /// Memory for the rest of this operation, suspensions included.
    pub fn kept_temp(&mut self, ty: BasicTypeEnum<'c>) -> PointerValue<'c> {
        self.take_temp(ty, true)
    }
    fn take_temp(&mut self, ty: BasicTypeEnum<'c>, kept: bool) -> PointerValue<'c> {
        if let Some(free) = self.temps.iter_mut().find(|it| !it.used && it.ty == ty && it.kept == kept) {
            free.used = true;
            return free.place;
        }
        let place = entry_alloca(&self.ir, ty, "");
        self.temps.push(Temp { ty, place, used: true, kept });
        place
    }
    /// A value of a type, put into memory.
    pub fn spill(&mut self, ty: Type, value: BasicValueEnum<'c>) -> PointerValue<'c> {
        let place = self.temp(self.cg.memory_type(ty));
        self.store(ty, place, value);
        place
    }
    /// Ends the life of all temps in use; called before control may leave the operation.
    pub fn end_temps(&mut self) {
        let used: Vec<_> = self.temps.iter().enumerate().filter(|(_, it)| it.used).map(|(index, _)| index).collect();
        for index in used {
            self.temps[index].used = false;
            if !self.temps[index].kept {
                self.lifetime("llvm.lifetime.end", self.temps[index].place);
            }
        }
    }
    fn lifetime(&self, name: &str, place: PointerValue<'c>) {
        let marker = self.cg.intrinsic(name, &[self.cg.ptr_type().into()]);
        self.ir.call(marker, &[place.into()]);
    }

    fn set_location(&self, site: Option<SiteId>) {
        if let Some(debug) = &self.cg.debug {
            debug.locate(&self.ir, self.cg.mir, self.llvm, site, self.func.site);
        }
    }

    /// Until an operation with a site comes; keeps breakpoints out of blocks that only pass something on.
    fn set_no_location(&self) {
        if let Some(debug) = &self.cg.debug {
            debug.locate_nowhere(&self.ir, self.llvm);
        }
    }

    fn declare_variables(&self, args: &[BasicValueEnum<'c>]) {
        if let Some(debug) = &self.cg.debug {
            debug.variables(self, args);
        }
    }
}

/// Names an instruction or parameter; constants have no name of their own.
fn name_value(value: BasicValueEnum<'_>, name: &str) {
    if !is_constant(value) && !name.is_empty() && value.get_name().is_empty() {
        value.set_name(name);
    }
}

pub fn is_constant(value: BasicValueEnum<'_>) -> bool {
    match value {
        BasicValueEnum::IntValue(it) => it.is_const(),
        BasicValueEnum::FloatValue(it) => it.is_const(),
        BasicValueEnum::PointerValue(it) => it.is_const(),
        BasicValueEnum::StructValue(it) => it.is_const(),
        _ => false,
    }
}
