//! Declarations of structs, enums and aliases: fields, variants, and the methods written among them.

use super::items::ItemLowering;
use super::types;
use crate::diagnostics;
use crate::{
    Adt, AdtId, AdtKind, Alias, FieldDef, Generic, Impl, Item, Owner, Path, PathSegment, TypeRef, TypeRefKind,
    VariantDef,
};
use qi_base::{Name, Span};
use qi_syntax::ast::{self, HasAttributes, LiteralKind, PrefixOp};
use rustc_hash::FxHashMap;

impl ItemLowering<'_, '_> {
    pub fn strukt(&mut self, it: &ast::Struct, in_extern_block: bool) {
        let Some(name) = it.name() else { return };
        let name_span = self.ctx.span(&name);
        let intrinsic = self.ctx.attributes(it, false);
        let generics = self.generics(it.generic_params());
        let fields = it.fields().collect();
        let fields = self.fields(fields);
        let adt = Adt {
            name: name.name(),
            module: self.module,
            generics,
            public: it.is_public(),
            kind: AdtKind::Struct(fields),
            external: in_extern_block || it.is_extern(),
            intrinsic,
            name_span,
            head: self.ctx.head(it),
            documentation: it.doc().unwrap_or_default(),
        };
        let id = self.program.adts.push(adt);
        self.declare(name.name(), Item::Adt(id), name_span);
        self.methods(id, it.functions());
    }

    pub fn alias(&mut self, it: &ast::TypeAlias) {
        let Some(name) = it.name() else { return };
        let name_span = self.ctx.span(&name);
        self.ctx.attributes(it, false);
        if it.is_extern() {
            self.ctx.misplaced(it, "外部", name_span);
        }
        let generics = self.generics(it.generic_params());
        let target = types::type_or_error(&mut self.ctx, it.target(), name_span);
        let id = self.program.aliases.push(Alias {
            name: name.name(),
            module: self.module,
            generics,
            target,
            public: it.is_public(),
            name_span,
            head: self.ctx.head(it),
        });
        self.declare(name.name(), Item::Alias(id), name_span);
    }

    /// Methods written inside the declaration of a type: an implementation of it, for its own parameters.
    fn methods(&mut self, adt: AdtId, functions: impl Iterator<Item = ast::Function>) {
        let mut functions = functions.peekable();
        if functions.peek().is_none() {
            return;
        }
        let (name, span) = (self.program.adts[adt].name, self.program.adts[adt].name_span);
        let generics: Vec<Generic> =
            self.program.adts[adt].generics.iter().map(|&it| self.program.generics[it].clone()).collect();
        let arguments = generics.iter().map(|it| named_type(it.name, Vec::new(), it.span)).collect();
        let id = self.program.impls.push(Impl {
            module: self.module,
            generics: generics.into_iter().map(|it| self.program.generics.push(it)).collect(),
            trait_: None,
            target: named_type(name, arguments, span),
            methods: Vec::new(),
            span,
        });
        self.program.impls[id].methods = self.members(functions, Owner::Impl(id));
    }

    fn fields(&mut self, fields: Vec<ast::Field>) -> Vec<FieldDef> {
        let mut seen = FxHashMap::default();
        let mut lowered = Vec::new();
        for field in fields {
            let Some(name) = field.name() else { continue };
            let span = self.ctx.span(&name);
            let first = *seen.entry(name.name()).or_insert(span);
            if first != span {
                self.ctx.report(diagnostics::duplicate_definition(span, name.name().as_str(), first));
                continue;
            }
            self.ctx.attributes(&field, false);
            let ty = types::type_or_error(&mut self.ctx, field.ty(), span);
            let default = field.default().map(|it| self.value_body(it));
            lowered.push(FieldDef { name: Some(name.name()), ty, default, private: field.is_private(), span });
        }
        lowered
    }

    pub fn enum_(&mut self, it: &ast::Enum) {
        let Some(name) = it.name() else { return };
        let name_span = self.ctx.span(&name);
        let intrinsic = self.ctx.attributes(it, false);
        let generics = self.generics(it.generic_params());
        let mut seen = FxHashMap::default();
        let (mut variants, mut numbers) = (Vec::new(), Vec::new());
        for variant in it.variants() {
            let Some(name) = variant.name() else { continue };
            let span = self.ctx.span(&name);
            let first = *seen.entry(name.name()).or_insert(span);
            if first != span {
                self.ctx.report(diagnostics::duplicate_definition(span, name.name().as_str(), first));
                continue;
            }
            variants.push(self.variant(&variant, name.name(), span));
            numbers.push(variant.number());
        }
        self.variant_numbers(&mut variants, numbers);
        let adt = Adt {
            name: name.name(),
            module: self.module,
            generics,
            public: it.is_public(),
            kind: AdtKind::Enum(variants),
            external: false,
            intrinsic,
            name_span,
            head: self.ctx.head(it),
            documentation: it.doc().unwrap_or_default(),
        };
        let id = self.program.adts.push(adt);
        self.declare(name.name(), Item::Adt(id), name_span);
        self.methods(id, it.functions());
    }

    fn variant(&mut self, it: &ast::Variant, name: Name, span: Span) -> VariantDef {
        self.ctx.attributes(it, false);
        if let Some(record) = it.record_fields() {
            let fields = record.fields().collect();
            return VariantDef { name, fields: self.fields(fields), named: true, number: 0, span };
        }
        let fields = it.tuple_fields().into_iter().flat_map(|it| it.fields()).map(|field| {
            let span = self.ctx.span(&field);
            let ty = types::type_or_error(&mut self.ctx, field.ty(), span);
            FieldDef { name: None, ty, default: None, private: false, span }
        });
        VariantDef { name, fields: fields.collect(), named: false, number: 0, span }
    }

    fn variant_numbers(&mut self, variants: &mut [VariantDef], written: Vec<Option<ast::Expr>>) {
        let filled = variants.iter().find(|it| !it.fields.is_empty()).map(|it| it.span);
        let mut first_uses: FxHashMap<i64, Span> = FxHashMap::default();
        let mut next = Some(0);
        for (variant, written) in variants.iter_mut().zip(written) {
            let span = written.as_ref().map_or(variant.span, |it| self.ctx.span(it));
            if let (Some(_), Some(filled)) = (&written, filled) {
                return self.ctx.report(diagnostics::number_with_fields(span, filled));
            }
            let number = match written {
                Some(it) => integer(&it),
                None => next,
            };
            let Some(number) = number else { return self.ctx.report(diagnostics::bad_variant_number(span)) };
            if let Some(&first) = first_uses.get(&number) {
                return self.ctx.report(diagnostics::duplicate_variant_number(span, number, first));
            }
            first_uses.insert(number, span);
            variant.number = number;
            next = number.checked_add(1);
        }
    }
}

/// `名<…>` as if it were written.
fn named_type(name: Name, generics: Vec<TypeRef>, span: Span) -> TypeRef {
    let segments = vec![PathSegment { name, generics, span }];
    TypeRef { kind: TypeRefKind::Path(Path { segments, span }), span }
}

/// The value of `3` or `-3`.
fn integer(expr: &ast::Expr) -> Option<i64> {
    let (literal, is_negative) = match expr {
        ast::Expr::Prefix(it) if it.op() == Some(PrefixOp::Neg) => (it.expr()?, true),
        _ => (expr.clone(), false),
    };
    let ast::Expr::Literal(literal) = literal else { return None };
    let LiteralKind::Int(Some(value)) = literal.kind() else { return None };
    let value = i128::try_from(value).ok()?;
    i64::try_from(if is_negative { -value } else { value }).ok()
}
