//! Generators: the body as a coroutine driven through its `Generator` object, and stepping one from outside.

use crate::coroutine::Suspension;
use crate::function::Body;
use crate::glue::{Count, param};
use inkwell::IntPredicate;
use inkwell::basic_block::BasicBlock;
use inkwell::values::{BasicValueEnum, PointerValue};
use qi_abi::generator_state as state;
use qi_mir::{FunctionId, FunctionKind, Inst, Own, RuntimeFn, TypeKind};
use std::mem::offset_of;

const FRAME: u64 = qi_abi::GENERATOR_FRAME as u64;
const STATE: u64 = offset_of!(qi_abi::Generator, state) as u64;
const CLOSING: u64 = offset_of!(qi_abi::Generator, closing) as u64;
const OUT: u64 = offset_of!(qi_abi::Generator, out) as u64;
const SENT: u64 = offset_of!(qi_abi::Generator, sent) as u64;
const TASK: u64 = offset_of!(qi_abi::Generator, task) as u64;
const CONSUMER: u64 = offset_of!(qi_abi::Generator, consumer) as u64;
const ERROR: u64 = offset_of!(qi_abi::Generator, error) as u64;

// Inside the body.
impl<'c> Body<'_, 'c, '_> {
    /// Found through the frame wherever it is needed, so that it takes no place in it.
    fn generator(&self) -> PointerValue<'c> {
        self.ir.before(self.handle(), FRAME)
    }
    pub fn generator_task(&self) -> PointerValue<'c> {
        self.ir.load_ptr(self.ir.offset(self.generator(), TASK))
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
        let closing = self.ir.load_i32(self.ir.offset(self.generator(), CLOSING));
        let closing = self.ir.int_compare(IntPredicate::NE, closing, self.ir.i32(0));
        self.ir.branch_unlikely(closing, dropped, start);
        self.ir.position(dropped);
        for (param, &value) in self.func.params.iter().zip(&args) {
            if param.own == Own::Consume {
                self.cg.count_value(&self.ir, Count::Release, param.ty, value);
            }
        }
        self.finish_generator(None);
        self.ir.position(start);
        self.drop_sent();
        args
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
        self.ir.store(self.ir.offset(generator, STATE), self.ir.i32(state::SUSPENDED));
        let resumed = self.ir.new_block("resumed");
        if self.func.suspends {
            self.answer_waiting_consumer(resumed);
        }
        let suspension = self.save_unseen();
        self.suspend_to(suspension, resumed);
        self.ir.position(resumed);
        let closing = self.ir.load_i32(self.ir.offset(self.generator(), CLOSING));
        let closing = self.ir.int_compare(IntPredicate::NE, closing, self.ir.i32(0));
        self.fault_if(closing, RuntimeFn::qi_fault_generator_closed, &[]);
        self.receive(inst)
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
        self.ir.store(self.ir.offset(generator, STATE), self.ir.i32(state::FINISHED));
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
        let out = self.pointer(inst.args[1]);
        let sent = inst.args.get(2).map(|&it| (self.type_of(it), self.value(it)));
        let suspends = self.cg.mir.inst_suspends(&inst.opcode, |index| self.type_of(inst.args[index]));
        let refusal = self.cg.ctx.append_basic_block(self.llvm, "busy");
        let (step, unready, ended) =
            (self.ir.new_block("step"), self.ir.new_block("unready"), self.ir.new_block("ended"));
        let now = self.ir.load_i32(self.ir.offset(generator, STATE));
        let (running, suspended) = (self.ir.i32(state::RUNNING), self.ir.i32(state::SUSPENDED));
        self.ir.branch_unlikely(self.ir.int_compare(IntPredicate::NE, now, suspended), unready, step);
        self.ir.position(unready);
        self.ir.branch(self.ir.int_compare(IntPredicate::EQ, now, running), refusal, ended);

        self.ir.position(refusal);
        self.drop_unsent(sent);
        let error = self.fault(RuntimeFn::qi_fault_reentry, &[]);
        self.fail(error);

        self.ir.position(step);
        let place = sent.map(|(ty, value)| {
            let place = self.kept_temp(self.cg.memory_type(ty));
            self.store(ty, place, value);
            place
        });
        self.ir.store(self.ir.offset(generator, OUT), out);
        // A body that receives nothing does not ask for it, and one that never waits does not ask for its task.
        if place.is_some() || self.receives(inst) {
            self.ir.store(self.ir.offset(generator, SENT), place.unwrap_or_else(|| self.ir.null()));
        }
        if suspends {
            self.ir.store(self.ir.offset(generator, TASK), self.task());
        }
        self.ir.store(self.ir.offset(generator, STATE), running);
        let frame = self.ir.offset(generator, FRAME);
        let resume = self.cg.intrinsic("llvm.coro.resume", &[]);
        self.ir.call(resume, &[frame.into()]);
        if suspends {
            self.wait_for_answer(generator);
        }
        let after = self.ir.load_i32(self.ir.offset(generator, STATE));
        let yielded = self.ir.int_compare(IntPredicate::EQ, after, suspended);
        let (over, done) = (self.ir.new_block("over"), self.ir.new_block("stepped"));
        let stepped = self.ir.block();
        self.ir.branch(yielded, done, over);

        self.ir.position(over);
        let place = self.ir.offset(generator, ERROR);
        let error = self.ir.load_ptr(place);
        self.ir.store(place, self.ir.null());
        self.throw_if(error, true);
        let over = self.ir.block();
        self.ir.jump(done);

        self.ir.position(ended);
        self.drop_unsent(sent);
        let ended = self.ir.block();
        self.ir.jump(done);

        self.ir.position(done);
        let got = self.ir.phi(self.cg.ctx.bool_type().into());
        let (yes, no) = (self.ir.i1(true), self.ir.i1(false));
        got.add_incoming(&[(&yes, stepped), (&no, over), (&no, ended)]);
        got.as_basic_value()
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
        let now = self.ir.load_i32(self.ir.offset(generator, STATE));
        let waits = self.ir.int_compare(IntPredicate::EQ, now, self.ir.i32(state::RUNNING));
        let (wait, answered) = (self.ir.new_block("wait"), self.ir.new_block("answered"));
        self.ir.branch(waits, wait, answered);
        self.ir.position(wait);
        let suspension: Suspension = self.save();
        self.ir.store(self.ir.offset(generator, CONSUMER), self.handle());
        self.suspend_to(suspension, answered);
        self.ir.position(answered);
    }
}
