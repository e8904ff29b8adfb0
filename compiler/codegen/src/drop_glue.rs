//! Functions that take dead values apart (`qi_abi::TypeInfo::release`): one per struct or enum that a description names. An
//! object that dies goes on the list of the dead, so nothing here recurses along a data structure.
//!
//! ```text
//! define internal void @qi.drop.struct0(ptr %value, ptr %dead)
//! ```

use crate::glue::param;
use crate::ir::Ir;
use crate::module::Codegen;
use crate::runtime_fns::Extra;
use crate::tbaa::Access;
use inkwell::IntPredicate;
use inkwell::attributes::AttributeLoc;
use inkwell::values::{FunctionValue, PointerValue};
use qi_mir::{Field, Type, TypeKind};

impl<'c> Codegen<'c, '_> {
    /// None for a type without counted parts.
    pub fn drop_glue(&mut self, ty: Type) -> Option<FunctionValue<'c>> {
        let mir = self.mir;
        if !mir.types.is_counted(ty) {
            return None;
        }
        let symbol = format!("qi.drop.{ty}");
        if let Some(known) = self.llvm.get_function(&symbol) {
            return Some(known);
        }
        let (function, ir) = self.drop_function(&symbol);
        let (place, dead) = (param(function, 0).into_pointer_value(), param(function, 1).into_pointer_value());
        match mir.types.kind(ty) {
            TypeKind::Struct(id) => self.drop_fields(&ir, &mir.types.structs[*id].fields, place, dead),
            TypeKind::Enum(id) => {
                let visit = |cg: &mut Self, fields: &[Field], at| cg.drop_fields(&ir, fields, at, dead);
                self.on_counted_fields(&ir, *id, place, visit);
            }
            other => qi_base::bug!("no drop glue for {other:?}"),
        }
        ir.ret(None);
        Some(function)
    }

    fn drop_function(&self, symbol: &str) -> (FunctionValue<'c>, Ir<'c>) {
        let ptr = self.ptr_type().into();
        let function = self.add_internal_c(symbol, self.ctx.void_type().fn_type(&[ptr, ptr], false));
        (function, Ir::at_end(self.ctx, self.ctx.append_basic_block(function, "entry")))
    }

    fn drop_fields(&mut self, ir: &Ir<'c>, fields: &[Field], place: PointerValue<'c>, dead: PointerValue<'c>) {
        let layout = self.fields_type(fields);
        for (index, field) in fields.iter().enumerate() {
            if self.mir.types.is_counted(field.ty) {
                self.drop_place(ir, field.ty, ir.field(layout, place, index as u32), dead);
            }
        }
    }

    fn drop_place(&mut self, ir: &Ir<'c>, ty: Type, place: PointerValue<'c>, dead: PointerValue<'c>) {
        match self.mir.types.kind(ty) {
            TypeKind::Struct(_) | TypeKind::Enum(_) => {
                let glue = self.drop_glue(ty).unwrap_or_else(|| qi_base::bug!("{ty} has no counted parts"));
                ir.call(glue, &[place.into(), dead.into()]);
            }
            TypeKind::Str => {
                let (heap, done) = (ir.new_block("heap"), ir.new_block("done"));
                let high = ir.load_i64(ir.offset(place, 8));
                ir.branch(ir.int_compare(IntPredicate::SLT, high, ir.i64(0)), done, heap);
                ir.position(heap);
                self.drop_object(ir, ir.load_ptr(place), dead);
                ir.jump(done);
                ir.position(done);
            }
            // Code pointer or vtable first, the object second.
            TypeKind::Closure(_) | TypeKind::Dynamic(_) => {
                let object = ir.load_ptr(ir.offset(place, 8));
                self.drop_object(ir, object, dead);
            }
            _ => self.drop_object(ir, ir.load_ptr(place), dead),
        }
    }

    fn drop_object(&mut self, ir: &Ir<'c>, object: PointerValue<'c>, dead: PointerValue<'c>) {
        let symbol = "qi.drop.object";
        let known = self.llvm.get_function(symbol);
        let function = known.unwrap_or_else(|| self.object_drop_glue(symbol));
        ir.call(function, &[object.into(), dead.into()]);
    }

    /// A private object loses a reference or goes on the list; the runtime knows about others.
    fn object_drop_glue(&mut self, symbol: &str) -> FunctionValue<'c> {
        let (function, ir) = self.drop_function(symbol);
        self.add_enum_attribute(function, AttributeLoc::Function, "alwaysinline");
        let (object, dead) = (param(function, 0).into_pointer_value(), param(function, 1).into_pointer_value());
        let [live, others, more, last, shared, done] =
            ["live", "others", "more", "last", "shared", "done"].map(|it| ir.new_block(it));
        ir.branch(ir.is_null(object), done, live);
        ir.position(live);
        let old = ir.load_as(&self.tbaa, Access::Count, self.ctx.i32_type(), object).into_int_value();
        ir.branch(ir.int_compare(IntPredicate::EQ, old, ir.i32(1)), last, others);
        ir.position(last);
        ir.store(object, ir.load_i64(dead));
        ir.store(dead, object);
        ir.jump(done);
        ir.position(others);
        ir.branch(ir.int_compare(IntPredicate::SGT, old, ir.i32(1)), more, shared);
        ir.position(more);
        ir.store_as(&self.tbaa, Access::Count, object, ir.sub(old, ir.i32(1)));
        ir.jump(done);
        ir.position(shared);
        let runtime = self.extra(Extra::ReleaseShared);
        ir.call(runtime, &[object.into(), dead.into()]);
        ir.jump(done);
        ir.position(done);
        ir.ret(None);
        function
    }
}
