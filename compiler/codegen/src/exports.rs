//! 导出: the C entries of a function. Each starts the library, takes texts over, calls the function or runs it as a task, and
//! hands value or error out in one of three ways.

use crate::c_abi::{Part, Shape};
use crate::glue::{Count, entry_alloca, param};
use crate::ir::Ir;
use crate::library;
use crate::module::Codegen;
use crate::runtime_fns::Extra;
use crate::thunks::{call_plain, memory_form, register_form, spawn_info};
use inkwell::IntPredicate;
use inkwell::types::BasicTypeEnum;
use inkwell::values::{BasicValueEnum, FunctionValue, IntValue, PointerValue};
use qi_mir::{Function, FunctionId, Type, TypeKind};

/// A C function being built.
struct Entry<'c> {
    ir: Ir<'c>,
    function: FunctionValue<'c>,
    shape: Shape<'c>,
    value: Type,
    exit: Exit<'c>,
}

/// How it ends.
enum Exit<'c> {
    /// Returns the value; zero after an error.
    Value,
    /// Returns 0 or the code of the error; the value goes here, if there is one and somebody wants it.
    Status(Option<PointerValue<'c>>),
    /// Calls back, now or when the task has ended.
    Callback(Callback<'c>),
}

#[derive(Clone, Copy)]
struct Callback<'c> {
    deliver: FunctionValue<'c>,
    done: PointerValue<'c>,
    user: PointerValue<'c>,
}

pub fn emit(cg: &mut Codegen<'_, '_>, id: FunctionId) {
    let Some(export) = &cg.mir.functions[id].export else { return };
    emit_call(cg, id, export.status);
    if let Some(symbol) = &export.callback {
        emit_start(cg, id, symbol);
    }
}

/// The entry that returns when the function has ended.
fn emit_call(cg: &mut Codegen<'_, '_>, id: FunctionId, status: bool) {
    let func = &cg.mir.functions[id];
    let has_out = status && !cg.is_unit(func.result);
    let mut parts = values(func);
    parts.extend(has_out.then_some(Part::Pointer));
    let result = if status { Part::Status } else { Part::Value(func.result) };
    let (mut entry, mut args) = Entry::open(cg, &func.symbol, &parts, result, func.result);
    if status {
        let out = args.split_off(func.params.len());
        entry.exit = Exit::Status(out.first().map(|it| it.into_pointer_value()));
    }
    entry.begin(cg, func, &mut args);
    let value = if func.suspends { entry.wait(cg, id, &args) } else { entry.call(cg, id, &args) };
    entry.give(cg, value);
}

/// The entry that starts a task and returns; the task's outcome goes to the callback.
fn emit_start(cg: &mut Codegen<'_, '_>, id: FunctionId, symbol: &str) {
    let func = &cg.mir.functions[id];
    let deliver = deliverer(cg, func);
    let mut parts = values(func);
    parts.extend([Part::Pointer, Part::Pointer]);
    let (mut entry, mut args) = Entry::open(cg, symbol, &parts, Part::Nothing, func.result);
    let last = args.split_off(func.params.len());
    let [done, user] = [last[0].into_pointer_value(), last[1].into_pointer_value()];
    entry.exit = Exit::Callback(Callback { deliver, done, user });
    entry.begin(cg, func, &mut args);
    let (info, record) = entry.record(cg, id, &args);
    let start = cg.extra(Extra::ExportStart);
    let deliver = deliver.as_global_value().as_pointer_value();
    entry.ir.call(start, &[info.into(), record.into(), deliver.into(), done.into(), user.into()]);
    entry.ir.ret(None);
}

fn values(func: &Function) -> Vec<Part> {
    func.params.iter().map(|it| Part::Value(it.ty)).collect()
}

impl<'c> Entry<'c> {
    /// With what C passed.
    fn open(
        cg: &mut Codegen<'c, '_>,
        symbol: &str,
        params: &[Part],
        result: Part,
        value: Type,
    ) -> (Self, Vec<BasicValueEnum<'c>>) {
        let shape = Shape::of_parts(cg, params, result);
        let function = cg.declare_c(symbol, shape.ty);
        cg.set_target_attributes(function);
        shape.declare(cg, function);
        let ir = Ir::at_end(cg.ctx, cg.ctx.append_basic_block(function, "entry"));
        let given = shape.receive(cg, &ir, function);
        (Self { ir, function, shape, value, exit: Exit::Value }, given)
    }

    /// What comes before every call: the start of a library, and texts of our own for those of C.
    fn begin(&self, cg: &mut Codegen<'c, '_>, func: &Function, args: &mut [BasicValueEnum<'c>]) {
        if let Some(start) = cg.mir.start {
            let code = library::emit_start(cg, &self.ir, start);
            self.fail_if(cg, code);
        }
        let is_text = |ty: Type| *cg.mir.types.kind(ty) == TypeKind::Str;
        let texts: Vec<usize> = (0..args.len()).filter(|&it| is_text(func.params[it].ty)).collect();
        if texts.is_empty() {
            return;
        }
        let ir = &self.ir;
        let (ptr, text, count) = (cg.ptr_type(), cg.str_type(), texts.len() as u32);
        let from = entry_alloca(ir, ptr.array_type(count).into(), "");
        let to = entry_alloca(ir, text.array_type(count).into(), "");
        for (index, &at) in texts.iter().enumerate() {
            ir.store(ir.index(ptr, from, ir.i64(index as u64)), args[at]);
        }
        let take = cg.extra(Extra::ExportTexts);
        let code = ir.call(take, &[from.into(), to.into(), ir.i64(u64::from(count)).into()]);
        self.fail_if(cg, code.expect("a code").into_int_value());
        for (index, &at) in texts.iter().enumerate() {
            args[at] = ir.load(text, ir.index(text, to, ir.i64(index as u64)));
        }
    }

    /// Calls a function that does not suspend.
    fn call(&self, cg: &mut Codegen<'c, '_>, id: FunctionId, args: &[BasicValueEnum<'c>]) -> BasicValueEnum<'c> {
        let (ir, func, own) = (&self.ir, &cg.mir.functions[id], cg.abi(id));
        let args = func.params.iter().zip(args).map(|(it, &value)| register_form(cg, ir, it.ty, value));
        let (value, error) = call_plain(cg, ir, id, &own, &args.collect::<Vec<_>>());
        if let Some(error) = error {
            let (failed, ok) = (ir.new_block("failed"), ir.new_block("ok"));
            ir.branch_unlikely(ir.not(ir.is_null(error)), failed, ok);
            ir.position(failed);
            let handler = cg.extra(Extra::ExportFailed);
            let code = ir.call(handler, &[error.into()]).expect("a code").into_int_value();
            self.fail(cg, code);
            ir.position(ok);
        }
        let succeeded = cg.extra(Extra::ExportSucceeded);
        ir.call(succeeded, &[]);
        memory_form(cg, ir, own.result, value.unwrap_or_else(|| ir.unit()))
    }

    /// Runs the function as a task while the calling thread waits.
    fn wait(&self, cg: &mut Codegen<'c, '_>, id: FunctionId, args: &[BasicValueEnum<'c>]) -> BasicValueEnum<'c> {
        let ir = &self.ir;
        let (info, record) = self.record(cg, id, args);
        let memory = cg.memory_type(self.value);
        let out = entry_alloca(ir, memory, "");
        let run = cg.extra(Extra::ExportRun);
        let code = ir.call(run, &[info.into(), record.into(), out.into()]).expect("a code");
        self.fail_if(cg, code.into_int_value());
        ir.load(memory, out)
    }

    /// The description of the task, and its arguments, which move into it.
    fn record(
        &self,
        cg: &mut Codegen<'c, '_>,
        id: FunctionId,
        args: &[BasicValueEnum<'c>],
    ) -> (PointerValue<'c>, PointerValue<'c>) {
        let (ir, func) = (&self.ir, &cg.mir.functions[id]);
        let layout = cg.record_type(func);
        let record = entry_alloca(ir, layout.into(), "");
        for (index, &value) in args.iter().enumerate() {
            ir.store(ir.field(layout, record, index as u32), value);
        }
        (spawn_info(cg, id, func.site), record)
    }

    fn fail_if(&self, cg: &mut Codegen<'c, '_>, code: IntValue<'c>) {
        let ir = &self.ir;
        let (failed, ok) = (ir.new_block("failed"), ir.new_block("ok"));
        ir.branch_unlikely(ir.int_compare(IntPredicate::NE, code, ir.i32(0)), failed, ok);
        ir.position(failed);
        self.fail(cg, code);
        ir.position(ok);
    }

    /// Ends with an error that the runtime has kept.
    fn fail(&self, cg: &Codegen<'c, '_>, code: IntValue<'c>) {
        match self.exit {
            Exit::Value => self.shape.give_zero(cg, &self.ir, self.function),
            Exit::Status(_) => self.shape.give(cg, &self.ir, self.function, code.into()),
            Exit::Callback(Callback { deliver, done, user }) => {
                self.ir.call(deliver, &[done.into(), user.into(), code.into(), self.ir.null().into()]);
                self.ir.ret(None);
            }
        }
    }

    /// Ends with a value in memory form.
    fn give(&self, cg: &mut Codegen<'c, '_>, value: BasicValueEnum<'c>) {
        let ir = &self.ir;
        match self.exit {
            Exit::Value => {
                let value = to_c(cg, ir, self.value, value);
                self.shape.give(cg, ir, self.function, value);
            }
            Exit::Status(out) => {
                if let Some(out) = out {
                    let (wanted, unwanted, end) =
                        (ir.new_block("wanted"), ir.new_block("unwanted"), ir.new_block("end"));
                    ir.branch(ir.is_null(out), unwanted, wanted);
                    ir.position(wanted);
                    ir.store(out, to_c(cg, ir, self.value, value));
                    ir.jump(end);
                    ir.position(unwanted);
                    cg.count_value(ir, Count::Release, self.value, value);
                    ir.jump(end);
                    ir.position(end);
                }
                self.shape.give(cg, ir, self.function, ir.i32(0).into());
            }
            Exit::Callback(_) => qi_base::bug!("an entry that calls back has no value"),
        }
    }
}

/// `void (done, user, code, value)`: calls back, unless that is null, with the outcome of a call. Consumes the value, whose
/// address is null after an error.
fn deliverer<'c>(cg: &mut Codegen<'c, '_>, func: &Function) -> FunctionValue<'c> {
    let (ptr, result) = (cg.ptr_type(), func.result);
    let ty = cg.ctx.void_type().fn_type(&[ptr.into(), ptr.into(), cg.ctx.i32_type().into(), ptr.into()], false);
    let function = cg.add_internal_c(&format!("{}.deliver", func.symbol), ty);
    let ir = Ir::at_end(cg.ctx, cg.ctx.append_basic_block(function, "entry"));
    let (wanted, end) = (ir.new_block("wanted"), ir.new_block("end"));
    let [done, user, code, given] = [0, 1, 2, 3].map(|index| param(function, index));
    // The runtime starts no task that delivers to nobody: there is no value to give up.
    ir.branch(ir.is_null(done.into_pointer_value()), end, wanted);
    ir.position(wanted);
    let given = given.into_pointer_value();
    let held = c_type(cg, result);
    let place = entry_alloca(&ir, held, "");
    ir.store(place, held.const_zero());
    let (present, call) = (ir.new_block("present"), ir.new_block("call"));
    ir.branch(ir.is_null(given), call, present);
    ir.position(present);
    let value = ir.load(cg.memory_type(result), given);
    ir.store(place, to_c(cg, &ir, result, value));
    ir.jump(call);
    ir.position(call);
    let shape = Shape::of_parts(cg, &[Part::Pointer, Part::Status, Part::Value(result)], Part::Nothing);
    shape.call(cg, &ir, done.into_pointer_value(), &[user, code, ir.load(held, place)]);
    ir.jump(end);
    ir.position(end);
    ir.ret(None);
    function
}

/// A value in memory form as C gets it: a text becomes an object that C frees.
fn to_c<'c>(cg: &mut Codegen<'c, '_>, ir: &Ir<'c>, ty: Type, value: BasicValueEnum<'c>) -> BasicValueEnum<'c> {
    if *cg.mir.types.kind(ty) != TypeKind::Str {
        return value;
    }
    let place = entry_alloca(ir, value.get_type(), "");
    ir.store(place, value);
    let give = cg.extra(Extra::ExportText);
    ir.call(give, &[place.into()]).expect("a text")
}

fn c_type<'c>(cg: &Codegen<'c, '_>, ty: Type) -> BasicTypeEnum<'c> {
    if *cg.mir.types.kind(ty) == TypeKind::Str { cg.ptr_type().into() } else { cg.memory_type(ty) }
}
