//! Hashes, by the rule at `qi_abi::symbols::HASH_SEED`: of scalars and short texts inline, of everything else by the runtime.

use super::compare::{is_scalar, values};
use super::runtime::Arg;
use crate::function::Body;
use inkwell::IntPredicate;
use inkwell::values::{BasicValueEnum, IntValue};
use qi_mir::{Inst, RuntimeFn, Type, TypeKind};

pub fn hash<'c>(body: &mut Body<'_, 'c, '_>, inst: &Inst) -> BasicValueEnum<'c> {
    let ty = body.type_of(inst.args[0]);
    let value = body.value(inst.args[0]);
    match value {
        _ if matches!(body.cg.mir.types.kind(ty), TypeKind::Str) => text(body, ty, value),
        BasicValueEnum::IntValue(bits) if is_scalar(body, ty) => {
            let wide = body.ir.resize(bits, body.cg.ctx.i64_type(), body.cg.is_signed(ty));
            let (first, second) = key(body);
            fold(body, body.ir.xor(wide, first), second).into()
        }
        _ => values(body, inst, RuntimeFn::qi_value_hash).expect("a hash"),
    }
}

fn text<'c>(body: &mut Body<'_, 'c, '_>, ty: Type, value: BasicValueEnum<'c>) -> BasicValueEnum<'c> {
    let pair = value.into_struct_value();
    let (low, high) = (body.ir.extract(pair, 0).into_int_value(), body.ir.extract(pair, 1).into_int_value());
    let (short, long, done) = (body.ir.new_block("short"), body.ir.new_block("long"), body.ir.new_block("hashed"));
    let is_inline = body.ir.int_compare(IntPredicate::SLT, high, body.ir.i64(0));
    body.ir.branch(is_inline, short, long);
    body.ir.position(short);
    let (first, second) = key(body);
    let inline = fold(body, body.ir.xor(low, first), body.ir.xor(high, second));
    body.ir.jump(done);
    body.ir.position(long);
    let called = body.call_table(RuntimeFn::qi_str_hash, &[Arg::Value(ty, value)], &[], body.cg.c_i64());
    let called = called.expect("a hash");
    let long_end = body.ir.block();
    body.ir.jump(done);
    body.ir.position(done);
    let result = body.ir.phi(body.cg.ctx.i64_type().into());
    result.add_incoming(&[(&inline, short), (&called, long_end)]);
    result.as_basic_value()
}

/// The process's key.
fn key<'c>(body: &mut Body<'_, 'c, '_>) -> (IntValue<'c>, IntValue<'c>) {
    let seed = body.cg.runtime_data(qi_abi::symbols::HASH_SEED).as_pointer_value();
    (body.ir.load_i64(seed), body.ir.load_i64(body.ir.offset(seed, 8)))
}

fn fold<'c>(body: &Body<'_, 'c, '_>, a: IntValue<'c>, b: IntValue<'c>) -> IntValue<'c> {
    let (word, wide) = (body.cg.ctx.i64_type(), body.cg.ctx.i128_type());
    let product = body.ir.mul(body.ir.resize(a, wide, false), body.ir.resize(b, wide, false));
    let top = body.ir.shr(false, product, wide.const_int(64, false));
    let folded = body.ir.xor(body.ir.resize(product, word, false), body.ir.resize(top, word, false));
    body.ir.and(folded, body.ir.i64(i64::MAX as u64))
}
