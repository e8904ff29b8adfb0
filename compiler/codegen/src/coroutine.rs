//! The `llvm.coro.*` form of a suspendable body: frame, suspension points, transfer, end. Speaks to LLVM below inkwell,
//! which has no token values. Protocols: `qi_abi`; why this shape: docs/开发/协程降级.md.

use crate::function::{Body, Flavor};
use crate::glue::param;
use crate::ir::Ir;
use crate::module::Codegen;
use crate::runtime_fns::Extra;
use crate::suspend::OUT_ERROR;
use inkwell::basic_block::BasicBlock;
use inkwell::intrinsics::Intrinsic;
use inkwell::llvm_sys::core::{LLVMBuildCall2, LLVMConstNull, LLVMTokenTypeInContext};
use inkwell::llvm_sys::prelude::LLVMValueRef;
use inkwell::types::{AsTypeRef, BasicTypeEnum};
use inkwell::values::{AsValueRef, BasicValueEnum, FunctionValue, IntValue, PhiValue, PointerValue};
use qi_mir::FunctionId;
use std::mem::offset_of;

/// Where LLVM puts a promise: behind the two function pointers.
const HEADER: u64 = 16;
const WAITER: u64 = offset_of!(qi_abi::CoroutineFrame, waiter) as u64;
const _: () = assert!(offset_of!(qi_abi::CoroutineFrame, site) as u64 == HEADER);

/// What a coroutine being built consists of.
pub struct Frame<'c> {
    /// The token of `llvm.coro.id`.
    id: LLVMValueRef,
    /// Where its memory comes from, and goes back to.
    memory: Memory<'c>,
    pub handle: PointerValue<'c>,
    /// Where the ramp and every suspension leave.
    exit: BasicBlock<'c>,
    /// The ramp's answer: its frame if it waits, null if it finished.
    answer: PhiValue<'c>,
    /// Frees the frame and transfers to whoever waits.
    pub finish: BasicBlock<'c>,
    /// Memory for results of awaited calls, made on first use.
    pub out: Option<PointerValue<'c>>,
    /// `{ site, waiter }` at a fixed place of the frame (`qi_abi::CoroutineFrame`).
    header: PointerValue<'c>,
    /// The node of suspending runtime functions, made on first use.
    pub node: Option<PointerValue<'c>>,
    /// What the frames of awaited calls that lie in this one have cost so far.
    inner_cost: usize,
}

/// Where a frame's memory comes from.
#[derive(Clone, Copy)]
enum Memory<'c> {
    /// From the arena of `owner` if `allocated`; else it lies in the caller's frame. Kept in the frame: the resumed half is shared by
    /// both kinds.
    Arena { owner: PointerValue<'c>, allocated: IntValue<'c> },
    /// It lies in a task or generator and goes with it.
    Object,
}

impl<'c> Codegen<'c, '_> {
    pub fn intrinsic(&self, name: &str, types: &[BasicTypeEnum<'c>]) -> FunctionValue<'c> {
        let intrinsic = Intrinsic::find(name).unwrap_or_else(|| qi_base::bug!("LLVM has no {name}"));
        intrinsic.get_declaration(&self.llvm, types).expect("the overload exists")
    }

    /// Calls an intrinsic that takes or gives tokens.
    fn raw_call(
        &self,
        ir: &Ir<'c>,
        name: &str,
        types: &[BasicTypeEnum<'c>],
        args: &mut [LLVMValueRef],
    ) -> LLVMValueRef {
        let function = self.intrinsic(name, types);
        let count = u32::try_from(args.len()).expect("a few arguments");
        // The callers below pass what the intrinsic's signature asks for; the module verifier checks them again.
        // SAFETY: the builder stands in a block; the function and all arguments are live values of its context.
        unsafe {
            LLVMBuildCall2(
                ir.builder.as_mut_ptr(),
                function.get_type().as_type_ref(),
                function.as_value_ref(),
                args.as_mut_ptr(),
                count,
                c"".as_ptr(),
            )
        }
    }

    fn token_none(&self) -> LLVMValueRef {
        // SAFETY: the context is live; `token none` is the null constant of the token type.
        unsafe { LLVMConstNull(LLVMTokenTypeInContext(self.ctx.raw())) }
    }

    fn identity(&mut self) -> FunctionValue<'c> {
        const NAME: &str = "qi.transfer.target";
        if let Some(known) = self.llvm.get_function(NAME) {
            return known;
        }
        let ptr = self.ptr_type();
        let function = self.add_internal_c(NAME, ptr.fn_type(&[ptr.into(), ptr.into()], false));
        let ir = Ir::at_end(self.ctx, self.ctx.append_basic_block(function, "entry"));
        ir.ret(Some(param(function, 0)));
        function
    }
}

fn as_int<'c>(value: LLVMValueRef) -> IntValue<'c> {
    // SAFETY: only called on results of intrinsics that return an integer.
    unsafe { IntValue::new(value) }
}
fn as_pointer<'c>(value: LLVMValueRef) -> PointerValue<'c> {
    // SAFETY: only called on results of intrinsics that return a pointer.
    unsafe { PointerValue::new(value) }
}

impl<'c> Body<'_, 'c, '_> {
    /// Begins the coroutine of a function that suspends; returns its MIR arguments.
    pub fn begin_task_coroutine(&mut self) -> Vec<BasicValueEnum<'c>> {
        let task = param(self.llvm, 0).into_pointer_value();
        task.set_name("任务");
        if self.flavor == Flavor::Root {
            return self.begin_root(task);
        }
        param(self.llvm, 1).set_name("去处");
        let args: Vec<_> = (0..self.func.params.len()).map(|index| self.param_value(index, 2)).collect();
        let id = self.coroutine_id(16);
        self.begin_arena_frame(id, task, param(self.llvm, 1).into_pointer_value(), &args);
        args
    }

    /// The frame replaces the argument record, which is read before.
    fn begin_root(&mut self, task: PointerValue<'c>) -> Vec<BasicValueEnum<'c>> {
        let id = self.coroutine_id(8);
        self.answer_size_query(task);
        let place = self.ir.offset(task, self.root_frame());
        let args = self.record_args(place);
        self.begin_object_frame(id, place);
        self.set_waiter(self.ir.null());
        args
    }

    /// `llvm.coro.id` and the attribute that makes LLVM split the function; the frame's memory lies at multiples of `align`.
    pub fn coroutine_id(&mut self, align: u32) -> CoroutineId<'c> {
        self.cg.add_enum_attribute(self.llvm, inkwell::attributes::AttributeLoc::Function, "presplitcoroutine");
        let null = self.ir.null().as_value_ref();
        let header = crate::glue::entry_alloca(&self.ir, self.cg.pair_type().into(), "");
        let args = &mut [self.ir.i32(align).as_value_ref(), header.as_value_ref(), null, null];
        CoroutineId { token: self.cg.raw_call(&self.ir, "llvm.coro.id", &[], args), header }
    }

    /// A root called without a task answers how large its frame is.
    fn answer_size_query(&mut self, task: PointerValue<'c>) {
        let (query, run) = (self.ir.new_block("query"), self.ir.new_block("run"));
        self.ir.branch(self.ir.is_null(task), query, run);
        self.ir.position(query);
        let size = self.frame_size();
        self.ir.ret(Some(self.ir.int_to_ptr(size).into()));
        self.ir.position(run);
    }

    pub fn frame_size(&self) -> IntValue<'c> {
        as_int(self.cg.raw_call(&self.ir, "llvm.coro.size", &[self.cg.ctx.i64_type().into()], &mut []))
    }

    /// Allocates the frame unless the caller holds it; afterwards the builder stands in the body.
    /// `waiter` is the place of who waits for it.
    fn begin_arena_frame(
        &mut self,
        id: CoroutineId<'c>,
        owner: PointerValue<'c>,
        waiter: PointerValue<'c>,
        args: &[BasicValueEnum<'c>],
    ) {
        let (alloc, begin) = (self.ir.new_block("alloc"), self.ir.new_block("begin"));
        let allocated = as_int(self.cg.raw_call(&self.ir, "llvm.coro.alloc", &[], &mut [id.token]));
        let from = self.ir.block();
        allocated.set_name("自有帧");
        self.ir.branch(allocated, alloc, begin);
        self.ir.position(alloc);
        let size = self.frame_size();
        let is_limited = self.func.stack_check;
        let allocate = self.cg.extra(if is_limited { Extra::FrameAllocLimited } else { Extra::FrameAlloc });
        let memory = self.ir.call(allocate, &[owner.into(), size.into()]).expect("memory");
        if is_limited {
            let overflow = self.ir.new_block("overflow");
            self.ir.branch_unlikely(self.ir.is_null(memory.into_pointer_value()), overflow, begin);
            self.ir.position(overflow);
            let error = self.overflow(args);
            self.ir.store(self.ir.offset(waiter, OUT_ERROR), error);
            self.ir.ret(Some(self.ir.null().into()));
        } else {
            self.ir.jump(begin);
        }
        self.ir.position(begin);
        let memory_phi = self.ir.phi(self.cg.ptr_type().into());
        memory_phi.add_incoming(&[(&self.ir.null(), from), (&memory, alloc)]);
        let place = memory_phi.as_basic_value().into_pointer_value();
        self.begin_frame(id, place, Memory::Arena { owner, allocated });
        self.set_waiter(waiter);
    }

    /// A frame in memory that an object holds.
    pub fn begin_object_frame(&mut self, id: CoroutineId<'c>, place: PointerValue<'c>) {
        self.begin_frame(id, place, Memory::Object);
    }

    fn begin_frame(&mut self, id: CoroutineId<'c>, place: PointerValue<'c>, memory: Memory<'c>) {
        let CoroutineId { token: id, header } = id;
        let (exit, finish) = (self.ir.new_block("exit"), self.ir.new_block("finish"));
        let args = &mut [id, place.as_value_ref()];
        let handle = as_pointer(self.cg.raw_call(&self.ir, "llvm.coro.begin", &[], args));
        let body = self.ir.block();
        self.ir.position(exit);
        let answer = self.ir.phi(self.cg.ptr_type().into());
        self.ir.position(body);
        self.frame =
            Some(Frame { id, memory, handle, exit, answer, finish, out: None, node: None, header, inner_cost: 0 });
    }

    pub fn set_waiter(&self, waiter: PointerValue<'c>) {
        self.ir.store(self.ir.offset(self.coroutine().header, WAITER - HEADER), waiter);
    }

    /// Whether this frame holds that of `callee`, which is called once more.
    pub fn takes_frame(&mut self, callee: FunctionId) -> bool {
        let Some(frame) = &mut self.frame else { return false };
        self.cg.inner_frames.takes(self.id, callee, &mut frame.inner_cost)
    }

    pub fn coroutine(&self) -> &Frame<'c> {
        self.frame.as_ref().expect("the body is a coroutine")
    }
    pub fn handle(&self) -> PointerValue<'c> {
        self.coroutine().handle
    }

    /// The place of who waits for this frame.
    pub fn waiter(&self) -> PointerValue<'c> {
        self.ir.load_ptr(self.ir.offset(self.coroutine().header, WAITER - HEADER))
    }

    /// Opens a suspension point: from here on the frame may be published.
    pub fn save(&mut self) -> Suspension {
        let site = self.cg.site(self.site);
        self.ir.store(self.coroutine().header, site);
        self.save_unseen()
    }

    /// The same for a frame that then waits for nothing: no dump asks where it stands.
    pub fn save_unseen(&mut self) -> Suspension {
        let handle = self.handle().as_value_ref();
        Suspension { token: self.cg.raw_call(&self.ir, "llvm.coro.save", &[], &mut [handle]) }
    }

    /// Suspends; the builder continues where the frame is resumed.
    pub fn suspend(&mut self, suspension: Suspension) {
        let resumed = self.ir.new_block("resumed");
        self.suspend_to(suspension, resumed);
        self.ir.position(resumed);
    }

    /// Suspends; resumption goes to `resumed`. Frames are never destroyed from outside: whoever drops one resumes it with an error.
    pub fn suspend_to(&mut self, suspension: Suspension, resumed: BasicBlock<'c>) {
        let last = self.ir.i1(false).as_value_ref();
        let state = as_int(self.cg.raw_call(&self.ir, "llvm.coro.suspend", &[], &mut [suspension.token, last]));
        let frame = self.coroutine();
        frame.answer.add_incoming(&[(&frame.handle, self.ir.block())]);
        self.ir.switch(state, frame.exit, &[(self.ir.i8(0), resumed)]);
    }

    /// Continues another frame in place of this one: a tail call once the function is split.
    pub fn transfer(&mut self, target: PointerValue<'c>) {
        let identity = self.cg.identity().as_global_value().as_pointer_value().as_value_ref();
        let null = self.ir.null().as_value_ref();
        self.cg.raw_call(&self.ir, "llvm.coro.await.suspend.handle", &[], &mut [target.as_value_ref(), null, identity]);
    }

    /// Emits the blocks that every way out shares. `continuation` reads who waits for the end.
    pub fn end_coroutine(&mut self) {
        let frame = self.coroutine();
        let (memory, handle, exit) = (frame.memory, frame.handle, frame.exit);
        self.ir.position(frame.finish);
        // Read before the frame goes: the place may be known through the frame only.
        let continuation = self.continuation();
        if let Memory::Arena { owner, allocated } = memory {
            self.free_frame(owner, allocated);
        }
        let freed = self.ir.block();
        let transfer = self.ir.new_block("transfer");
        let nobody = self.ir.is_null(continuation);
        self.ir.branch(nobody, exit, transfer);
        let answer = self.coroutine().answer;
        answer.add_incoming(&[(&self.ir.null(), freed)]);
        self.ir.position(transfer);
        self.transfer(continuation);
        answer.add_incoming(&[(&self.ir.null(), transfer)]);
        self.ir.jump(exit);
        self.ir.position(exit);
        let unwind = self.ir.i1(false).as_value_ref();
        let none = self.cg.token_none();
        self.cg.raw_call(&self.ir, "llvm.coro.end", &[], &mut [handle.as_value_ref(), unwind, none]);
        self.ir.ret(Some(answer.as_basic_value()));
    }
}

impl<'c> Body<'_, 'c, '_> {
    /// Afterwards the builder stands where the frame is gone.
    fn free_frame(&mut self, owner: PointerValue<'c>, allocated: IntValue<'c>) {
        let frame = self.coroutine();
        let (id, handle) = (frame.id, frame.handle.as_value_ref());
        let (free, freed) = (self.ir.new_block("free"), self.ir.new_block("freed"));
        self.ir.branch(allocated, free, freed);
        self.ir.position(free);
        let memory = as_pointer(self.cg.raw_call(&self.ir, "llvm.coro.free", &[], &mut [id, handle]));
        let release = self.cg.extra(Extra::FrameFree);
        self.ir.call(release, &[owner.into(), memory.into()]);
        self.ir.jump(freed);
        self.ir.position(freed);
    }
}

/// What `llvm.coro.id` gave.
pub struct CoroutineId<'c> {
    token: LLVMValueRef,
    header: PointerValue<'c>,
}

/// An open suspension point.
pub struct Suspension {
    token: LLVMValueRef,
}
