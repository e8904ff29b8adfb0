//! Types of all item signatures, bounds of generic parameters, and the indexes methods and implementations are found by.

use super::typeref::TypeScope;
use super::typeref::{TypeName, path_text};
use super::{Checker, coroutine, derive, known, solver};
use crate::{
    AdtKind, AdtTypes, Export, Function, FunctionId, FunctionKind, FunctionSignature, GenericId, GlobalType, ImplId,
    ImplTypes, ModuleId, Owner, TraitId, TraitRef, Ty, TyKind, TypeRef, TypeRefKind, diagnostics, export,
};
use qi_base::Span;

impl<'p> Checker<'p> {
    pub(super) fn signatures(&mut self) {
        self.analysis.signatures.known = known::find(self.program);
        self.aliases();
        self.trait_heads();
        self.impl_heads();
        self.adt_types();
        self.function_signatures();
        self.global_types();
        self.indexes();
    }

    fn trait_heads(&mut self) {
        let program = self.program;
        for (id, it) in program.traits.iter() {
            let scope = self.trait_scope(id);
            let supertraits = it.supertraits.iter().filter_map(|it| self.resolve_bound(&scope, it)).collect();
            self.analysis.signatures.supertraits.insert(id, supertraits);
            let args = it.generics.iter().map(|&it| Ty::new(TyKind::Param(it, program.generics[it].name))).collect();
            self.analysis.signatures.bounds.insert(it.self_generic, vec![TraitRef { trait_: id, args }]);
            self.bounds(&scope, &it.generics);
        }
        for id in program.traits.ids() {
            self.break_cycle(id);
        }
    }

    /// Reports a trait that extends itself, and forgets what it extends.
    fn break_cycle(&mut self, id: TraitId) {
        let mut path = vec![id];
        if !self.extends(id, &mut path) {
            return;
        }
        let it = &self.program.traits[id];
        let names: Vec<&str> = path.iter().map(|&it| self.program.traits[it].name.as_str()).collect();
        let index = self.analysis.signatures.supertraits[&id].iter().position(|it| it.trait_ == path[1]);
        let span = index.and_then(|it_index| it.supertraits.get(it_index)).map_or(it.name_span, |it| it.span);
        self.report(diagnostics::supertrait_cycle(span, it.name.as_str(), &names.join(" → ")));
        self.analysis.signatures.supertraits.insert(id, Vec::new());
    }

    /// Whether supertraits lead from the end of the path to `target`; the path is extended by them.
    fn extends(&self, target: TraitId, path: &mut Vec<TraitId>) -> bool {
        let last = path[path.len() - 1];
        for it in self.analysis.signatures.supertraits.get(&last).into_iter().flatten() {
            if it.trait_ != target && path.contains(&it.trait_) {
                continue;
            }
            path.push(it.trait_);
            if it.trait_ == target || self.extends(target, path) {
                return true;
            }
            path.pop();
        }
        false
    }

    pub(super) fn bounds(&mut self, scope: &TypeScope, generics: &[GenericId]) {
        for &generic in generics {
            let written = &self.program.generics[generic].bounds;
            let bounds: Vec<_> = written.iter().filter_map(|it| self.resolve_bound(scope, it)).collect();
            if !bounds.is_empty() {
                self.analysis.signatures.bounds.insert(generic, bounds);
            }
        }
    }

    pub(super) fn trait_scope(&self, id: TraitId) -> TypeScope {
        let it = &self.program.traits[id];
        let self_type = Ty::new(TyKind::Param(it.self_generic, "自己".into()));
        TypeScope { module: Some(it.module), generics: it.generics.clone(), self_type: Some(self_type) }
    }
    fn impl_scope(&self, id: ImplId) -> TypeScope {
        let it = &self.program.impls[id];
        let self_type = self.analysis.signatures.impls.get(id).map(|it| it.target);
        TypeScope { module: Some(it.module), generics: it.generics.clone(), self_type }
    }
    /// What types inside a function may mention.
    pub(super) fn function_scope(&self, id: FunctionId) -> TypeScope {
        let function = &self.program.functions[id];
        let mut scope = match function.owner {
            Owner::Module => TypeScope { module: Some(function.module), ..TypeScope::default() },
            Owner::Impl(id) => self.impl_scope(id),
            Owner::Trait(id) => self.trait_scope(id),
        };
        scope.generics.extend(&function.generics);
        scope
    }
    pub(super) fn module_scope(&self, module: ModuleId, generics: &[GenericId]) -> TypeScope {
        TypeScope { module: Some(module), generics: generics.to_vec(), self_type: None }
    }

    fn impl_heads(&mut self) {
        for (id, it) in self.program.impls.iter() {
            let scope = self.impl_scope(id);
            let (target, trait_) = match &it.trait_ {
                Some(trait_) if self.are_swapped(&scope, trait_, &it.target) => (trait_, Some(&it.target)),
                trait_ => (&it.target, trait_.as_ref()),
            };
            let target = self.resolve_type(&scope, target);
            self.analysis.signatures.impls.push(ImplTypes { target, trait_: None });
            let scope = self.impl_scope(id);
            let trait_ = trait_.and_then(|it| self.resolve_bound(&scope, it));
            self.analysis.signatures.impls[id].trait_ = trait_;
            self.bounds(&scope, &it.generics);
        }
    }

    /// `实现 圆形 对于 可画 { … }`: reported, and taken as it is meant.
    fn are_swapped(&mut self, scope: &TypeScope, trait_: &TypeRef, target: &TypeRef) -> bool {
        let (TypeRefKind::Path(first), TypeRefKind::Path(second)) = (&trait_.kind, &target.kind) else { return false };
        let n_reports = self.diagnostics.len();
        let is_trait = |it: &mut Self, path| matches!(it.resolve_type_name(scope, path), TypeName::Trait(_));
        let is_type = |it: &mut Self, path| matches!(it.resolve_type_name(scope, path), TypeName::Adt(_));
        let swapped = is_trait(self, second) && is_type(self, first);
        self.diagnostics.truncate(n_reports);
        if swapped {
            let (first, second) = ((trait_.span, path_text(first)), (target.span, path_text(second)));
            self.report(diagnostics::swapped_impl((first.0, &first.1), (second.0, &second.1)));
        }
        swapped
    }

    fn adt_types(&mut self) {
        for (_, adt) in self.program.adts.iter() {
            let mut scope = self.module_scope(adt.module, &adt.generics);
            let args =
                adt.generics.iter().map(|&it| Ty::new(TyKind::Param(it, self.program.generics[it].name))).collect();
            let id = self.analysis.signatures.adts.next_id();
            scope.self_type = Some(Ty::new(TyKind::Adt(id, args)));
            self.bounds(&scope, &adt.generics);
            let variants = match &adt.kind {
                AdtKind::Struct(fields) => vec![fields.iter().map(|it| self.resolve_type(&scope, &it.ty)).collect()],
                AdtKind::Enum(variants) => {
                    let fields = variants
                        .iter()
                        .map(|it| it.fields.iter().map(|it| self.resolve_type(&scope, &it.ty)).collect());
                    fields.collect()
                }
            };
            if adt.external {
                self.check_c_fields(&adt.kind, &variants);
            }
            self.analysis.signatures.adts.push(AdtTypes { variants });
        }
    }

    fn function_signatures(&mut self) {
        for (id, function) in self.program.functions.iter() {
            let scope = self.function_scope(id);
            self.bounds(&scope, &function.generics);
            let params = function.params.iter().map(|param| {
                let ty = param.ty.as_ref().map_or(Ty::error(), |it| self.resolve_type(&scope, it));
                if param.variadic { Ty::array(ty) } else { ty }
            });
            let params = params.collect();
            let written = function.result.as_ref().map(|it| self.resolve_type(&scope, it));
            let (result, yields, is_async) = self.results(id, function, &scope, written);
            let signature = FunctionSignature {
                generics: self.program.all_generics(id),
                self_type: function.has_self.then_some(scope.self_type).flatten(),
                params,
                result,
                yields,
                is_async,
            };
            self.analysis.signatures.functions.push(signature);
            self.check_foreign(function, id);
        }
    }

    fn results(
        &mut self,
        id: FunctionId,
        function: &'p Function,
        scope: &TypeScope,
        written: Option<Ty>,
    ) -> (Ty, Option<(Ty, Ty)>, bool) {
        match (function.kind, written.map(|it| (it, it.kind()))) {
            (FunctionKind::Plain, Some((ty, TyKind::Task(_)))) => {
                if function.body.as_ref().is_some_and(|it| it.root.is_some()) {
                    self.open_futures.insert(id);
                }
                (ty, None, false)
            }
            (FunctionKind::Plain, written) => (written.map_or(Ty::unit(), |it| it.0), None, false),
            (FunctionKind::Async, Some((_, TyKind::Task(inner)))) => (*inner, None, true),
            (FunctionKind::Async, written) => (written.map_or(Ty::unit(), |it| it.0), None, true),
            (FunctionKind::Coroutine | FunctionKind::AsyncCoroutine, Some((_, TyKind::Generator(item, sent)))) => {
                (Ty::unit(), Some((*item, *sent)), false)
            }
            (FunctionKind::Coroutine | FunctionKind::AsyncCoroutine, written) => {
                let sent = coroutine::declared_sent(self, scope, function.body.as_ref());
                if written.is_none() || sent.is_none() {
                    self.open_yields.insert(id);
                }
                let item = written.map_or(Ty::error(), |it| it.0);
                (Ty::unit(), Some((item, sent.unwrap_or(Ty::unit()))), false)
            }
        }
    }

    /// C can only be given what has a C layout.
    fn check_foreign(&mut self, function: &Function, id: FunctionId) {
        if function.export.is_some() {
            return self.check_export(function, id);
        }
        // Type parameters and variadic parameters are reported as such.
        if function.external.is_none() || !function.generics.is_empty() || function.params.iter().any(|it| it.variadic)
        {
            return;
        }
        let signature = &self.analysis.signatures.functions[id];
        let params = function.params.iter().zip(&signature.params).map(|(param, &ty)| (param.span, ty));
        let result = function.result.as_ref().map_or(function.name_span, |it| it.span);
        let parts: Vec<(Span, Ty)> = params.chain(std::iter::once((result, signature.result))).collect();
        for (span, ty) in parts {
            if !self.is_c_type(ty) {
                let is_struct = matches!(ty.kind(), TyKind::Adt(id, _) if matches!(self.program.adts[*id].kind, AdtKind::Struct(_)));
                self.report(diagnostics::not_a_c_type(span, &self.text(ty), is_struct, ty == Ty::str()));
            }
        }
    }
    /// An 外部 类型 has the layout of a C struct.
    fn check_c_fields(&mut self, kind: &AdtKind, types: &[Vec<Ty>]) {
        let AdtKind::Struct(fields) = kind else { return };
        for (field, &ty) in fields.iter().zip(types.iter().flatten()) {
            if !derive::is_c_value(self.program, ty) {
                self.report(diagnostics::not_a_c_field(field.ty.span, &self.text(ty)));
            }
        }
    }

    /// C can only be told what it knows; a 结果<T> is given through a pointer.
    fn check_export(&mut self, function: &Function, id: FunctionId) {
        if function.owner != crate::Owner::Module {
            return;
        }
        if let Some(&generic) = function.generics.first() {
            let span = self.program.generics[generic].span;
            return self.report(diagnostics::not_exportable(span, "有类型参数", "have type parameters"));
        }
        if matches!(function.kind, FunctionKind::Coroutine | FunctionKind::AsyncCoroutine) {
            return self.report(diagnostics::not_exportable(function.name_span, "是协程", "be a 协程"));
        }
        if let Some(it) = function.params.iter().find(|it| it.variadic || it.mode == crate::Mode::InOut) {
            let (zh, en) = if it.variadic {
                ("有不定个数的参数", "have variadic parameters")
            } else {
                ("有可变参数", "have in-out parameters")
            };
            return self.report(diagnostics::not_exportable(it.span, zh, en));
        }
        self.check_symbol(function, id);
        let signature = &self.analysis.signatures.functions[id];
        let types = signature.params.iter().copied().chain([Export::of(self.known(), signature).value]);
        let written = function.params.iter().map(|it| it.ty.as_ref()).chain([function.result.as_ref()]);
        let spans = written.map(|it| it.map_or(function.name_span, |it| it.span));
        for (span, ty) in spans.zip(types).collect::<Vec<_>>() {
            if !self.is_export_type(ty) {
                let instead = export::instead(self.program, self.known(), ty);
                self.report(diagnostics::not_an_export_type(span, &self.text(ty), instead));
            }
        }
    }
    /// The name C sees: an identifier there, and given once.
    fn check_symbol(&mut self, function: &Function, id: FunctionId) {
        let Some(symbol) = &function.export else { return };
        let mut chars = symbol.chars();
        let is_first = |c: char| c == '_' || c.is_alphabetic();
        if !chars.next().is_some_and(is_first) || !chars.all(|c| is_first(c) || c.is_ascii_digit()) {
            return self.report(diagnostics::bad_symbol(function.name_span, symbol));
        }
        let names = |id: FunctionId, symbol: &str| {
            let export = Export::of(self.known(), &self.analysis.signatures.functions[id]);
            [Some(symbol.to_owned()), export.callback(symbol)]
        };
        let own = names(id, symbol);
        let earlier = self.program.functions.iter().take_while(|it| it.0 < id);
        let twice =
            earlier.filter_map(|(id, it)| Some((it, names(id, it.export.as_ref()?)))).find_map(|(it, names)| {
                let twice = names.into_iter().flatten().find(|name| own.iter().flatten().any(|it| it == name))?;
                Some((twice, it.name_span))
            });
        if let Some((name, first)) = twice {
            self.report(diagnostics::duplicate_definition(function.name_span, &name, first));
        }
    }
    fn is_export_type(&self, ty: Ty) -> bool {
        match ty.kind() {
            TyKind::Str => true,
            TyKind::Function { .. } => false,
            _ => self.is_c_type(ty),
        }
    }
    fn is_c_type(&self, ty: Ty) -> bool {
        match ty.kind() {
            TyKind::Unit => true,
            TyKind::Function { params, result } => {
                params.iter().all(|it| self.is_c_type(it.1)) && self.is_c_type(*result)
            }
            _ => derive::is_c_value(self.program, ty),
        }
    }

    fn global_types(&mut self) {
        for (_, global) in self.program.globals.iter() {
            let scope = self.module_scope(global.module, &[]);
            let ty = global.ty.as_ref().map_or(Ty::error(), |it| self.resolve_type(&scope, it));
            self.analysis.signatures.globals.push(GlobalType { ty });
        }
    }

    fn indexes(&mut self) {
        let program = self.program;
        for (id, it) in program.impls.iter() {
            let types = &self.analysis.signatures.impls[id];
            if let Some(trait_) = &types.trait_ {
                let trait_ = trait_.trait_;
                self.analysis.signatures.trait_impls.entry(trait_).or_default().push(id);
                continue;
            }
            // Methods of a trait that could not be told are found as the type's own: only the trait is wrong.
            let target = types.target;
            if target.is_error() {
                continue;
            }
            match solver::head(target) {
                Some(head) => {
                    for &method in &it.methods {
                        let name = program.functions[method].name;
                        self.analysis.signatures.inherent.entry((head, name)).or_default().push(method);
                    }
                }
                None if it.trait_.is_some() => {}
                None => self.report(diagnostics::impl_for_parameter(it.target.span)),
            }
        }
        // Methods of the program come before those of the library.
        for methods in self.analysis.signatures.inherent.values_mut() {
            methods.sort_by_key(|&it| program.modules[program.functions[it].module].is_std);
        }
        for it in program.traits.values() {
            for &method in &it.methods {
                let name = program.functions[method].name;
                self.analysis.signatures.trait_methods.entry(name).or_default().push(method);
            }
        }
    }

    /// A method that needs to know the type, so that there is no 任意 of the trait.
    pub(super) fn unboxable_method(&self, trait_: TraitId) -> Option<FunctionId> {
        self.program.traits[trait_].methods.iter().copied().find(|&it| {
            let method = &self.program.functions[it];
            let mentions = method.params.iter().filter_map(|it| it.ty.as_ref()).any(mentions_self);
            !method.has_self
                || !method.generics.is_empty()
                || mentions
                || method.result.as_ref().is_some_and(mentions_self)
        })
    }
    pub(super) fn check_object_safety(&mut self, trait_: TraitId, span: Span) -> bool {
        let Some(method) = self.unboxable_method(trait_) else { return true };
        let (it, method) = (&self.program.traits[trait_], &self.program.functions[method]);
        self.report(diagnostics::not_object_safe(span, it.name.as_str(), method.name.as_str(), method.name_span));
        false
    }
}

fn mentions_self(ty: &TypeRef) -> bool {
    match &ty.kind {
        TypeRefKind::Path(path) | TypeRefKind::Dynamic(path) => {
            path.segments.iter().any(|it| it.name.as_str() == "自己" || it.generics.iter().any(mentions_self))
        }
        TypeRefKind::Array(it) | TypeRefKind::Option(it) => mentions_self(it),
        TypeRefKind::Tuple(parts) => parts.iter().any(mentions_self),
        TypeRefKind::Function { params, result } => {
            params.iter().any(|it| mentions_self(&it.1)) || result.as_ref().is_some_and(|it| mentions_self(it))
        }
        TypeRefKind::Error => false,
    }
}
