//! 作为 and the conversion functions of the built-in types.

use crate::body::Body;
use crate::frames::FrameKind;
use qi_base::bug;
use qi_hir::{AdtKind, CastKind, ExprId, IntType, Ty, TyKind};
use qi_mir::{BlockCall, Opcode, Overflow, RuntimeFn, Terminator, Type, TypeKind, Value};

impl Body<'_, '_> {
    pub(super) fn cast(&mut self, expr: ExprId, operand: ExprId) -> Value {
        let kind = *self.scope.typed.casts.get(&expr).unwrap_or_else(|| bug!("cast {expr} has no kind"));
        let value = self.expr(operand);
        let (from, to) = (self.adjusted_type(operand), self.raw_type(expr));
        self.convert(kind, value, from, to)
    }

    pub(super) fn convert(&mut self, kind: CastKind, value: Value, from: Ty, to: Ty) -> Value {
        let target = self.cx.ty(to);
        match kind {
            CastKind::None => value,
            CastKind::IntToInt(_) => self.int_cast(value, target),
            CastKind::IntToFloat => self.op(Opcode::IntToFloat, vec![value], target),
            CastKind::FloatToInt(_) => {
                let wide = self.widened(value);
                if *self.cx.module.types.kind(target) == (TypeKind::Int { bits: 64, signed: false }) {
                    return self.runtime(RuntimeFn::qi_float_to_unsigned, Vec::new(), vec![wide], Some(target));
                }
                let i64 = self.cx.module.types.i64();
                let whole = self.runtime(RuntimeFn::qi_float_to_int, Vec::new(), vec![wide], Some(i64));
                self.int_cast(whole, target)
            }
            CastKind::FloatToFloat(_) => self.float_cast(value, target),
            CastKind::CharToInt(_) => {
                let i64 = self.cx.module.types.i64();
                let code = self.op(Opcode::CharToInt, vec![value], i64);
                self.int_cast(code, target)
            }
            CastKind::IntToChar => self.op(Opcode::IntToChar, vec![value], target),
            CastKind::BoolToInt(_) => {
                self.select(value, target, |body| body.int_of(1, target), |body| body.int_of(0, target))
            }
            CastKind::EnumToInt(_) => {
                let number = self.variant_number(value, from);
                self.int_cast(number, target)
            }
            CastKind::ToText => self.text(value),
            CastKind::ParseInt(of) => self.parse_int(value, of, target),
            CastKind::ParseFloat => self.caught(target, |body| {
                let ty = body.cx.module.types.intern(TypeKind::Float { bits: 64 });
                let wide = body.runtime(RuntimeFn::qi_str_parse_float, Vec::new(), vec![value], Some(ty));
                let wanted = body.payload_type(target);
                body.float_cast(wide, wanted)
            }),
            CastKind::Downcast => self.downcast(value, from, to),
        }
    }

    /// What the variants of an enum without fields are numbered by.
    fn variant_number(&mut self, value: Value, ty: Ty) -> Value {
        let TyKind::Adt(id, _) = ty.kind() else { bug!("a number of no enum") };
        let AdtKind::Enum(variants) = &self.cx.program.adts[*id].kind else { bug!("a number of no enum") };
        let tag_type = self.tag_type();
        let tag = self.build.plain(Opcode::EnumTag, vec![value], tag_type, None);
        if variants.iter().enumerate().all(|(index, it)| index as i64 == it.number) {
            return tag;
        }
        let i64 = self.cx.module.types.i64();
        let (join, number) = self.build.new_block_with(i64);
        let blocks: Vec<_> = variants.iter().map(|_| self.build.new_block()).collect();
        let impossible = self.build.new_block();
        let cases = blocks.iter().enumerate().map(|(index, &it)| (index as i128, BlockCall::new(it))).collect();
        self.build.terminate(Terminator::Switch { value: tag, cases, default: BlockCall::new(impossible) });
        self.build.switch_to(impossible);
        self.build.terminate(Terminator::Unreachable);
        for (variant, block) in variants.iter().zip(blocks) {
            self.build.switch_to(block);
            let value = self.int(i128::from(variant.number));
            self.build.jump(join, vec![value]);
        }
        self.build.switch_to(join);
        number
    }

    /// Checked conversion between integer types.
    pub(super) fn int_cast(&mut self, value: Value, to: Type) -> Value {
        if self.type_of(value) == to { value } else { self.op(Opcode::IntCast(Overflow::Checked), vec![value], to) }
    }
    fn float_cast(&mut self, value: Value, to: Type) -> Value {
        if self.type_of(value) == to { value } else { self.op(Opcode::FloatCast, vec![value], to) }
    }
    fn widened(&mut self, value: Value) -> Value {
        let f64 = self.cx.module.types.intern(TypeKind::Float { bits: 64 });
        self.float_cast(value, f64)
    }

    /// A text that is no number of the type is a 转换错误, whatever the reason.
    fn parse_int(&mut self, value: Value, of: IntType, result: Type) -> Value {
        self.caught(result, |body| {
            let i64 = body.cx.module.types.i64();
            let ty = body.cx.ty(Ty::new(TyKind::Int(of)));
            if ty == i64 {
                return body.runtime(RuntimeFn::qi_str_parse_int, Vec::new(), vec![value], Some(i64));
            }
            let (bits, signed) = (body.int(i128::from(of.bits())), body.int(i128::from(of.is_signed())));
            let operands = vec![value, bits, signed];
            let number = body.runtime(RuntimeFn::qi_str_parse_sized, Vec::new(), operands, Some(i64));
            body.op(Opcode::IntCast(Overflow::Wrapping), vec![number], ty)
        })
    }

    fn payload_type(&self, result: Type) -> Type {
        let TypeKind::Enum(id) = *self.cx.module.types.kind(result) else { bug!("no 结果") };
        self.cx.module.types.enums[id].variants[0].fields[0].ty
    }

    /// 成(value), or 败(error) if making the value throws.
    fn caught(&mut self, result: Type, run: impl FnOnce(&mut Self) -> Value) -> Value {
        let (join, joined) = self.build.new_block_with(result);
        let id = self.push_frame(FrameKind::Catch);
        let depth = self.stack.len() - 1;
        let value = run(self);
        self.stack.truncate(depth);
        let value = self.variant(result, 0, vec![value]);
        self.build.jump(join, vec![value]);
        if let Some(block) = self.frames[id].error.take() {
            self.build.switch_to(block);
            let error = self.build.func.blocks[block].params[0];
            let value = self.variant(result, 1, vec![error]);
            self.build.jump(join, vec![value]);
        }
        self.build.switch_to(join);
        joined
    }

    /// 任意 to a concrete type; 转换错误.
    fn downcast(&mut self, value: Value, from: Ty, to: Ty) -> Value {
        let target = self.cx.ty(to);
        let bool = self.cx.module.types.bool();
        let fits = if *self.kind_of(value) == TypeKind::Error {
            self.build.plain(Opcode::ErrorIs(target), vec![value], bool, None)
        } else {
            self.has_type(value, from, to)
        };
        let (name, wanted) = (self.cx.type_name(from), self.cx.type_name(to));
        self.select(
            fits,
            target,
            |body| match body.kind_of(value) {
                TypeKind::Error => body.build.plain(Opcode::ErrorGet(target), vec![value], target, None),
                _ => {
                    let place = body.temp(value);
                    let ty = body.cx.module.types.address(target);
                    let address = body.build.plain(Opcode::DynamicAddress(target), vec![place], ty, None);
                    body.load(address)
                }
            },
            |body| {
                let message = body.str(&format!("“{name}”里的值不是“{wanted}”"));
                let error = body.cx.module.types.error();
                let fault = body.runtime(RuntimeFn::qi_fault_conversion, Vec::new(), vec![message], Some(error));
                body.throw(fault);
                body.unit()
            },
        )
    }

    /// Asks a hidden method of the vtable for the number of the value's type.
    fn has_type(&mut self, value: Value, from: Ty, to: Ty) -> Value {
        let TyKind::Dynamic(trait_, _) = from.kind() else { bug!("downcast of no 任意 value") };
        let index = self.cx.dynamic_methods(*trait_).len();
        let signature = crate::vtables::hidden_signature(Ty::int());
        let opcode = self.cx.dynamic_call(index, &signature);
        let i64 = self.cx.module.types.i64();
        let number = self.op(opcode, vec![value], i64);
        let wanted = self.cx.type_number(to);
        let wanted = self.int(wanted);
        self.compare(qi_mir::Cmp::Eq, number, wanted)
    }
}
