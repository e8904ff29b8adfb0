//! Calls of compiled and C functions, returns, and starting tasks.

use crate::abi::Abi;
use crate::function::Body;
use crate::ir::Ir;
use crate::module::Codegen;
use crate::runtime_fns::Extra;
use crate::suspend::Callee;
use crate::thunks;
use inkwell::values::{BasicValueEnum, FunctionValue, PointerValue};
use qi_abi::spawn_flags;
use qi_mir::{ExternId, FunctionId, Inst, Own};

pub fn direct<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, function: FunctionId) -> Option<BasicValueEnum<'c>> {
    let abi = body.cg.abi(function);
    let mut args: Vec<_> = inst.args.iter().map(|&it| body.value(it)).collect();
    if body.cg.is_environment(function, 0) {
        args[0] = body.ir.null().into();
    }
    let code = body.cg.function(function);
    let callee = if body.takes_frame(function) { Callee::Inner(code) } else { Callee::Function(code) };
    body.call_abi(callee, &abi, &args)
}

impl<'c> Body<'_, 'c, '_> {
    /// Calls compiled code of a shape; errors go to the handler.
    pub fn call_abi(
        &mut self,
        callee: Callee<'c>,
        abi: &Abi<'c>,
        args: &[BasicValueEnum<'c>],
    ) -> Option<BasicValueEnum<'c>> {
        if abi.suspends {
            return self.await_call(callee, abi, args);
        }
        let out = abi.out.then(|| self.temp(self.cg.value_type(abi.result)));
        let (value, error) = plain_call(self.cg, &self.ir, callee, abi, out, args);
        self.end_temps();
        if let Some(error) = error {
            self.throw_if(error, true);
        }
        value
    }
}

/// Calls code of a plain shape; gives the value and, where the shape has one, the error or null.
pub fn plain_call<'c>(
    cg: &Codegen<'c, '_>,
    ir: &Ir<'c>,
    callee: Callee<'c>,
    abi: &Abi<'c>,
    out: Option<PointerValue<'c>>,
    args: &[BasicValueEnum<'c>],
) -> (Option<BasicValueEnum<'c>>, Option<PointerValue<'c>>) {
    let mut all: Vec<BasicValueEnum<'c>> = out.into_iter().map(BasicValueEnum::from).collect();
    all.extend_from_slice(args);
    let returned = match callee {
        Callee::Function(function) | Callee::Inner(function) => ir.call(function, &all),
        Callee::Code(code) => ir.call_indirect(cg.function_type(abi), code, &all),
    };
    let in_memory = |out: PointerValue<'c>| ir.load(cg.value_type(abi.result), out);
    let nothing = abi.out || cg.is_unit(abi.result);
    match (abi.throws, nothing) {
        (true, true) => (out.map(in_memory), returned.map(BasicValueEnum::into_pointer_value)),
        (true, false) => {
            let pair = returned.expect("a value and an error").into_struct_value();
            (Some(ir.extract(pair, 0)), Some(ir.extract(pair, 1).into_pointer_value()))
        }
        (false, true) => (out.map(in_memory), None),
        (false, false) => (returned, None),
    }
}

/// Returns from code of a plain shape.
pub fn emit_return<'c>(
    cg: &Codegen<'c, '_>,
    ir: &Ir<'c>,
    abi: &Abi<'c>,
    function: FunctionValue<'c>,
    outcome: Result<BasicValueEnum<'c>, PointerValue<'c>>,
) {
    let nothing = abi.out || cg.is_unit(abi.result);
    let error = match outcome {
        Ok(_) => ir.null(),
        Err(error) => error,
    };
    if let (Ok(value), true) = (outcome, abi.out) {
        ir.store(crate::glue::param(function, 0).into_pointer_value(), value);
    }
    match (abi.throws, nothing) {
        (true, true) => ir.ret(Some(error.into())),
        (true, false) => {
            let pair = cg.fallible_type(abi.result).get_undef();
            let pair = match outcome {
                Ok(value) => ir.insert(pair, value, 0),
                Err(_) => pair,
            };
            ir.ret(Some(ir.insert(pair, error, 1).into()));
        }
        (false, nothing) => match outcome {
            Ok(_) if nothing => ir.ret(None),
            Ok(value) => ir.ret(Some(value)),
            // Effects proved that this is never reached.
            Err(_) => ir.unreachable(),
        },
    }
}

/// A C function of an 外部 block.
pub fn external<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, id: ExternId) -> Option<BasicValueEnum<'c>> {
    let args: Vec<_> = inst.args.iter().map(|&it| body.memory_form(body.type_of(it), body.value(it))).collect();
    let mir = body.cg.mir;
    let result = mir.externs[id].result;
    let value = if mir.externs[id].blocking {
        let layout = body.cg.blocking_record(id);
        let record = body.kept_temp(layout.into());
        for (index, arg) in args.iter().enumerate() {
            let place = body.ir.field(layout, record, index as u32);
            body.ir.store(place, *arg);
        }
        let thunk = thunks::blocking_thunk(body.cg, id);
        body.await_blocking(thunk, record);
        let place = body.ir.field(layout, record, args.len() as u32);
        (!body.cg.is_unit(result)).then(|| body.ir.load(body.cg.memory_type(result), place))
    } else {
        thunks::call_extern(body.cg, &body.ir, id, &args)
    };
    value.map(|it| body.register_form(result, it))
}

/// Puts the arguments into a record that the runtime moves into the task.
pub fn spawn<'c>(
    body: &mut Body<'_, 'c, '_>,
    inst: &Inst,
    function: FunctionId,
    detached: bool,
) -> Option<BasicValueEnum<'c>> {
    let callee = &body.cg.mir.functions[function];
    for param in &callee.params {
        if param.own == Own::Place || (param.own == Own::Borrow && body.cg.mir.types.is_counted(param.ty)) {
            qi_base::bug!("task root {} does not own its parameter {}", callee.name, param.name);
        }
    }
    let layout = body.cg.record_type(callee);
    let record = body.temp(layout.into());
    for (index, &arg) in inst.args.iter().enumerate() {
        let place = body.ir.field(layout, record, index as u32);
        body.store(body.type_of(arg), place, body.value(arg));
    }
    let info = thunks::spawn_info(body.cg, function, inst.site);
    let flags = body.ir.i32(if detached { spawn_flags::DETACHED } else { 0 });
    let start = body.cg.extra(Extra::TaskSpawn);
    let handle = body.ir.call(start, &[info.into(), record.into(), flags.into()]).expect("a handle");
    body.end_temps();
    if inst.result.is_none() {
        let release = body.cg.extra(Extra::Release);
        body.ir.call(release, &[handle]);
        return None;
    }
    Some(handle)
}
