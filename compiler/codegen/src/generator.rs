//! Generators: the body as a coroutine driven through its `Generator` object, and stepping one from outside.

use crate::coroutine::Suspension;
use crate::function::{Body, Flavor};
use crate::glue::{Count, param};
use crate::ir::Ir;
use crate::runtime_fns::Extra;
use inkwell::IntPredicate;
use inkwell::basic_block::BasicBlock;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{BasicValueEnum, IntValue, PhiValue, PointerValue};
use qi_abi::generator_state as state;
use qi_abi::symbols::GENERATOR_BUSY;
use qi_mir::{FunctionId, FunctionKind, Inst, Opcode, Own, RuntimeFn, TypeKind};
use std::collections::HashSet;
use std::mem::offset_of;

const FRAME: u64 = qi_abi::GENERATOR_FRAME as u64;
const STATE: u64 = offset_of!(qi_abi::Generator, state) as u64;
const CLOSING: u64 = offset_of!(qi_abi::Generator, closing) as u64;
const OUT: u64 = offset_of!(qi_abi::Generator, out) as u64;
const SENT: u64 = offset_of!(qi_abi::Generator, sent) as u64;
const SIZE: u64 = offset_of!(qi_abi::Generator, size) as u64;
const NESTING: u64 = offset_of!(qi_abi::Generator, nesting) as u64;
const TASK: u64 = offset_of!(qi_abi::Generator, task) as u64;
const CONSUMER: u64 = offset_of!(qi_abi::Generator, consumer) as u64;
const ERROR: u64 = offset_of!(qi_abi::Generator, error) as u64;
const DELEGATE: u64 = offset_of!(qi_abi::Generator, delegate) as u64;

/// Items and sent types of the generators in the module whose bodies may delegate.
pub(crate) fn delegating(mir: &qi_mir::Module) -> HashSet<(qi_mir::Type, qi_mir::Type)> {
    let delegates = |it: &&qi_mir::Function| it.insts.values().any(|inst| inst.opcode == Opcode::Delegate);
    let kinds = mir.functions.values().filter(delegates).map(|it| it.kind);
    let types = kinds.filter_map(|it| match it {
        FunctionKind::Generator { item, sent } => Some((item, sent)),
        _ => None,
    });
    types.collect()
}

/// Whether a generator in the module that waits can step itself.
pub(crate) fn is_nesting(mir: &qi_mir::Module) -> bool {
    let nests =
        |it: &qi_mir::Function| it.suspends && it.stack_check && matches!(it.kind, FunctionKind::Generator { .. });
    mir.functions.values().any(nests)
}

/// Whose body a step runs, and what it is sent.
struct Stepped<'c> {
    at: PointerValue<'c>,
    sent: PointerValue<'c>,
    from: BasicBlock<'c>,
}

/// The bodies that answer one after the other within one step.
struct Chain<'c> {
    at: PhiValue<'c>,
    sent: PhiValue<'c>,
}

impl<'c> Chain<'c> {
    fn new(ir: &Ir<'c>, ptr: BasicTypeEnum<'c>, first: &Stepped<'c>) -> Self {
        let chain = Self { at: ir.phi(ptr), sent: ir.phi(ptr) };
        chain.add(first);
        chain
    }

    fn add(&self, next: &Stepped<'c>) {
        self.at.add_incoming(&[(&next.at, next.from)]);
        self.sent.add_incoming(&[(&next.sent, next.from)]);
    }

    fn stepped(&self) -> (PointerValue<'c>, PointerValue<'c>) {
        (self.at.as_basic_value().into_pointer_value(), self.sent.as_basic_value().into_pointer_value())
    }
}

// Inside the body.
impl<'c> Body<'_, 'c, '_> {
    /// Found through the frame wherever it is needed, so that it takes no place in it.
    fn generator(&self) -> PointerValue<'c> {
        self.ir.before(self.handle(), FRAME)
    }
    pub fn generator_task(&self) -> PointerValue<'c> {
        self.ir.load_ptr(self.ir.offset(self.generator(), TASK))
    }

    fn nesting(&self) -> IntValue<'c> {
        self.ir.load_i32(self.ir.offset(self.generator(), NESTING))
    }

    /// It and what lies around it reach the limit.
    pub fn is_nested_too_deep(&self) -> IntValue<'c> {
        self.ir.int_compare(IntPredicate::UGE, self.nesting(), self.ir.i32(qi_abi::NESTING_LIMIT))
    }

    /// Creates the object with its frame, suspends before the first statement, and handles a drop that comes before it.
    pub fn begin_generator(&mut self) -> Vec<BasicValueEnum<'c>> {
        let args: Vec<_> = (0..self.func.params.len()).map(|index| self.param_value(index, 1)).collect();
        param(self.llvm, 0).set_name("类型");
        let id = self.coroutine_id(16);
        let size = self.frame_size();
        let make = self.cg.runtime_fn(RuntimeFn::qi_generator_new, &[self.cg.c_i64()], 1, self.cg.c_ptr());
        let generator =
            self.ir.call(make, &[param(self.llvm, 0), size.into()]).expect("an object").into_pointer_value();
        self.begin_object_frame(id, self.ir.offset(generator, FRAME));
        self.set_waiter(self.ir.offset(generator, CONSUMER));
        let suspension = self.save_unseen();
        self.suspend(suspension);
        let (dropped, start) = (self.ir.new_block("dropped"), self.ir.new_block("started"));
        let closing = self.ir.load_i8(self.ir.offset(self.generator(), CLOSING));
        let closing = self.ir.int_compare(IntPredicate::NE, closing, self.ir.i8(0));
        self.ir.branch_unlikely(closing, dropped, start);
        self.ir.position(dropped);
        self.drop_args(&args);
        self.finish_generator(None);
        self.ir.position(start);
        self.drop_sent();
        args
    }

    /// Gives up the arguments that the body owns, where it ends before its first statement.
    pub fn drop_args(&mut self, args: &[BasicValueEnum<'c>]) {
        for (param, &value) in self.func.params.iter().zip(args) {
            if param.own == Own::Consume {
                self.cg.count_value(&self.ir, Count::Release, param.ty, value);
            }
        }
    }

    fn sent_type(&self) -> qi_mir::Type {
        match self.func.kind {
            FunctionKind::Generator { sent, .. } => sent,
            _ => qi_base::bug!("{} is no generator", self.func.name),
        }
    }

    /// Nobody receives what the first step sends.
    fn drop_sent(&mut self) {
        let ty = self.sent_type();
        if !self.cg.mir.types.is_counted(ty) {
            return;
        }
        let sent = self.ir.load_ptr(self.ir.offset(self.generator(), SENT));
        let (given, none) = (self.ir.new_block("sent"), self.ir.new_block("started"));
        self.ir.branch(self.ir.is_null(sent), none, given);
        self.ir.position(given);
        self.cg.count_place(&self.ir, Count::Release, ty, sent);
        self.ir.jump(none);
        self.ir.position(none);
    }

    /// 让出: answers the consumer with a value and waits for the next step.
    pub fn yield_value(&mut self, inst: &Inst) -> Option<BasicValueEnum<'c>> {
        let generator = self.generator();
        let value = self.value(inst.args[0]);
        let out = self.ir.load_ptr(self.ir.offset(generator, OUT));
        self.store(self.type_of(inst.args[0]), out, value);
        self.ir.store(self.ir.offset(generator, STATE), self.ir.i8(state::SUSPENDED));
        self.suspend_to_consumer();
        self.receive(inst)
    }

    /// 让出 全部: from now on the consumer steps the operand; this body goes on when that one has ended.
    pub fn delegate(&mut self, inst: &Inst) -> Option<BasicValueEnum<'c>> {
        let generator = self.generator();
        let operand = self.pointer(inst.args[0]);
        self.ir.store(self.ir.offset(generator, DELEGATE), operand);
        self.ir.store(self.ir.offset(generator, STATE), self.ir.i8(state::DELEGATING));
        self.suspend_to_consumer();
        self.drop_sent();
        self.throw_left_error(self.generator());
        None
    }

    /// Takes the error that the generator was left with, if any, and throws it.
    fn throw_left_error(&mut self, generator: PointerValue<'c>) {
        let place = self.ir.offset(generator, ERROR);
        let error = self.ir.load_ptr(place);
        self.ir.store(place, self.ir.null());
        self.throw_if(error, true);
    }

    /// Suspends after `state` was set, until the next step; a drop throws 关闭.
    fn suspend_to_consumer(&mut self) {
        let resumed = self.ir.new_block("resumed");
        if self.func.suspends {
            self.answer_waiting_consumer(resumed);
        }
        let suspension = self.save_unseen();
        self.suspend_to(suspension, resumed);
        self.ir.position(resumed);
        let closing = self.ir.load_i8(self.ir.offset(self.generator(), CLOSING));
        let closing = self.ir.int_compare(IntPredicate::NE, closing, self.ir.i8(0));
        self.fault_if(closing, RuntimeFn::qi_fault_generator_closed, &[]);
    }

    /// A consumer that waits continues in place of this body, which goes on at `resumed`; else the builder stands after.
    fn answer_waiting_consumer(&mut self, resumed: BasicBlock<'c>) {
        let consumer = self.take_consumer();
        let (waiting, direct) = (self.ir.new_block("consumer"), self.ir.new_block("direct"));
        let nobody = self.ir.is_null(consumer);
        self.ir.branch(nobody, direct, waiting);
        self.ir.position(waiting);
        let suspension = self.save_unseen();
        self.transfer(consumer);
        self.suspend_to(suspension, resumed);
        self.ir.position(direct);
    }

    /// The value that the step sent; a step without one makes a 让出 that expects one fail.
    fn receive(&mut self, inst: &Inst) -> Option<BasicValueEnum<'c>> {
        let ty = inst.result.map_or_else(|| self.sent_type(), |it| self.type_of(it));
        if self.cg.is_unit(ty) {
            return None;
        }
        let sent = self.ir.load_ptr(self.ir.offset(self.generator(), SENT));
        self.fault_if(self.ir.is_null(sent), RuntimeFn::qi_fault_null, &[]);
        Some(self.load(ty, sent))
    }

    /// The consumer that waits for an answer, if any; it is told once. Nobody waits for a body that never does.
    pub fn take_consumer(&mut self) -> PointerValue<'c> {
        if !self.func.suspends {
            return self.ir.null();
        }
        let place = self.ir.offset(self.generator(), CONSUMER);
        let consumer = self.ir.load_ptr(place);
        self.ir.store(place, self.ir.null());
        consumer
    }

    pub fn finish_generator(&mut self, error: Option<PointerValue<'c>>) {
        let generator = self.generator();
        self.ir.store(self.ir.offset(generator, ERROR), error.unwrap_or_else(|| self.ir.null()));
        self.ir.store(self.ir.offset(generator, STATE), self.ir.i8(state::FINISHED));
        self.ir.jump(self.coroutine().finish);
    }
}

// From outside.
impl<'c> Body<'_, 'c, '_> {
    /// The ramp makes the object and gives the frame behind it.
    pub fn generator_new(&mut self, function: FunctionId, inst: &Inst) -> BasicValueEnum<'c> {
        let ty = self.type_of(inst.result.expect("generator_new has a result"));
        let info = self.cg.info(ty);
        let mut args = vec![info.into()];
        args.extend(inst.args.iter().map(|&it| self.value(it)));
        let frame = self.ir.call(self.cg.function(function), &args).expect("a frame").into_pointer_value();
        self.ir.before(frame, FRAME).into()
    }

    /// One step: true with the value in the out slot, false at the end, or the body's error.
    pub fn generator_next(&mut self, inst: &Inst) -> BasicValueEnum<'c> {
        let generator = self.pointer(inst.args[0]);
        let sent = inst.args.get(2).map(|&it| (self.type_of(it), self.value(it)));
        let place = sent.map(|(ty, value)| {
            let place = self.kept_temp(self.cg.memory_type(ty));
            self.store(ty, place, value);
            place
        });
        let refusal = self.cg.ctx.append_basic_block(self.llvm, "busy");
        let [step, unready, ended, over, done] =
            ["step", "unready", "ended", "over", "done"].map(|it| self.ir.new_block(it));
        if self.may_wait(inst) && self.flavor == Flavor::Generator && self.cg.has_nesting_generators {
            self.nest(generator);
        }
        let (finished, suspended) = (self.ir.i8(state::FINISHED), self.ir.i8(state::SUSPENDED));
        let now = self.ir.load_i8(self.ir.offset(generator, STATE));
        let first = Stepped { at: generator, sent: place.unwrap_or_else(|| self.ir.null()), from: self.ir.block() };
        self.ir.branch_unlikely(self.ir.int_compare(IntPredicate::NE, now, suspended), unready, step);

        self.ir.position(step);
        let chain = self.is_delegating(inst).then(|| Chain::new(&self.ir, self.cg.ptr_type().into(), &first));
        let at = chain.as_ref().map_or((generator, first.sent), Chain::stepped);
        let yielded = self.step(inst, at);
        let answered = self.ir.block();
        match &chain {
            Some(chain) => {
                let turn = self.ir.new_block("turn");
                self.ir.branch(yielded, done, turn);
                self.ir.position(turn);
                let now = self.ir.load_i8(self.ir.offset(generator, STATE));
                let again = self.ir.new_block("again");
                self.ir.branch(self.ir.int_compare(IntPredicate::EQ, now, finished), over, again);
                self.ir.position(again);
                let taken = self.cg.ctx.append_basic_block(self.llvm, "taken");
                // The first one took what was sent.
                let nothing = self.ir.null();
                self.turn(generator, nothing, chain, step, taken);
                self.ir.position(taken);
                let error = self.fault(RuntimeFn::qi_fault_reentry, &[]);
                self.fail(error);
            }
            None => self.ir.branch(yielded, done, over),
        }

        self.ir.position(unready);
        let is_finished = self.ir.int_compare(IntPredicate::EQ, now, finished);
        match &chain {
            Some(chain) => {
                let ask = self.ir.new_block("ask");
                self.ir.branch(is_finished, ended, ask);
                self.ir.position(ask);
                self.turn(generator, first.sent, chain, step, refusal);
            }
            None => self.ir.branch(is_finished, ended, refusal),
        }

        self.ir.position(refusal);
        self.drop_unsent(sent);
        let error = self.fault(RuntimeFn::qi_fault_reentry, &[]);
        self.fail(error);

        self.ir.position(over);
        self.throw_left_error(generator);
        let over = self.ir.block();
        self.ir.jump(done);

        self.ir.position(ended);
        self.drop_unsent(sent);
        let ended = self.ir.block();
        self.ir.jump(done);

        self.ir.position(done);
        let got = self.ir.phi(self.cg.ctx.bool_type().into());
        let (yes, no) = (self.ir.i1(true), self.ir.i1(false));
        got.add_incoming(&[(&yes, answered), (&no, over), (&no, ended)]);
        got.as_basic_value()
    }

    /// Resumes the body of `at`; 布尔: it has yielded.
    fn step(&mut self, inst: &Inst, (at, sent): (PointerValue<'c>, PointerValue<'c>)) -> IntValue<'c> {
        let suspends = self.may_wait(inst);
        let out = self.pointer(inst.args[1]);
        self.ir.store(self.ir.offset(at, OUT), out);
        // A body that receives nothing does not ask for it, and one that never waits does not ask for its task.
        if inst.args.len() > 2 || self.receives(inst) {
            self.ir.store(self.ir.offset(at, SENT), sent);
        }
        if suspends {
            self.ir.store(self.ir.offset(at, TASK), self.task());
        }
        self.ir.store(self.ir.offset(at, STATE), self.ir.i8(state::RUNNING));
        let frame = self.ir.offset(at, FRAME);
        let resume = self.cg.intrinsic("llvm.coro.resume", &[]);
        self.ir.call(resume, &[frame.into()]);
        if suspends {
            self.wait_for_answer(at);
        }
        let after = self.ir.load_i8(self.ir.offset(at, STATE));
        self.ir.int_compare(IntPredicate::EQ, after, self.ir.i8(state::SUSPENDED))
    }

    /// Whether the generator that `inst` steps may wait.
    fn may_wait(&self, inst: &Inst) -> bool {
        self.cg.mir.inst_suspends(&inst.opcode, |index| self.type_of(inst.args[index]))
    }

    /// What is stepped inside this body counts what lies around it.
    fn nest(&mut self, inner: PointerValue<'c>) {
        let size = self.ir.load_i16(self.ir.offset(inner, SIZE));
        let size = self.ir.resize(size, self.cg.ctx.i32_type(), false);
        self.ir.store(self.ir.offset(inner, NESTING), self.ir.add(self.nesting(), size));
    }

    /// Goes on with the step of whoever answers for the generator, see `qi_abi::symbols::GENERATOR_TURN`.
    fn turn(
        &mut self,
        generator: PointerValue<'c>,
        sent: PointerValue<'c>,
        chain: &Chain<'c>,
        step: BasicBlock<'c>,
        busy: BasicBlock<'c>,
    ) {
        let ask = self.cg.extra(Extra::GeneratorTurn);
        let at = self.ir.call(ask, &[generator.into()]).expect("an answer").into_pointer_value();
        let is_busy = self.ir.int_compare(IntPredicate::EQ, self.ir.ptr_to_int(at), self.ir.i64(GENERATOR_BUSY as u64));
        chain.add(&Stepped { at, sent, from: self.ir.block() });
        self.ir.branch_unlikely(is_busy, busy, step);
    }

    /// Whether the generator that `inst` steps may let another one answer.
    fn is_delegating(&self, inst: &Inst) -> bool {
        match *self.cg.mir.types.kind(self.type_of(inst.args[0])) {
            TypeKind::Generator { item, sent } => self.cg.delegating.contains(&(item, sent)),
            _ => false,
        }
    }

    /// Whether the generator that `inst` steps has a type to be sent.
    fn receives(&self, inst: &Inst) -> bool {
        match *self.cg.mir.types.kind(self.type_of(inst.args[0])) {
            TypeKind::Generator { sent, .. } => !self.cg.is_unit(sent),
            _ => qi_base::bug!("generator_next of something else"),
        }
    }

    fn drop_unsent(&mut self, sent: Option<(qi_mir::Type, BasicValueEnum<'c>)>) {
        if let Some((ty, value)) = sent {
            self.cg.count_value(&self.ir, Count::Release, ty, value);
        }
    }

    /// A body that waits answers later, by continuing this frame.
    fn wait_for_answer(&mut self, generator: PointerValue<'c>) {
        let now = self.ir.load_i8(self.ir.offset(generator, STATE));
        let waits = self.ir.int_compare(IntPredicate::EQ, now, self.ir.i8(state::RUNNING));
        let (wait, answered) = (self.ir.new_block("wait"), self.ir.new_block("answered"));
        self.ir.branch(waits, wait, answered);
        self.ir.position(wait);
        let suspension: Suspension = self.save();
        self.ir.store(self.ir.offset(generator, CONSUMER), self.handle());
        self.suspend_to(suspension, answered);
        self.ir.position(answered);
    }
}
