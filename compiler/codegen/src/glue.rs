//! Retain and release: per-type functions that walk the counted parts of a value and a shared fast path for objects
//! (private counts inline, everything else in the runtime). Each function is emitted on first use.

use crate::ir::Ir;
use crate::module::Codegen;
use crate::runtime_fns::Extra;
use crate::tbaa::Access;
use crate::types::MAX_GLUE_WORDS;
use inkwell::IntPredicate;
use inkwell::attributes::AttributeLoc;
use inkwell::values::{BasicValueEnum, FunctionValue, PointerValue};
use qi_abi::Str;
use qi_mir::{Field, Type, TypeKind};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Count {
    Retain,
    Release,
}

/// A glue function.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Glue {
    Object(Count),
    Str(Count),
    /// A struct or enum.
    Value(Count, Type),
}

impl Count {
    fn name(self) -> &'static str {
        match self {
            Count::Retain => "retain",
            Count::Release => "release",
        }
    }
    fn slow(self) -> Extra {
        match self {
            Count::Retain => Extra::Retain,
            Count::Release => Extra::Release,
        }
    }
}

impl<'c> Codegen<'c, '_> {
    /// Counts a value held in a register.
    pub fn count_value(&mut self, ir: &Ir<'c>, count: Count, ty: Type, value: BasicValueEnum<'c>) {
        if !self.mir.types.is_counted(ty) {
            return;
        }
        match self.mir.types.kind(ty) {
            TypeKind::Str => {
                let pair = value.into_struct_value();
                let glue = self.glue(Glue::Str(count));
                ir.call(glue, &[ir.extract(pair, 0), ir.extract(pair, 1)]);
            }
            // Code pointer or vtable first, the object second.
            TypeKind::Closure(_) | TypeKind::Dynamic(_) => {
                let object = ir.extract(value.into_struct_value(), 1);
                let glue = self.glue(Glue::Object(count));
                ir.call(glue, &[object]);
            }
            TypeKind::Struct(_) | TypeKind::Enum(_) => {
                let glue = self.glue(Glue::Value(count, ty));
                if self.words(ty) > MAX_GLUE_WORDS {
                    let place = entry_alloca(ir, value.get_type(), "");
                    ir.store(place, value);
                    ir.call(glue, &[place.into()]);
                } else {
                    ir.call(glue, &[value]);
                }
            }
            _ => {
                let glue = self.glue(Glue::Object(count));
                ir.call(glue, &[value]);
            }
        }
    }

    /// Counts a value in memory.
    pub fn count_place(&mut self, ir: &Ir<'c>, count: Count, ty: Type, place: PointerValue<'c>) {
        if !self.mir.types.is_counted(ty) {
            return;
        }
        match self.mir.types.kind(ty) {
            TypeKind::Struct(_) | TypeKind::Enum(_) if self.words(ty) > MAX_GLUE_WORDS => {
                let glue = self.glue(Glue::Value(count, ty));
                ir.call(glue, &[place.into()]);
            }
            _ => {
                let memory = self.memory_type(ty);
                let value = ir.load_as(&self.tbaa, Access::of(memory), memory, place);
                self.count_value(ir, count, ty, value);
            }
        }
    }

    fn glue(&mut self, glue: Glue) -> FunctionValue<'c> {
        if let Some(known) = self.glue.get(&glue) {
            return *known;
        }
        let void = self.ctx.void_type();
        let (name, ty) = match glue {
            Glue::Object(count) => {
                (format!("qi.{}.object", count.name()), void.fn_type(&[self.ptr_type().into()], false))
            }
            Glue::Str(count) => {
                let word = self.ctx.i64_type().into();
                (format!("qi.{}.str", count.name()), void.fn_type(&[word, word], false))
            }
            Glue::Value(count, ty) => {
                let param = if self.words(ty) > MAX_GLUE_WORDS { self.ptr_type().into() } else { self.memory_type(ty) };
                (format!("qi.{}.{ty}", count.name()), void.fn_type(&[param.into()], false))
            }
        };
        let value = self.add_internal(&name, ty);
        if self.options.opt_level > 0 && !matches!(glue, Glue::Value(..)) {
            self.add_enum_attribute(value, AttributeLoc::Function, "alwaysinline");
        }
        self.glue.insert(glue, value);
        let ir = Ir::at_end(self.ctx, self.ctx.append_basic_block(value, "entry"));
        match glue {
            Glue::Object(count) => self.object_glue(&ir, count, value),
            Glue::Str(count) => self.str_glue(&ir, count, value),
            Glue::Value(count, ty) => self.value_glue(&ir, count, ty, value),
        }
        value
    }

    fn object_glue(&mut self, ir: &Ir<'c>, count: Count, function: FunctionValue<'c>) {
        let object = param(function, 0).into_pointer_value();
        let (live, private, slow, done) =
            (ir.new_block("live"), ir.new_block("private"), ir.new_block("slow"), ir.new_block("done"));
        ir.branch(ir.is_null(object), done, live);
        ir.position(live);
        let old = ir.load_as(&self.tbaa, Access::Count, self.ctx.i32_type(), object).into_int_value();
        let (limit, step) = match count {
            Count::Retain => (0, 1),
            // The last reference frees the object.
            Count::Release => (1, u32::MAX),
        };
        ir.branch(ir.int_compare(IntPredicate::SGT, old, ir.i32(limit)), private, slow);
        ir.position(private);
        ir.store_as(&self.tbaa, Access::Count, object, ir.add(old, ir.i32(step)));
        ir.jump(done);
        ir.position(slow);
        let runtime = self.extra(count.slow());
        ir.call(runtime, &[object.into()]);
        ir.jump(done);
        ir.position(done);
        ir.ret(None);
    }

    /// Only texts on the heap are counted: top bit of the second word clear, first word not null.
    fn str_glue(&mut self, ir: &Ir<'c>, count: Count, function: FunctionValue<'c>) {
        let (low, high) = (param(function, 0).into_int_value(), param(function, 1).into_int_value());
        let (heap, done) = (ir.new_block("heap"), ir.new_block("done"));
        debug_assert_eq!(Str::INLINE_BIT, 1 << 63);
        ir.branch(ir.int_compare(IntPredicate::SLT, high, ir.i64(0)), done, heap);
        ir.position(heap);
        let object = ir.int_to_ptr(low);
        let glue = self.glue(Glue::Object(count));
        ir.call(glue, &[object.into()]);
        ir.jump(done);
        ir.position(done);
        ir.ret(None);
    }

    fn value_glue(&mut self, ir: &Ir<'c>, count: Count, ty: Type, function: FunctionValue<'c>) {
        let memory = self.memory_type(ty);
        let place = match param(function, 0) {
            BasicValueEnum::PointerValue(place) if self.words(ty) > MAX_GLUE_WORDS => place,
            value => {
                let place = ir.alloca(memory, "");
                ir.store(place, value);
                place
            }
        };
        let mir = self.mir;
        match mir.types.kind(ty) {
            TypeKind::Struct(id) => {
                self.count_fields(ir, count, &mir.types.structs[*id].fields, place);
                ir.ret(None);
            }
            TypeKind::Enum(id) => {
                let visit = |cg: &mut Self, fields: &[Field], at| cg.count_fields(ir, count, fields, at);
                self.on_counted_fields(ir, *id, place, visit);
                ir.ret(None);
            }
            other => qi_base::bug!("no glue for {other:?}"),
        }
    }

    /// The last field first, as variables end. What lies on the heap ends so too: it goes through the list of the dead.
    fn count_fields(&mut self, ir: &Ir<'c>, count: Count, fields: &[Field], place: PointerValue<'c>) {
        let layout = self.fields_type(fields);
        for (index, field) in fields.iter().enumerate().rev() {
            if self.mir.types.is_counted(field.ty) {
                self.count_place(ir, count, field.ty, ir.field(layout, place, index as u32));
            }
        }
    }
}

/// A stack place of the whole function, wherever the builder stands.
pub fn entry_alloca<'c>(ir: &Ir<'c>, ty: inkwell::types::BasicTypeEnum<'c>, name: &str) -> PointerValue<'c> {
    let entry = ir.function().get_first_basic_block().expect("a function being built has an entry");
    let at = Ir::new(ir.ctx);
    match entry.get_first_instruction() {
        Some(first) => at.builder.position_before(&first),
        None => at.position(entry),
    }
    at.alloca(ty, name)
}

pub fn param(function: FunctionValue<'_>, index: u32) -> BasicValueEnum<'_> {
    function.get_nth_param(index).expect("the parameter exists")
}
