//! What ThreadSanitizer needs beside instrumented code: the runtime is not instrumented, so it gets the sanitizer's functions to
//! announce its synchronisation with, and the sanitizer is told to ignore what the runtime's library allocates and copies.

use crate::ir::Ir;
use crate::module::Codegen;
use inkwell::values::PointerValue;

const SUPPRESSIONS: &str = "called_from_lib:libqi_runtime.so\n\0";

/// At the start of `main`.
pub fn announce_runtime<'c>(cg: &mut Codegen<'c, '_>, ir: &Ir<'c>) {
    let ptr = cg.ptr_type();
    let hook = cg.ctx.void_type().fn_type(&[ptr.into()], false);
    let address = |cg: &mut Codegen<'c, '_>, name| -> PointerValue<'c> {
        cg.declare_c(name, hook).as_global_value().as_pointer_value()
    };
    let (acquire, release) = (address(cg, "__tsan_acquire"), address(cg, "__tsan_release"));
    let register =
        cg.declare_c(qi_abi::symbols::RACE_HOOKS, cg.ctx.void_type().fn_type(&[ptr.into(), ptr.into()], false));
    ir.call(register, &[acquire.into(), release.into()]);
    define_suppressions(cg);
}

/// The sanitizer asks the program for these before `main`.
fn define_suppressions(cg: &mut Codegen<'_, '_>) {
    let function = cg.declare_c("__tsan_default_suppressions", cg.ptr_type().fn_type(&[], false));
    let ir = Ir::at_end(cg.ctx, cg.ctx.append_basic_block(function, "entry"));
    let text = cg.bytes(SUPPRESSIONS);
    ir.ret(Some(text.into()));
}
