//! The start of a library: its globals are initialised by whoever calls an exported function first, once, whatever thread
//! that is. The runtime keeps the others waiting; here only the check that stands before each exported function.

use crate::ir::Ir;
use crate::module::Codegen;
use crate::runtime_fns::Extra;
use crate::thunks::{call_plain, spawn_info};
use inkwell::IntPredicate;
use inkwell::values::{GlobalValue, IntValue, PointerValue};
use qi_mir::FunctionId;

/// Whoever calls a library first initialises it. Gives 0, or the code of the error that it ended with.
pub fn emit_start<'c>(cg: &mut Codegen<'c, '_>, ir: &Ir<'c>, start: FunctionId) -> IntValue<'c> {
    let flag = flag(cg);
    let (first, failed, started) = (ir.new_block("first"), ir.new_block("start_failed"), ir.new_block("started"));
    let done = ir.load_acquire(cg.ctx.i32_type(), flag.as_pointer_value());
    let before = ir.block();
    ir.branch_unlikely(ir.int_compare(IntPredicate::EQ, done, ir.i32(0)), first, started);
    ir.position(first);
    let (code, info) = if cg.mir.functions[start].suspends {
        (ir.null(), spawn_info(cg, start, None))
    } else {
        (code(cg, start), ir.null())
    };
    let run = cg.extra(Extra::LibraryStart);
    let error = ir.call(run, &[flag.as_pointer_value().into(), code.into(), info.into()]);
    let error = error.expect("a pointer").into_pointer_value();
    ir.branch_unlikely(ir.not(ir.is_null(error)), failed, started);
    ir.position(failed);
    let handler = cg.extra(Extra::ExportFailed);
    let failure = ir.call(handler, &[error.into()]).expect("a code");
    ir.jump(started);
    ir.position(started);
    let outcome = ir.phi(cg.ctx.i32_type().into());
    let zero = ir.i32(0);
    outcome.add_incoming(&[(&zero, before), (&zero, first), (&failure, failed)]);
    outcome.as_basic_value().into_int_value()
}

/// 1 once the library is initialised.
fn flag<'c>(cg: &Codegen<'c, '_>) -> GlobalValue<'c> {
    const NAME: &str = "qi.started";
    let known = cg.llvm.get_global(NAME);
    known.unwrap_or_else(|| cg.datum(NAME, cg.ctx.i32_type().const_zero(), false))
}

/// `Error *()` around an initialiser that cannot suspend.
fn code<'c>(cg: &mut Codegen<'c, '_>, start: FunctionId) -> PointerValue<'c> {
    const NAME: &str = "qi.start.code";
    if let Some(known) = cg.llvm.get_function(NAME) {
        return known.as_global_value().as_pointer_value();
    }
    let function = cg.add_internal_c(NAME, cg.ptr_type().fn_type(&[], false));
    let ir = Ir::at_end(cg.ctx, cg.ctx.append_basic_block(function, "entry"));
    let own = cg.abi(start);
    let (_, error) = call_plain(cg, &ir, start, &own, &[]);
    ir.ret(Some(error.unwrap_or_else(|| ir.null()).into()));
    function.as_global_value().as_pointer_value()
}
