//! Waiting: calls of suspendable functions, suspending runtime functions, and how a task coroutine ends.

use crate::abi::Abi;
use crate::function::{Body, Flavor};
use crate::glue::param;
use crate::module::Codegen;
use crate::runtime_fns::Extra;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::basic_block::BasicBlock;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{BasicValueEnum, FunctionValue, IntValue, PointerValue};
use qi_abi::{node_words, status};
use qi_mir::{RuntimeFn, Type};
use std::mem::offset_of;

/// Byte offsets of `qi_abi::Out` and `qi_abi::Task`.
pub(crate) const OUT_ERROR: u64 = offset_of!(qi_abi::Out<u64>, error) as u64;
const OUT_VALUE: u64 = offset_of!(qi_abi::Out<u64>, value) as u64;
const TASK_INNERMOST: u64 = offset_of!(qi_abi::Task, innermost) as u64;
const TASK_SITE: u64 = offset_of!(qi_abi::Task, site) as u64;
pub const TASK_ERROR: u64 = offset_of!(qi_abi::Task, error) as u64;
pub const TASK_RESULT: u64 = qi_abi::TASK_RESULT as u64;

/// The taken error of a suspending call, and the block in which all is well.
struct Failure<'c> {
    value: PointerValue<'c>,
    ready: BasicBlock<'c>,
}

/// What is called.
#[derive(Clone, Copy)]
pub enum Callee<'c> {
    Function(FunctionValue<'c>),
    /// The same with its frame, if it waits, in that of the caller.
    Inner(FunctionValue<'c>),
    /// A code pointer.
    Code(PointerValue<'c>),
}

/// Where the frame of a root with this result lies, from its task; before, the argument record.
pub fn root_frame(cg: &Codegen<'_, '_>, result: Type) -> u64 {
    let result = usize::try_from(cg.size_of_type(result)).expect("a size in memory");
    qi_abi::root_frame(result) as u64
}

impl<'c> Body<'_, 'c, '_> {
    /// The running task. A generator may be resumed by another task each time, so it asks every time; a root finds it through
    /// its frame, so that it takes no place in it.
    pub fn task(&self) -> PointerValue<'c> {
        match self.flavor {
            Flavor::Plain => self.ir.null(),
            Flavor::Direct => param(self.llvm, 0).into_pointer_value(),
            Flavor::Root => self.ir.before(self.handle(), self.root_frame()),
            Flavor::Generator => self.generator_task(),
        }
    }

    /// Where the frame of this root lies, from its task.
    pub fn root_frame(&self) -> u64 {
        root_frame(self.cg, self.func.result)
    }

    /// The MIR arguments in a task root's record.
    pub fn record_args(&mut self, record: PointerValue<'c>) -> Vec<BasicValueEnum<'c>> {
        let layout = self.cg.record_type(self.func);
        let params = self.func.params.iter().enumerate();
        params.map(|(index, it)| self.load(it.ty, self.ir.field(layout, record, index as u32))).collect()
    }

    /// Calls a suspendable function and waits for it.
    pub fn await_call(
        &mut self,
        callee: Callee<'c>,
        abi: &Abi<'c>,
        args: &[BasicValueEnum<'c>],
    ) -> Option<BasicValueEnum<'c>> {
        let out = self.await_out();
        self.ir.store(out, self.ir.null());
        let mut all: Vec<BasicValueEnum<'c>> = vec![self.task().into(), out.into()];
        all.extend_from_slice(args);
        let child = match callee {
            Callee::Function(function) => self.ir.call(function, &all),
            Callee::Inner(function) => {
                let call = self.ir.call_site(function, &all);
                let kind = Attribute::get_named_enum_kind_id("coro_elide_safe");
                call.add_attribute(AttributeLoc::Function, self.cg.ctx.create_enum_attribute(kind, 0));
                crate::ir::result(call)
            }
            Callee::Code(code) => self.ir.call_indirect(self.cg.function_type(abi), code, &all),
        };
        let child = child.expect("a frame or null").into_pointer_value();
        let (wait, done) = (self.ir.new_block("wait"), self.ir.new_block("done"));
        self.ir.branch(self.ir.is_null(child), done, wait);
        self.ir.position(wait);
        let suspension = self.save();
        self.ir.store(out, self.handle());
        self.suspend_to(suspension, done);
        self.ir.position(done);
        let error = self.ir.load_ptr(self.ir.offset(out, OUT_ERROR));
        self.throw_if(error, true);
        Some(self.load(abi.result, self.ir.offset(out, OUT_VALUE)))
    }

    /// Starts a suspending runtime function with `start`, waits while it says PENDING, and takes its error.
    /// `finish` gets task and node, and the out place where there is one.
    pub fn await_runtime(
        &mut self,
        start: FunctionValue<'c>,
        finish: FunctionValue<'c>,
        out: Option<PointerValue<'c>>,
        args: &[BasicValueEnum<'c>],
    ) {
        let failure = self.start_and_wait(start, finish, out, args);
        if self.may_fail() {
            self.trace(failure.value);
        }
        self.fail(failure.value);
        self.ir.position(failure.ready);
    }

    /// As `await_runtime`, but the builder stands where the error was taken.
    fn start_and_wait(
        &mut self,
        start: FunctionValue<'c>,
        finish: FunctionValue<'c>,
        out: Option<PointerValue<'c>>,
        args: &[BasicValueEnum<'c>],
    ) -> Failure<'c> {
        let node = self.node();
        let task = self.task();
        let mut all: Vec<BasicValueEnum<'c>> = vec![task.into(), node.into()];
        all.extend(out.map(BasicValueEnum::from));
        all.extend_from_slice(args);
        let first = self.ir.call(start, &all).expect("a status");
        let from = self.ir.block();
        let (answered, pending) = (self.ir.new_block("answered"), self.ir.new_block("pending"));
        let (failed, ready) = (self.ir.new_block("failed"), self.ir.new_block("ready"));
        self.ir.jump(answered);
        self.ir.position(answered);
        let state = self.ir.phi(self.cg.ctx.i32_type().into());
        state.add_incoming(&[(&first, from)]);
        let code = |status: i32| self.ir.i32(u32::try_from(status).expect("statuses are small"));
        let value: IntValue<'c> = state.as_basic_value().into_int_value();
        self.ir.switch(value, failed, &[(code(status::READY), ready), (code(status::PENDING), pending)]);
        self.ir.position(pending);
        let suspension = self.save();
        let site = self.cg.site(self.site);
        self.ir.store(self.ir.offset(task, TASK_SITE), site);
        self.ir.store(self.ir.offset(task, TASK_INNERMOST), self.handle());
        self.suspend(suspension);
        // A generator's task may be another one now.
        let mut all: Vec<BasicValueEnum<'c>> = vec![self.task().into(), node.into()];
        all.extend(out.map(BasicValueEnum::from));
        let next = self.ir.call(finish, &all).expect("a status");
        state.add_incoming(&[(&next, self.ir.block())]);
        self.ir.jump(answered);
        self.ir.position(failed);
        let place = self.ir.offset(self.task(), TASK_ERROR);
        let error = self.ir.load_ptr(place);
        self.ir.store(place, self.ir.null());
        Failure { value: error, ready }
    }

    /// Waits once, so that what follows runs on a stack of its own. A cancellation is seen at the next suspension point.
    pub fn hop_stack(&mut self) {
        let unit = self.cg.c_unit();
        let start = self.cg.runtime_fn(RuntimeFn::qi_yield_now, &[], 0, unit);
        let finish = self.cg.runtime_finish(RuntimeFn::qi_yield_now, false);
        let error = self.start_and_wait(start, finish, None, &[]);
        let release = self.cg.extra(Extra::Release);
        self.ir.call(release, &[error.value.into()]);
        self.ir.jump(error.ready);
        self.ir.position(error.ready);
    }

    /// Ends a task coroutine: the outcome of a called one goes to its `Out` (the place of its waiter, which is the first word),
    /// that of a root to the task.
    fn finish_task(&mut self, outcome: Result<BasicValueEnum<'c>, PointerValue<'c>>) {
        let (place, error_at, value_at) = match self.flavor {
            Flavor::Root => (self.task(), TASK_ERROR, TASK_RESULT),
            _ => (self.waiter(), OUT_ERROR, OUT_VALUE),
        };
        let error = match outcome {
            Ok(value) => {
                self.store(self.func.result, self.ir.offset(place, value_at), value);
                self.ir.null()
            }
            Err(error) => error,
        };
        self.ir.store(self.ir.offset(place, error_at), error);
        if self.flavor == Flavor::Root {
            self.ir.store(self.ir.offset(place, TASK_INNERMOST), self.ir.null());
        }
        self.ir.jump(self.coroutine().finish);
    }

    /// Ends whatever kind of coroutine this is.
    pub fn finish_coroutine(&mut self, outcome: Result<BasicValueEnum<'c>, PointerValue<'c>>) {
        match self.flavor {
            Flavor::Generator => self.finish_generator(outcome.err()),
            _ => self.finish_task(outcome),
        }
    }

    /// Who continues when this coroutine has ended; null while nobody waits.
    pub fn continuation(&mut self) -> PointerValue<'c> {
        match self.flavor {
            Flavor::Generator => self.take_consumer(),
            Flavor::Root => self.ir.null(),
            _ => self.ir.load_ptr(self.waiter()),
        }
    }

    /// Memory for the result of awaited calls: one place for all of them, since only one is under way.
    fn await_out(&mut self) -> PointerValue<'c> {
        if let Some(known) = self.coroutine().out {
            return known;
        }
        let made = self.frame_words(self.await_words(), "结果");
        self.frame.as_mut().expect("a coroutine").out = Some(made);
        made
    }

    /// The node of suspending runtime functions, likewise shared.
    pub fn node(&mut self) -> PointerValue<'c> {
        if let Some(known) = self.coroutine().node {
            return known;
        }
        let made = match self.node_words() {
            0 => self.ir.null(),
            words => self.frame_words(words, "节点"),
        };
        self.frame.as_mut().expect("a coroutine").node = Some(made);
        made
    }

    fn frame_words(&self, words: u32, name: &str) -> PointerValue<'c> {
        let ty: BasicTypeEnum<'c> = self.cg.ctx.i64_type().array_type(words).into();
        crate::glue::entry_alloca(&self.ir, ty, name)
    }

    /// Words of the largest `Out` that the body awaits.
    fn await_words(&self) -> u32 {
        let results = self.func.insts.values().filter_map(|inst| self.awaited_result(inst));
        let bytes = results.map(|ty| OUT_VALUE + self.cg.size_of_type(ty)).max().unwrap_or(OUT_VALUE);
        u32::try_from(bytes.div_ceil(8)).expect("a result below 2^35 bytes")
    }

    /// Words of the largest node that the body needs.
    fn node_words(&self) -> u32 {
        use qi_mir::Opcode;
        let nodes = self.func.insts.values().map(|inst| match &inst.opcode {
            Opcode::CallRuntime(function, _) if function.suspends() => function.node_words(),
            Opcode::CallExtern(id) if self.cg.mir.externs[*id].blocking => node_words::OPERATION,
            _ => 0,
        });
        nodes.max().unwrap_or(0) as u32
    }

    /// Result type of a call that this body awaits.
    fn awaited_result(&self, inst: &qi_mir::Inst) -> Option<Type> {
        use qi_mir::{Opcode, TypeKind};
        let types = &self.cg.mir.types;
        match &inst.opcode {
            Opcode::Call(callee) => Some(self.cg.mir.functions[*callee].result),
            Opcode::CallClosure => match types.kind(self.type_of(inst.args[0])) {
                TypeKind::Closure(signature) => Some(types.signature_of(*signature).result),
                _ => None,
            },
            Opcode::CallDynamic { signature, .. } => Some(types.signature_of(*signature).result),
            _ => None,
        }
    }

    /// Runs a blocking C function on the pool; `thunk(record)` makes the call.
    pub fn await_blocking(&mut self, thunk: FunctionValue<'c>, record: PointerValue<'c>) {
        let start = self.cg.extra(Extra::BlockingCall);
        let finish = self.cg.extra(Extra::BlockingCallFinish);
        let code = thunk.as_global_value().as_pointer_value();
        self.await_runtime(start, finish, None, &[code.into(), record.into()]);
    }
}
