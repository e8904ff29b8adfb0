//! How enums lie in memory, as `qi_abi` describes it: a tag before the fields of the variant, or no tag at all where a
//! box that is never null leaves room for one more variant (`选项` of a recursive type is one pointer).
//!
//! ```text
//! enum { "有" (box) "无" () }             ptr                 null is 无
//! enum { "空" () "结" (i64, box) }        { i64, ptr }        null is 空
//! enum { "圆" (f64) "方" (f64, f64) }     { i32, [2 x i64] }  the fields from byte 8 on
//! enum { "东" () "西" () }                i32
//! ```

use crate::ir::Ir;
use crate::module::Codegen;
use inkwell::types::BasicTypeEnum;
use inkwell::values::PointerValue;
use qi_mir::{EnumId, Field, TypeKind};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EnumLayout {
    /// The tag and nothing else.
    Tag,
    /// The tag, and the fields of its variant behind.
    Tagged,
    /// The fields of variant `full`. The other one of the two variants has none and is all zero, so its `field` is null.
    Niche { full: u32, field: u32 },
}

impl EnumLayout {
    /// Where the fields of a variant begin.
    pub fn fields_at(self) -> u64 {
        match self {
            EnumLayout::Tag | EnumLayout::Tagged => 8,
            EnumLayout::Niche { .. } => 0,
        }
    }
}

impl<'c> Codegen<'c, '_> {
    pub fn enum_layout(&self, id: EnumId) -> EnumLayout {
        let variants = &self.mir.types.enums[id].variants;
        if variants.iter().all(|it| it.fields.is_empty()) {
            return EnumLayout::Tag;
        }
        let (full, fields) = match variants.as_slice() {
            [full, empty] if empty.fields.is_empty() => (0, &full.fields),
            [empty, full] if empty.fields.is_empty() => (1, &full.fields),
            _ => return EnumLayout::Tagged,
        };
        let is_box = |field: &Field| matches!(self.mir.types.kind(field.ty), TypeKind::Box(_));
        match fields.iter().position(is_box) {
            Some(field) => EnumLayout::Niche { full, field: field as u32 },
            None => EnumLayout::Tagged,
        }
    }

    pub fn enum_type(&self, id: EnumId) -> BasicTypeEnum<'c> {
        let (tag, variants) = (self.ctx.i32_type(), &self.mir.types.enums[id].variants);
        match self.enum_layout(id) {
            EnumLayout::Tag => tag.into(),
            EnumLayout::Niche { full, .. } => self.fields_type(&variants[full as usize].fields).into(),
            EnumLayout::Tagged => {
                let bytes = variants.iter().map(|it| self.size_of(self.fields_type(&it.fields))).max().unwrap_or(0);
                let words = u32::try_from(bytes.div_ceil(8)).expect("a payload below 2^35 bytes");
                self.ctx.struct_type(&[tag.into(), self.ctx.i64_type().array_type(words).into()], false).into()
            }
        }
    }

    /// Emits `visit` of the fields, and of where they are, for each variant with counted parts.
    pub fn on_counted_fields(
        &mut self,
        ir: &Ir<'c>,
        id: EnumId,
        place: PointerValue<'c>,
        mut visit: impl FnMut(&mut Self, &[Field], PointerValue<'c>),
    ) {
        let (types, layout) = (&self.mir.types, self.enum_layout(id));
        let variants = &types.enums[id].variants;
        if let EnumLayout::Niche { full, .. } = layout {
            // Zeroes count as nothing, so there is no need to ask for the variant.
            return visit(self, &variants[full as usize].fields, place);
        }
        let done = ir.new_block("done");
        let tag = ir.load_i32(place);
        let fields = ir.offset(place, layout.fields_at());
        let counted = variants
            .iter()
            .enumerate()
            .filter(|(_, variant)| variant.fields.iter().any(|field| types.is_counted(field.ty)));
        let cases: Vec<_> = counted.map(|(index, it)| (ir.i32(index as u32), ir.new_block("case"), it)).collect();
        let targets: Vec<_> = cases.iter().map(|(tag, block, _)| (*tag, *block)).collect();
        ir.switch(tag, done, &targets);
        for (_, block, variant) in cases {
            ir.position(block);
            visit(self, &variant.fields, fields);
            ir.jump(done);
        }
        ir.position(done);
    }
}
