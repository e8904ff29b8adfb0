//! 函数 values: a code pointer of the signature's shape with its environment.

use crate::function::Body;
use crate::suspend::Callee;
use crate::thunks;
use inkwell::values::BasicValueEnum;
use qi_mir::{FunctionId, Inst, TypeKind};

pub fn new<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst, function: FunctionId) -> BasicValueEnum<'c> {
    let ty = body.type_of(inst.result.expect("closure_new has a result"));
    let TypeKind::Closure(signature) = *body.cg.mir.types.kind(ty) else { qi_base::bug!("{ty} is no closure type") };
    let suspends = body.cg.mir.suspending_signatures.contains(&signature);
    let code = thunks::lifted(body.cg, function, suspends);
    let env = inst.args.first().map_or_else(|| body.ir.null().into(), |&it| body.value(it));
    let env = if env.is_pointer_value() { env } else { body.ir.null().into() };
    let pair = body.ir.insert(body.cg.pair_type().get_undef(), code, 0);
    body.ir.insert(pair, env, 1).into()
}

pub fn call<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> Option<BasicValueEnum<'c>> {
    let ty = body.type_of(inst.args[0]);
    let TypeKind::Closure(signature) = *body.cg.mir.types.kind(ty) else { qi_base::bug!("{ty} is no closure type") };
    let abi = body.cg.closure_abi(signature);
    let pair = body.value(inst.args[0]).into_struct_value();
    let code = body.ir.extract(pair, 0).into_pointer_value();
    let mut args = vec![body.ir.extract(pair, 1)];
    args.extend(inst.args[1..].iter().map(|&it| body.value(it)));
    body.call_abi(Callee::Code(code), &abi, &args)
}

/// For C: a function of the C convention that calls the Qi one.
pub fn function_pointer<'c>(body: &mut Body<'_, 'c, '_>, function: FunctionId) -> BasicValueEnum<'c> {
    thunks::callback(body.cg, function).into()
}
