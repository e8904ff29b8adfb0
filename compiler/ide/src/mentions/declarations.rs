//! Declarations of the user's modules: their own names, and the types they are written with.

use super::Builder;
use super::spaces::Place;
use qi_hir::{AdtId, AdtKind, FieldDef, Function, FunctionId, GenericId, ModuleId, TypeRef};

impl Builder<'_> {
    pub(super) fn declarations(&mut self) {
        let program = self.program;
        // The library's own texts are not asked about.
        let is_users = |it: ModuleId| !program.modules[it].is_std;
        for (id, module) in program.modules.iter().filter(|it| !it.1.is_std) {
            self.imports(id, module);
        }
        for (id, it) in program.functions.iter().filter(|it| is_users(it.1.module)) {
            self.function(id, it);
        }
        for (id, it) in program.adts.iter().filter(|it| is_users(it.1.module)) {
            self.declare(it.name_span, it.name);
            let place = self.generics(it.module, it.generics.clone(), &it.generics);
            self.adt(id, &it.kind, &place);
        }
        for it in program.aliases.values().filter(|it| is_users(it.module)) {
            self.declare(it.name_span, it.name);
            let place = self.generics(it.module, it.generics.clone(), &it.generics);
            self.type_ref(&place, &it.target);
        }
        for it in program.traits.values().filter(|it| is_users(it.module)) {
            self.declare(it.name_span, it.name);
            let place = self.generics(it.module, it.generics.clone(), &it.generics);
            self.types(&place, &it.supertraits);
        }
        for it in program.impls.values().filter(|it| is_users(it.module)) {
            let place = self.generics(it.module, it.generics.clone(), &it.generics);
            self.types(&place, it.trait_.iter().chain([&it.target]));
        }
        for (id, it) in program.globals.iter().filter(|it| is_users(it.1.module)) {
            self.declare(it.name_span, it.name);
            self.types(&plain(it.module), &it.ty);
            if let (Some(body), Some(typed)) = (&it.init, self.analysis.global_bodies.get(&id)) {
                self.body(plain(it.module), body, typed);
            }
        }
    }

    fn types<'t>(&mut self, place: &Place, types: impl IntoIterator<Item = &'t TypeRef>) {
        types.into_iter().for_each(|it| self.type_ref(place, it));
    }

    /// Declares those of `own`, which may mention each other in their bounds.
    fn generics(&mut self, module: ModuleId, all: Vec<GenericId>, own: &[GenericId]) -> Place<'static> {
        let place = Place { module, generics: all, local: Vec::new() };
        self.declare_generics(&place, own);
        place
    }
    pub(super) fn declare_generics(&mut self, place: &Place, own: &[GenericId]) {
        let program = self.program;
        for it in own.iter().map(|&it| &program.generics[it]) {
            self.declare(it.span, it.name);
            self.types(place, &it.bounds);
        }
    }

    fn function(&mut self, id: FunctionId, it: &Function) {
        self.mention(it.name_span, self.declared.function(id));
        let place = self.generics(it.module, self.program.all_generics(id), &it.generics);
        for param in &it.params {
            self.declare(param.span, param.name);
            self.types(&place, &param.ty);
        }
        self.types(&place, &it.result);
        if let (Some(body), Some(typed)) = (&it.body, self.analysis.bodies.get(&id)) {
            self.body(place, body, typed);
        }
    }

    fn adt(&mut self, id: AdtId, kind: &AdtKind, place: &Place) {
        match kind {
            AdtKind::Struct(fields) => self.fields((id, 0), fields, place),
            AdtKind::Enum(variants) => {
                for (index, it) in variants.iter().enumerate() {
                    self.declare(it.span, it.name);
                    self.fields((id, index as u32), &it.fields, place);
                }
            }
        }
    }
    fn fields(&mut self, (adt, variant): (AdtId, u32), fields: &[FieldDef], place: &Place) {
        for (index, it) in fields.iter().enumerate() {
            if let Some(name) = it.name {
                self.declare(it.span, name);
            }
            self.type_ref(place, &it.ty);
            let typed = self.analysis.field_defaults.get(&(adt, variant, index as u32));
            if let (Some(body), Some(typed)) = (&it.default, typed) {
                self.body(plain(place.module), body, typed);
            }
        }
    }
}

/// Without type parameters: initialisers and default values see none.
fn plain(module: ModuleId) -> Place<'static> {
    Place { module, generics: Vec::new(), local: Vec::new() }
}
