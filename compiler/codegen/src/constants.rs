//! Static data without types of its own: texts, string literals, source sites. Each distinct one is emitted once.

use crate::module::Codegen;
use inkwell::module::Linkage;
use inkwell::types::BasicType;
use inkwell::values::{BasicValue, BasicValueEnum, GlobalValue, PointerValue, StructValue};
use qi_abi::Str;
use qi_mir::SiteId;

impl<'c> Codegen<'c, '_> {
    /// A private datum; `constant` ones land in read-only memory.
    pub fn datum(&self, name: &str, value: impl BasicValue<'c>, constant: bool) -> GlobalValue<'c> {
        let value = value.as_basic_value_enum();
        let global = self.declare_datum(name, value.get_type());
        global.set_initializer(&value);
        global.set_constant(constant);
        global
    }
    pub fn declare_datum(&self, name: &str, ty: impl BasicType<'c>) -> GlobalValue<'c> {
        let global = self.llvm.add_global(ty, None, name);
        global.set_linkage(Linkage::Internal);
        global
    }

    /// `StaticText { data, len }`.
    pub fn static_text(&mut self, text: &str) -> StructValue<'c> {
        let data = self.bytes(text);
        let len = self.ctx.i64_type().const_int(text.len() as u64, false);
        self.ctx.const_struct(&[data.into(), len.into()], false)
    }

    pub fn bytes(&mut self, text: &str) -> PointerValue<'c> {
        if text.is_empty() {
            return self.ptr_type().const_null();
        }
        if let Some(known) = self.texts.get(text) {
            return *known;
        }
        let global = self.datum("qi.text", self.ctx.const_string(text.as_bytes(), false), true);
        global.set_unnamed_addr(true);
        global.set_alignment(1);
        let pointer = global.as_pointer_value();
        self.texts.insert(text.to_owned(), pointer);
        pointer
    }

    /// A string literal as a value: inline when short, else a reference to an immortal object.
    pub fn str_literal(&mut self, text: &str) -> BasicValueEnum<'c> {
        let word = self.ctx.i64_type();
        if text.len() <= Str::INLINE_MAX {
            let mut bytes = [0_u8; 16];
            bytes[..text.len()].copy_from_slice(text.as_bytes());
            let low = u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes"));
            let high = u64::from_le_bytes(bytes[8..].try_into().expect("eight bytes"));
            let high = high | Str::INLINE_BIT | (text.len() as u64) << 56;
            return self
                .ctx
                .const_struct(&[word.const_int(low, false).into(), word.const_int(high, false).into()], false)
                .into();
        }
        let object = self.str_object(text);
        let ascii = if text.is_ascii() { Str::ASCII_BIT } else { 0 };
        let high = word.const_int(text.len() as u64 | ascii, false);
        self.ctx.const_struct(&[object.const_to_int(word).into(), high.into()], false).into()
    }

    fn str_object(&mut self, text: &str) -> PointerValue<'c> {
        if let Some(known) = self.literals.get(text) {
            return *known;
        }
        let (half, word) = (self.ctx.i32_type(), self.ctx.i64_type());
        let info = self.runtime_data(qi_abi::symbols::TYPE_STRING).as_pointer_value();
        let zero = word.const_zero();
        let fields: [BasicValueEnum<'c>; 7] = [
            half.const_zero().into(),
            half.const_zero().into(),
            info.into(),
            word.const_int(text.len() as u64, false).into(),
            word.const_int(text.chars().count() as u64, false).into(),
            zero.into(),
            self.ctx.const_string(text.as_bytes(), false).into(),
        ];
        let global = self.datum("qi.literal", self.ctx.const_struct(&fields, false), true);
        global.set_alignment(8);
        let pointer = global.as_pointer_value();
        self.literals.insert(text.to_owned(), pointer);
        pointer
    }

    /// The static `Site`, or null for none.
    pub fn site(&mut self, site: Option<SiteId>) -> PointerValue<'c> {
        let Some(id) = site else { return self.ptr_type().const_null() };
        if let Some(known) = self.sites.get(&id) {
            return *known;
        }
        let mir = self.mir;
        let site = &mir.sites[id];
        let half = self.ctx.i32_type();
        let inlined_at = self.site(site.inlined_at);
        let fields: [BasicValueEnum<'c>; 6] = [
            self.static_text(&site.file).into(),
            self.static_text(&site.function).into(),
            self.static_text(&site.text).into(),
            half.const_int(site.line.into(), false).into(),
            half.const_int(site.column.into(), false).into(),
            inlined_at.into(),
        ];
        let global = self.datum(&format!("qi.{id}"), self.ctx.const_struct(&fields, false), true);
        let pointer = global.as_pointer_value();
        self.sites.insert(id, pointer);
        pointer
    }
}
