//! Calls of table functions by the calling rule: where out, infos, site, task and node go.

use crate::function::Body;
use crate::types::{CValue, Passing};
use inkwell::values::{BasicValueEnum, PointerValue};
use qi_mir::{Inst, Own, RuntimeFn, Type};

/// One argument of a table function.
#[derive(Clone, Copy)]
pub enum Arg<'c> {
    Value(Type, BasicValueEnum<'c>),
    /// An address of the described value.
    Place(PointerValue<'c>),
}

/// The operation `call_runtime`.
pub fn call<'c>(
    body: &mut Body<'_, 'c, '_>,
    inst: &Inst,
    function: RuntimeFn,
    infos: &[Type],
) -> Option<BasicValueEnum<'c>> {
    match function {
        RuntimeFn::qi_str_equal => {
            let (a, b) = (body.value(inst.args[0]), body.value(inst.args[1]));
            return Some(super::compare::equal_strs(body, body.type_of(inst.args[0]), a, b).into());
        }
        RuntimeFn::qi_str_byte_len => return Some(super::string::byte_len(body, inst).into()),
        _ => {}
    }
    let mut args = Vec::new();
    for (index, &arg) in inst.args.iter().enumerate() {
        args.push(match function.args()[index] {
            Own::Place => Arg::Place(body.pointer(arg)),
            Own::Plain | Own::Borrow | Own::Consume => Arg::Value(body.type_of(arg), body.value(arg)),
        });
    }
    let ty = match inst.result {
        Some(result) => Some(body.type_of(result)),
        None => body.try_result(),
    };
    let result = ty.map_or_else(|| body.cg.c_unit(), |ty| body.cg.c_value(ty));
    let value = body.call_table(function, &args, infos, result);
    if function.diverges() {
        // What follows is dead but must be well formed.
        let dead = body.ir.new_block("dead");
        body.ir.unreachable();
        body.ir.position(dead);
    }
    value
}

impl<'c> Body<'_, 'c, '_> {
    /// Calls a table function. An error goes to the handler; the value comes back in register form.
    pub fn call_table(
        &mut self,
        function: RuntimeFn,
        args: &[Arg<'c>],
        infos: &[Type],
        result: CValue<'c>,
    ) -> Option<BasicValueEnum<'c>> {
        let shape = self.cg.runtime_shape(function, result);
        let mut c_types = Vec::new();
        let mut c_args: Vec<BasicValueEnum<'c>> = Vec::new();
        for arg in args {
            let (ty, value) = self.c_arg(*arg, shape.suspends);
            c_types.push(ty);
            c_args.push(value);
        }
        let mut all: Vec<BasicValueEnum<'c>> = Vec::new();
        if shape.infos {
            all.extend(infos.iter().map(|&ty| BasicValueEnum::from(self.cg.info(ty))));
        }
        all.extend(c_args);
        if shape.site {
            all.push(self.cg.site(self.site).into());
        }
        let target = self.cg.runtime_fn(function, &c_types, infos.len(), result);
        let out = shape.out.then(|| self.out_place(result, shape.suspends));
        if shape.suspends {
            let finish = self.cg.runtime_finish(function, shape.out);
            self.await_runtime(target, finish, out, &all);
        } else {
            if let Some(out) = out {
                all.insert(0, out.into());
            }
            let returned = self.ir.call(target, &all);
            if shape.throws {
                let error = returned.expect("an error or null").into_pointer_value();
                let value = out.map(|out| self.out_value(result, out));
                self.end_temps();
                self.throw_if(error, false);
                return value;
            }
            if !shape.out {
                self.end_temps();
                return returned.map(|it| self.c_result(result, it));
            }
        }
        let value = out.map(|out| self.out_value(result, out));
        self.end_temps();
        value
    }

    /// Null where a generic result is unit.
    fn out_place(&mut self, result: CValue<'c>, kept: bool) -> PointerValue<'c> {
        match result.passing {
            Passing::Nothing => self.ir.null(),
            _ if kept => self.kept_temp(result.memory),
            _ => self.temp(result.memory),
        }
    }

    fn out_value(&mut self, result: CValue<'c>, out: PointerValue<'c>) -> BasicValueEnum<'c> {
        if result.passing == Passing::Nothing {
            return self.ir.unit();
        }
        let value = self.ir.load(result.memory, out);
        self.c_result(result, value)
    }

    fn c_result(&self, result: CValue<'c>, value: BasicValueEnum<'c>) -> BasicValueEnum<'c> {
        if !result.is_bool {
            return value;
        }
        self.ir.resize(value.into_int_value(), self.cg.ctx.bool_type(), false).into()
    }

    /// Aggregates go by address; what a suspending function may still read later stays in the frame.
    fn c_arg(&mut self, arg: Arg<'c>, kept: bool) -> (CValue<'c>, BasicValueEnum<'c>) {
        match arg {
            Arg::Place(place) => (self.cg.c_ptr(), place.into()),
            Arg::Value(ty, value) => {
                let c_type = self.cg.c_value(ty);
                match c_type.passing {
                    Passing::Memory => {
                        let place = if kept { self.kept_temp(c_type.memory) } else { self.temp(c_type.memory) };
                        self.ir.store(place, value);
                        (c_type, place.into())
                    }
                    Passing::Register | Passing::Nothing => (c_type, self.memory_form(ty, value)),
                }
            }
        }
    }
}
