//! Static descriptions of value types (`qi_abi::TypeInfo`): one constant per type that a runtime call or an object header
//! names, emitted on first use. Types the runtime describes itself are references to its symbols.

use crate::enum_layout::EnumLayout;
use crate::module::Codegen;
use inkwell::types::StructType;
use inkwell::values::{BasicValueEnum, PointerValue};
use qi_abi::{TypeKind as Kind, type_flags};
use qi_mir::{Display, Field, Type, TypeKind, Variant};
use std::collections::BTreeSet;

/// What goes into one description.
struct Info<'c> {
    kind: Kind,
    flags: u8,
    align: u32,
    size: u64,
    name: String,
    elem: PointerValue<'c>,
    fields: PointerValue<'c>,
    variants: PointerValue<'c>,
    n_fields: usize,
    n_variants: usize,
    /// text, message, compare, equal, hash.
    overrides: [PointerValue<'c>; 5],
    release: PointerValue<'c>,
}

impl<'c> Codegen<'c, '_> {
    /// The address of a type's description.
    pub fn info(&mut self, ty: Type) -> PointerValue<'c> {
        if let Some(known) = self.infos.get(&ty) {
            return *known;
        }
        let mir = self.mir;
        let foreign = match mir.types.kind(ty) {
            TypeKind::Str => Some(qi_abi::symbols::TYPE_STRING),
            TypeKind::Struct(id) => mir.types.structs[*id].runtime_info,
            _ => None,
        };
        if let Some(symbol) = foreign {
            let pointer = self.runtime_data(symbol).as_pointer_value();
            self.infos.insert(ty, pointer);
            return pointer;
        }
        let global = self.declare_datum(&format!("qi.type.{ty}"), self.info_type());
        // Known before its parts, which may lead back to it.
        self.infos.insert(ty, global.as_pointer_value());
        let info = self.describe(ty);
        global.set_initializer(&self.info_constant(info));
        global.set_constant(true);
        global.as_pointer_value()
    }

    /// Describes a box of a type, whether or not the module has that box type.
    pub fn box_info(&mut self, of: Type) -> PointerValue<'c> {
        let known = self.mir.types.iter().find(|(_, kind)| **kind == TypeKind::Box(of)).map(|(ty, _)| ty);
        if let Some(ty) = known {
            return self.info(ty);
        }
        if let Some(known) = self.box_infos.get(&of) {
            return *known;
        }
        let mut info = self.blank(Kind::Box, type_flags::COUNTED | self.reach_flags(of), self.type_name(of));
        (info.align, info.size) = (8, 8);
        info.elem = self.info(of);
        let value = self.info_constant(info);
        let pointer = self.datum(&format!("qi.type.box.{of}"), value, true).as_pointer_value();
        self.box_infos.insert(of, pointer);
        pointer
    }

    /// Describes the argument record of a task: a struct of these types.
    pub fn record_info(&mut self, name: &str, types: &[Type]) -> PointerValue<'c> {
        let fields: Vec<Field> = types.iter().map(|&ty| Field { name: String::new(), ty }).collect();
        let layout = self.fields_type(&fields);
        let reach = type_flags::COUNTED | type_flags::OPAQUE | type_flags::CONFINED;
        let flags = types.iter().fold(0, |flags, &ty| flags | self.type_flags(ty)) & reach;
        let mut info = self.blank(Kind::Struct, flags | type_flags::TUPLE, "参数".to_owned());
        (info.align, info.size) = (self.align_of(layout), self.size_of(layout));
        (info.fields, info.n_fields) = (self.field_infos(&fields, layout, 0), fields.len());
        let value = self.info_constant(info);
        self.datum(name, value, true).as_pointer_value()
    }

    fn blank(&self, kind: Kind, flags: u8, name: String) -> Info<'c> {
        let null = self.ptr_type().const_null();
        Info {
            kind,
            flags,
            align: 1,
            size: 0,
            name,
            elem: null,
            fields: null,
            variants: null,
            n_fields: 0,
            n_variants: 0,
            overrides: [null; 5],
            release: null,
        }
    }

    fn describe(&mut self, ty: Type) -> Info<'c> {
        let mir = self.mir;
        let mut info = self.blank(Kind::Unit, self.type_flags(ty), self.type_name(ty));
        let layout = self.memory_type(ty);
        (info.align, info.size) = (self.align_of(layout), self.size_of(layout));
        info.kind = match mir.types.kind(ty) {
            TypeKind::Unit => Kind::Unit,
            TypeKind::Bool => Kind::Bool,
            TypeKind::Char => Kind::Char,
            TypeKind::Int { .. } => Kind::Int,
            TypeKind::Float { .. } => Kind::Float,
            TypeKind::Str => Kind::Str,
            TypeKind::Pointer | TypeKind::Address(_) => Kind::Pointer,
            TypeKind::Struct(id) => {
                let def = &mir.types.structs[*id];
                (info.fields, info.n_fields) =
                    (self.field_infos(&def.fields, layout.into_struct_type(), 0), def.fields.len());
                info.overrides = self.override_thunks(ty, &def.overrides);
                if def.display == Display::Map { Kind::Map } else { Kind::Struct }
            }
            TypeKind::Enum(id) => {
                let def = &mir.types.enums[*id];
                let fields_at = self.enum_layout(*id).fields_at();
                (info.variants, info.n_variants) = (self.variant_infos(&def.variants, fields_at), def.variants.len());
                info.overrides = self.override_thunks(ty, &def.overrides);
                Kind::Enum
            }
            TypeKind::Array(it) => {
                info.elem = self.info(*it);
                Kind::Array
            }
            TypeKind::Box(it) => {
                info.elem = self.info(*it);
                Kind::Box
            }
            TypeKind::Cell(it) => {
                info.elem = self.info(*it);
                Kind::Cell
            }
            TypeKind::Closure(_) => Kind::Closure,
            TypeKind::Dynamic(_) => Kind::Dynamic,
            TypeKind::Error => Kind::Error,
            TypeKind::Task(it)
            | TypeKind::Channel(it)
            | TypeKind::Lock(it)
            | TypeKind::Shared(it)
            | TypeKind::Weak(it) => {
                info.elem = self.info(*it);
                Kind::Handle
            }
            TypeKind::Generator { item, .. } => {
                info.elem = self.info(*item);
                Kind::Handle
            }
            TypeKind::Atomic | TypeKind::Handle => Kind::Handle,
        };
        if matches!(info.kind, Kind::Struct | Kind::Map | Kind::Enum) && self.options.opt_level > 0 {
            info.release = self.drop_glue(ty).map_or(info.release, |it| it.as_global_value().as_pointer_value());
        }
        info
    }

    fn field_infos(&mut self, fields: &[Field], layout: StructType<'c>, start: u64) -> PointerValue<'c> {
        if fields.is_empty() {
            return self.ptr_type().const_null();
        }
        let mut rows = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let offset = start + self.offset_of(layout, index as u32);
            let row: [BasicValueEnum<'c>; 3] = [
                self.static_text(&field.name).into(),
                self.info(field.ty).into(),
                self.ctx.i64_type().const_int(offset, false).into(),
            ];
            rows.push(self.ctx.const_struct(&row, false));
        }
        self.datum("qi.fields", rows[0].get_type().const_array(&rows), true).as_pointer_value()
    }

    fn variant_infos(&mut self, variants: &[Variant], fields_at: u64) -> PointerValue<'c> {
        if variants.is_empty() {
            return self.ptr_type().const_null();
        }
        let mut rows = Vec::new();
        for variant in variants {
            let layout = self.fields_type(&variant.fields);
            let row: [BasicValueEnum<'c>; 3] = [
                self.static_text(&variant.name).into(),
                self.field_infos(&variant.fields, layout, fields_at).into(),
                self.ctx.i64_type().const_int(variant.fields.len() as u64, false).into(),
            ];
            rows.push(self.ctx.const_struct(&row, false));
        }
        self.datum("qi.variants", rows[0].get_type().const_array(&rows), true).as_pointer_value()
    }

    fn info_type(&self) -> StructType<'c> {
        let (byte, half, word, ptr) =
            (self.ctx.i8_type().into(), self.ctx.i32_type().into(), self.ctx.i64_type().into(), self.ptr_type().into());
        let text = self.ctx.struct_type(&[ptr, word], false).into();
        let short = self.ctx.i16_type().into();
        self.ctx.struct_type(
            &[byte, byte, short, half, text, ptr, ptr, ptr, half, half, ptr, ptr, ptr, ptr, ptr, ptr],
            false,
        )
    }

    fn info_constant(&mut self, info: Info<'c>) -> inkwell::values::StructValue<'c> {
        let (byte, half) = (self.ctx.i8_type(), self.ctx.i32_type());
        let mut fields: Vec<BasicValueEnum<'c>> = vec![
            byte.const_int(info.kind as u64, false).into(),
            byte.const_int(info.flags.into(), false).into(),
            self.ctx.i16_type().const_int(info.align.into(), false).into(),
            half.const_int(info.size, false).into(),
            self.static_text(&info.name).into(),
            info.elem.into(),
            info.fields.into(),
            info.variants.into(),
            half.const_int(info.n_fields as u64, false).into(),
            half.const_int(info.n_variants as u64, false).into(),
        ];
        fields.extend(info.overrides.iter().map(|&it| BasicValueEnum::from(it)));
        fields.push(info.release.into());
        self.ctx.const_struct(&fields, false)
    }

    /// `qi_abi::type_flags` of a type.
    fn type_flags(&self, ty: Type) -> u8 {
        let types = &self.mir.types;
        let mut flags = self.reach_flags(ty);
        if types.is_counted(ty) {
            flags |= type_flags::COUNTED;
        }
        match types.kind(ty) {
            TypeKind::Int { signed: false, .. } => flags |= type_flags::UNSIGNED,
            TypeKind::Struct(id) if types.structs[*id].display == Display::Tuple => flags |= type_flags::TUPLE,
            TypeKind::Enum(id) if matches!(self.enum_layout(*id), EnumLayout::Niche { .. }) => {
                flags |= type_flags::NICHE
            }
            TypeKind::Struct(id) if types.structs[*id].runtime_info.is_some() => flags |= type_flags::FAULT,
            _ => {}
        }
        flags
    }

    /// OPAQUE and CONFINED, which hold for a type when they hold for anything in it.
    fn reach_flags(&self, ty: Type) -> u8 {
        fn walk(types: &qi_mir::Types, ty: Type, seen: &mut BTreeSet<Type>) -> u8 {
            if !seen.insert(ty) {
                return 0;
            }
            match types.kind(ty) {
                TypeKind::Closure(_) | TypeKind::Dynamic(_) | TypeKind::Error => type_flags::OPAQUE,
                TypeKind::Cell(it) => type_flags::CONFINED | walk(types, *it, seen),
                TypeKind::Generator { .. } => type_flags::CONFINED,
                TypeKind::Struct(id) => {
                    types.structs[*id].fields.iter().fold(0, |flags, it| flags | walk(types, it.ty, seen))
                }
                TypeKind::Enum(id) => types.enums[*id]
                    .variants
                    .iter()
                    .flat_map(|it| &it.fields)
                    .fold(0, |flags, it| flags | walk(types, it.ty, seen)),
                TypeKind::Array(it) | TypeKind::Box(it) => walk(types, *it, seen),
                _ => 0,
            }
        }
        walk(&self.mir.types, ty, &mut BTreeSet::new())
    }

    /// A type as Qi writes it.
    pub fn type_name(&self, ty: Type) -> String {
        let types = &self.mir.types;
        let of = |head: &str, it: &Type| format!("{head}<{}>", self.type_name(*it));
        match types.kind(ty) {
            TypeKind::Unit => "空".into(),
            TypeKind::Bool => "布尔".into(),
            TypeKind::Char => "字符".into(),
            TypeKind::Int { bits: 64, signed: true } => "整数".into(),
            TypeKind::Int { bits: 8, signed: false } => "字节".into(),
            TypeKind::Int { bits, signed: true } => format!("整数{bits}"),
            TypeKind::Int { bits, signed: false } => format!("无符号{bits}"),
            TypeKind::Float { bits: 32 } => "浮点数32".into(),
            TypeKind::Float { .. } => "浮点数".into(),
            TypeKind::Str => "字符串".into(),
            TypeKind::Pointer => "指针".into(),
            TypeKind::Address(it) => of("地址", it),
            TypeKind::Struct(id) => types.structs[*id].name.clone(),
            TypeKind::Enum(id) => types.enums[*id].name.clone(),
            TypeKind::Array(it) => of("数组", it),
            TypeKind::Box(it) | TypeKind::Cell(it) => self.type_name(*it),
            TypeKind::Closure(id) => {
                let signature = types.signature_of(*id);
                let params: Vec<String> = signature.params.iter().map(|(_, it)| self.type_name(*it)).collect();
                format!("函数({}): {}", params.join(", "), self.type_name(signature.result))
            }
            TypeKind::Dynamic(index) => format!("任意 {}", types.traits[*index as usize]),
            TypeKind::Error => "任意 错误".into(),
            TypeKind::Task(it) => of("未来", it),
            TypeKind::Generator { item, .. } => of("生成器", item),
            TypeKind::Channel(it) => of("通道", it),
            TypeKind::Lock(it) => of("锁", it),
            TypeKind::Shared(it) => of("共享", it),
            TypeKind::Weak(it) => of("弱", it),
            TypeKind::Atomic => "原子整数".into(),
            TypeKind::Handle => "句柄".into(),
        }
    }
}
