//! Where things are declared, and what they are called there.

use crate::look::function_of;
use qi_base::{Name, Span};
use qi_hir::{AdtId, AdtKind, Analysis, Callee, FieldDef, FunctionId, GlobalId, Item, Owner, Program, Ty, TyKind};

/// A name and the place that declares it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Named {
    pub name: Name,
    pub span: Span,
}

#[derive(Clone, Copy)]
pub(crate) struct Declared<'a> {
    pub program: &'a Program,
    pub analysis: &'a Analysis,
}

impl<'a> Declared<'a> {
    /// The method of the trait that a method implements; else the function itself.
    pub fn canonical(self, function: FunctionId) -> FunctionId {
        let it = &self.program.functions[function];
        let Owner::Impl(id) = it.owner else { return function };
        let types = self.analysis.signatures.impls.get(id);
        let Some(of) = types.and_then(|it| it.trait_.as_ref()) else { return function };
        let mut methods = self.program.traits[of.trait_].methods.iter().copied();
        let is_it = |&method: &FunctionId| {
            let method = &self.program.functions[method];
            method.name == it.name && method.params.len() == it.params.len()
        };
        methods.find(is_it).unwrap_or(function)
    }

    pub fn function(self, function: FunctionId) -> Named {
        let it = &self.program.functions[self.canonical(function)];
        Named { name: it.name, span: it.name_span }
    }
    pub fn global(self, global: GlobalId) -> Named {
        let it = &self.program.globals[global];
        Named { name: it.name, span: it.name_span }
    }
    pub fn adt(self, adt: AdtId) -> Named {
        let it = &self.program.adts[adt];
        Named { name: it.name, span: it.name_span }
    }
    pub fn variant(self, adt: AdtId, variant: u32) -> Option<Named> {
        let AdtKind::Enum(variants) = &self.program.adts[adt].kind else { return None };
        variants.get(variant as usize).map(|it| Named { name: it.name, span: it.span })
    }
    pub fn variant_named(self, adt: AdtId, name: Name) -> Option<Named> {
        let AdtKind::Enum(variants) = &self.program.adts[adt].kind else { return None };
        variants.iter().find(|it| it.name == name).map(|it| Named { name, span: it.span })
    }

    pub fn item(self, item: Item) -> Named {
        match item {
            Item::Module(id) => {
                let it = &self.program.modules[id];
                Named { name: it.name, span: Span::new(it.file, 0, 0) }
            }
            Item::Function(id) => self.function(id),
            Item::Adt(id) => self.adt(id),
            Item::Global(id) => self.global(id),
            Item::Alias(id) => {
                let it = &self.program.aliases[id];
                Named { name: it.name, span: it.name_span }
            }
            Item::Trait(id) => {
                let it = &self.program.traits[id];
                Named { name: it.name, span: it.name_span }
            }
        }
    }

    /// Of a struct, or of a variant.
    pub fn fields(self, adt: AdtId, variant: u32) -> &'a [FieldDef] {
        match &self.program.adts[adt].kind {
            AdtKind::Struct(fields) => fields,
            AdtKind::Enum(variants) => variants.get(variant as usize).map_or(&[], |it| &it.fields),
        }
    }
    pub fn field_named(self, adt: AdtId, variant: u32, name: Name) -> Option<Named> {
        let field = self.fields(adt, variant).iter().find(|it| it.name == Some(name))?;
        Some(Named { name, span: field.span })
    }

    /// What a call runs, if that is declared somewhere.
    pub fn callee(self, callee: &Callee) -> Option<Named> {
        match callee {
            Callee::Variant { adt, variant, .. } => self.variant(*adt, *variant),
            _ => function_of(callee).map(|it| self.function(it)),
        }
    }
    /// The parameter that a named argument of such a call means.
    pub fn param(self, callee: &Callee, name: Name) -> Option<Named> {
        let function = &self.program.functions[self.canonical(function_of(callee)?)];
        let param = function.params.iter().find(|it| it.name == name)?;
        Some(Named { name, span: param.span })
    }

    /// What `?.` looks into.
    pub fn content(self, ty: Ty) -> Ty {
        let known = &self.analysis.signatures.known;
        match ty.kind() {
            TyKind::Adt(id, args) if Some(*id) == known.option || Some(*id) == known.result => {
                args.first().copied().unwrap_or(ty)
            }
            _ => ty,
        }
    }
}
