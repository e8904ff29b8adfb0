//! What names denote, plain and qualified: locals, items, members of modules, variants and functions of types.

use super::body::BodyChecker;
use super::names::{BuiltinFunction, builtin_function, find_variant, is_builtin_type};
use super::typeref;
use super::{Job, item_span, solver};
use crate::builtin_types::builtin_arity;
use crate::{
    AdtId, AdtKind, AliasId, ExprId, ExprKind, FunctionId, GlobalId, Item, LocalId, Mode, ModuleId, Path, PathSegment,
    Res, TraitId, Ty, TyKind, TypeRef, diagnostics,
};
use qi_base::{Name, Span};

pub(super) enum NameRes<'p> {
    Local(LocalId),
    Functions(Vec<FunctionId>, &'p [TypeRef]),
    Global(GlobalId),
    Module(ModuleId),
    Trait(TraitId),
    Adt(AdtId, &'p [TypeRef]),
    /// A predeclared type constructor.
    BuiltinType(Name, &'p [TypeRef]),
    /// 自己 and type parameters.
    Type(Ty),
    /// With the type of the enum.
    Variant(Ty, u32),
    /// `栈.新`: functions of the type named so.
    Static(Ty, Vec<FunctionId>, &'p [TypeRef]),
    Builtin(BuiltinFunction),
    /// Already reported.
    Error,
}

impl<'p> BodyChecker<'_, 'p> {
    /// What a name or qualified name denotes; none if `expr` is another kind of expression.
    pub fn resolve_name(&mut self, expr: ExprId) -> Option<NameRes<'p>> {
        let body = self.body;
        match &body.exprs[expr].kind {
            ExprKind::Path(path) => Some(self.resolve_path(path)),
            ExprKind::Field { base, name, name_span, optional: false } => {
                if !matches!(body.exprs[*base].kind, ExprKind::Path(_) | ExprKind::Field { .. }) {
                    return None;
                }
                let owner = self.resolve_name(*base)?;
                if matches!(owner, NameRes::Local(_) | NameRes::Global(_)) {
                    return None;
                }
                let res = self.member(owner, *name, *name_span, &[])?;
                Some(res)
            }
            _ => None,
        }
    }

    pub fn resolve_path(&mut self, path: &'p Path) -> NameRes<'p> {
        let Some((first, rest)) = path.segments.split_first() else { return NameRes::Error };
        let mut current = self.first_name(first);
        for segment in rest {
            current = match self.member(current, segment.name, segment.span, &segment.generics) {
                Some(next) => next,
                None => {
                    self.report(diagnostics::not_a_namespace(segment.span, segment.name.as_str()));
                    return NameRes::Error;
                }
            };
        }
        current
    }

    fn first_name(&mut self, segment: &'p PathSegment) -> NameRes<'p> {
        let name = segment.name;
        if let Some(local) = self.find_local(name) {
            if !self.out.local_functions.contains_key(&local) {
                self.no_type_arguments(name, &segment.generics, segment.span);
            }
            return NameRes::Local(local);
        }
        if let Some(&generic) = self.scope.generics.iter().rev().find(|&&it| self.program.generics[it].name == name) {
            return NameRes::Type(Ty::new(TyKind::Param(generic, name)));
        }
        if name.as_str() == "自己"
            && let Some(ty) = self.scope.self_type
        {
            return NameRes::Type(ty);
        }
        if let Some(items) = self.cx.names.lookup(self.program, self.module, name) {
            return self.item_res(items, name, &segment.generics, segment.span);
        }
        if is_builtin_type(name) {
            return NameRes::BuiltinType(name, &segment.generics);
        }
        if let Some(builtin) = builtin_function(name) {
            self.no_type_arguments(name, &segment.generics, segment.span);
            return NameRes::Builtin(builtin);
        }
        let known = self.cx.known();
        for adt in [known.option, known.result].into_iter().flatten() {
            if let Some(variant) = find_variant(self.program, adt, name) {
                return NameRes::Variant(self.adt_type(adt, &segment.generics, segment.span), variant);
            }
        }
        self.unknown_name(name, segment.span);
        NameRes::Error
    }

    fn no_type_arguments(&mut self, name: Name, generics: &[TypeRef], span: Span) {
        if !generics.is_empty() {
            self.report(diagnostics::generic_count(span, name.as_str(), 0, 0, generics.len()));
        }
    }

    fn item_res(&mut self, items: &[Item], name: Name, generics: &'p [TypeRef], span: Span) -> NameRes<'p> {
        if let Some(Item::Global(_) | Item::Module(_) | Item::Trait(_)) = items.first() {
            self.no_type_arguments(name, generics, span);
        }
        match items.first() {
            None => NameRes::Error,
            Some(Item::Function(_)) => {
                let functions = items.iter().filter_map(|it| match it {
                    Item::Function(id) => Some(*id),
                    _ => None,
                });
                NameRes::Functions(functions.collect(), generics)
            }
            Some(Item::Global(id)) => NameRes::Global(*id),
            Some(Item::Adt(id)) => NameRes::Adt(*id, generics),
            Some(Item::Alias(id)) => NameRes::Type(self.alias_type(*id, generics, span)),
            Some(Item::Trait(id)) => NameRes::Trait(*id),
            Some(Item::Module(id)) => NameRes::Module(*id),
        }
    }

    /// `owner.name`; none if the owner is a value.
    pub fn member(
        &mut self,
        owner: NameRes<'p>,
        name: Name,
        span: Span,
        generics: &'p [TypeRef],
    ) -> Option<NameRes<'p>> {
        Some(match owner {
            NameRes::Error => NameRes::Error,
            NameRes::Module(module) => self.module_member(module, name, span, generics),
            NameRes::Adt(adt, own) => {
                let ty = self.adt_type(adt, own, span);
                self.type_member(ty, name, span, generics)
            }
            NameRes::BuiltinType(builtin, own) => {
                let ty = self.builtin_type(builtin, own, span);
                self.static_member(ty, name, span, generics)
            }
            NameRes::Type(ty) => self.type_member(ty, name, span, generics),
            NameRes::Trait(_) => {
                self.report(diagnostics::unsupported_here(
                    span,
                    "把特性的方法当作值",
                    "a method of a trait as a value",
                ));
                NameRes::Error
            }
            NameRes::Local(_)
            | NameRes::Global(_)
            | NameRes::Functions(..)
            | NameRes::Variant(..)
            | NameRes::Static(..)
            | NameRes::Builtin(_) => {
                return None;
            }
        })
    }

    fn type_member(&mut self, ty: Ty, name: Name, span: Span, generics: &'p [TypeRef]) -> NameRes<'p> {
        if let TyKind::Adt(adt, _) = self.shallow(ty).kind()
            && let Some(variant) = find_variant(self.program, *adt, name)
        {
            if !generics.is_empty() {
                let written = self.adt_type(*adt, generics, span);
                self.table.unify(ty, written);
            }
            return NameRes::Variant(ty, variant);
        }
        self.static_member(ty, name, span, generics)
    }

    fn module_member(&mut self, module: ModuleId, name: Name, span: Span, generics: &'p [TypeRef]) -> NameRes<'p> {
        match self.cx.names.member(self.program, module, name, self.module) {
            Some((items, true)) => self.item_res(items, name, generics, span),
            Some((items, false)) => {
                let declared = items.first().and_then(|&it| item_span(self.program, it));
                let head = items.first().and_then(|&it| self.program.public_head(it));
                let diagnostic = diagnostics::private_item(span, name.as_str(), declared);
                self.report(diagnostics::with_public(diagnostic, head));
                NameRes::Error
            }
            // A module does not hide the predeclared type it is named after.
            None if is_builtin_type(self.program.modules[module].name) => {
                let ty = self.builtin_type(self.program.modules[module].name, &[], span);
                self.static_member(ty, name, span, generics)
            }
            None => {
                let similar = self.cx.names.similar_member(self.program, module, name);
                let similar = similar.or_else(|| self.cx.through_module(module, name));
                let owner = self.program.modules[module].name;
                self.report(diagnostics::unknown_member(span, owner.as_str(), name.as_str(), similar.as_deref()));
                NameRes::Error
            }
        }
    }

    fn static_member(&mut self, ty: Ty, name: Name, span: Span, generics: &'p [TypeRef]) -> NameRes<'p> {
        if ty.is_error() {
            return NameRes::Error;
        }
        let functions = self.static_functions(ty, name);
        if let Some(&first) = functions.first() {
            self.check_private_method(first, span);
        }
        if functions.is_empty() {
            let text = self.text(ty);
            if self.has_method(ty, name) {
                self.report(diagnostics::method_needs_value(span, &text, name.as_str()));
                return NameRes::Error;
            }
            let similar = self.similar_static(ty, name);
            let diagnostic = diagnostics::unknown_member(span, &text, name.as_str(), similar.as_deref());
            self.report(diagnostics::with_variants(diagnostic, &self.variant_names(ty)));
            return NameRes::Error;
        }
        NameRes::Static(ty, functions, generics)
    }

    /// Functions without 自己 of the type's 实现 blocks; of traits for type parameters.
    pub fn static_functions(&self, ty: Ty, name: Name) -> Vec<FunctionId> {
        let signatures = &self.cx.analysis.signatures;
        let ty = self.shallow(ty);
        let inherent = solver::head(ty).and_then(|head| signatures.inherent.get(&(head, name)));
        let statics = |it: &&FunctionId| !self.program.functions[**it].has_self;
        let mut found: Vec<FunctionId> = inherent.into_iter().flatten().filter(statics).copied().collect();
        if found.is_empty() {
            let of_traits = signatures.trait_methods.get(&name).into_iter().flatten().filter(statics).copied();
            let resolved = self.table.resolve(ty);
            found.extend(of_traits.filter(|&it| {
                let trait_ = super::trait_of(self.program, it).expect("indexed by trait");
                solver::find_impl_args(self.program, signatures, trait_, resolved).is_some()
            }));
        }
        found
    }
    pub fn has_method(&self, ty: Ty, name: Name) -> bool {
        let head = solver::head(self.shallow(ty));
        head.is_some_and(|it| self.cx.analysis.signatures.inherent.contains_key(&(it, name)))
    }
    fn similar_static(&self, ty: Ty, name: Name) -> Option<String> {
        let head = solver::head(self.shallow(ty))?;
        let signatures = &self.cx.analysis.signatures;
        let all = signatures.inherent.keys().filter(|it| it.0 == head).map(|it| it.1.as_str());
        let mut all: Vec<&str> = all.chain(self.variant_names(ty)).collect();
        all.sort_unstable();
        qi_base::suggest::similar(name.as_str(), all).map(str::to_owned)
    }
    /// In order of declaration; none for other types than enums.
    pub fn variant_names(&self, ty: Ty) -> Vec<&'p str> {
        match self.shallow(ty).kind() {
            TyKind::Adt(id, _) => match &self.program.adts[*id].kind {
                AdtKind::Enum(variants) => variants.iter().map(|it| it.name.as_str()).collect(),
                AdtKind::Struct(_) => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// An ADT applied to written arguments, or to fresh variables.
    pub fn adt_type(&mut self, adt: AdtId, generics: &[TypeRef], span: Span) -> Ty {
        let wanted = self.program.adts[adt].generics.len();
        let mut args: Vec<Ty> = generics.iter().map(|it| self.resolve_type(it)).collect();
        let is_result = Some(adt) == self.cx.known().result;
        if is_result && args.is_empty() {
            args = vec![self.table.fresh(span), self.table.fresh_or(self.cx.known().any_error(), span)];
        } else if is_result && args.len() == 1 {
            args.push(self.cx.known().any_error());
        } else if args.is_empty() {
            args = (0..wanted).map(|_| self.table.fresh(span)).collect();
        }
        if args.len() != wanted {
            let name = self.program.adts[adt].name;
            self.report(diagnostics::generic_count(span, name.as_str(), wanted, wanted, args.len()));
            return Ty::error();
        }
        Ty::new(TyKind::Adt(adt, args))
    }
    /// An alias applied to written arguments, or to fresh variables.
    fn alias_type(&mut self, alias: AliasId, generics: &[TypeRef], span: Span) -> Ty {
        let target = self.cx.alias_target(alias);
        let it = &self.program.aliases[alias];
        let mut args: Vec<Ty> = generics.iter().map(|it| self.resolve_type(it)).collect();
        if args.is_empty() {
            args = it.generics.iter().map(|_| self.table.fresh(span)).collect();
        }
        if args.len() != it.generics.len() {
            let wanted = it.generics.len();
            self.report(diagnostics::generic_count(span, it.name.as_str(), wanted, wanted, args.len()));
            return Ty::error();
        }
        self.require_bounds(&it.generics, &args, span, None);
        let ty = solver::substitute(target, &it.generics, &args);
        self.measured(ty, span)
    }
    pub fn builtin_type(&mut self, name: Name, generics: &[TypeRef], span: Span) -> Ty {
        let (min, max) = builtin_arity(name).unwrap_or_default();
        let mut args: Vec<Ty> = generics.iter().map(|it| self.resolve_type(it)).collect();
        if args.is_empty() && max > 0 {
            args = (0..min.max(1)).map(|_| self.table.fresh(span)).collect();
        }
        if !(min..=max).contains(&args.len()) {
            self.report(diagnostics::generic_count(span, name.as_str(), min, max, args.len()));
            return Ty::error();
        }
        typeref::builtin(name, &args).unwrap_or(Ty::error())
    }
    /// The type a name denotes, if it denotes one.
    pub fn named_type(&mut self, res: &NameRes<'p>, span: Span) -> Option<Ty> {
        match res {
            NameRes::Adt(id, generics) => Some(self.adt_type(*id, generics, span)),
            NameRes::BuiltinType(name, generics) => Some(self.builtin_type(*name, generics, span)),
            NameRes::Type(ty) => Some(*ty),
            _ => None,
        }
    }

    // ---- values ----------------------------------------------------------------------------------------------------

    pub fn self_value(&mut self, expr: ExprId) -> Ty {
        match self.body.self_local {
            // Not in the default value of the method's own parameter, but in that of a local function.
            Some(local) if self.frames.first().is_some_and(|it| it.is_function) => {
                self.out.names.insert(expr, Res::Local(local));
                self.local_type(local)
            }
            _ => {
                if self.lost_names.insert(Name::new("自己")) {
                    self.report(diagnostics::self_outside_method(self.span(expr)));
                }
                self.failed = true;
                Ty::error()
            }
        }
    }

    /// A `Path` in value position.
    pub fn name_value(&mut self, expr: ExprId, hint: Option<Ty>) -> Ty {
        match self.resolve_name(expr) {
            Some(res) => self.res_value(expr, res, hint),
            None => qi_base::bug!("{expr} is not a name"),
        }
    }

    /// Records what a name denotes as a value and gives its type.
    pub fn res_value(&mut self, expr: ExprId, res: NameRes<'p>, hint: Option<Ty>) -> Ty {
        let span = self.span(expr);
        let (res, ty) = match res {
            NameRes::Local(local) => (Res::Local(local), self.local_value(expr, local)),
            NameRes::Global(global) => {
                let ty = self.cx.global_type(global, span);
                self.failed |= ty.is_error();
                (Res::Global(global), ty)
            }
            NameRes::Functions(functions, generics) => self.function_value(span, &functions, generics, None, hint),
            NameRes::Static(ty, functions, generics) => self.function_value(span, &functions, generics, Some(ty), hint),
            NameRes::Variant(ty, variant) => self.variant_value(span, ty, variant),
            NameRes::Builtin(it) => self.builtin_value(span, it, hint),
            NameRes::Module(_) => self.not_a_value(span, "模块", "a module"),
            NameRes::Trait(id) if Some(id) == self.cx.known().error => {
                self.report(diagnostics::throw_a_text(diagnostics::not_a_value(span, "特性", "a trait")));
                (Res::Error, Ty::error())
            }
            NameRes::Trait(_) => self.not_a_value(span, "特性", "a trait"),
            NameRes::Adt(..) | NameRes::BuiltinType(..) | NameRes::Type(_) => self.not_a_value(span, "类型", "a type"),
            NameRes::Error => {
                self.failed = true;
                (Res::Error, Ty::error())
            }
        };
        self.out.names.insert(expr, res);
        ty
    }
    fn not_a_value(&mut self, span: Span, zh: &str, en: &str) -> (Res, Ty) {
        self.report(diagnostics::not_a_value(span, zh, en));
        (Res::Error, Ty::error())
    }

    /// A generic local function gets type arguments where it is named.
    fn local_value(&mut self, expr: ExprId, local: LocalId) -> Ty {
        let ty = self.local_type(local);
        let Some(&closure) = self.out.local_functions.get(&local) else { return ty };
        let body = self.body;
        let (ExprKind::Closure(it), ExprKind::Path(path)) = (&body.exprs[closure].kind, &body.exprs[expr].kind) else {
            return ty;
        };
        let written = path.segments.last().map_or(&[][..], |it| &it.generics);
        // What stands for a bare trait cannot be written.
        let is_visible = |it: &crate::GenericId| !self.program.generics[*it].name.as_str().contains('#');
        let visible = it.generics.iter().filter(|it| is_visible(it)).count();
        if !written.is_empty() && written.len() != visible {
            let name = self.body.locals[local].name;
            self.report(diagnostics::generic_count(path.span, name.as_str(), visible, visible, written.len()));
            return Ty::error();
        }
        if it.generics.is_empty() {
            return ty;
        }
        let generics: Vec<Ty> = it.generics.iter().map(|_| self.table.fresh(path.span)).collect();
        for (&generic, ty) in generics.iter().zip(written) {
            let ty = self.resolve_type(ty);
            self.table.unify(generic, ty);
        }
        self.require_bounds(&it.generics, &generics, path.span, None);
        let ty = solver::substitute(ty, &it.generics, &generics);
        self.out.instantiations.insert(expr, generics);
        ty
    }

    /// 打印 fits wherever a 函数 is expected: it takes what that takes.
    fn builtin_value(&mut self, span: Span, builtin: BuiltinFunction, hint: Option<Ty>) -> (Res, Ty) {
        let params = match self.known_hint(hint).map(|it| it.kind()) {
            Some(TyKind::Function { params, .. }) if params.iter().all(|it| it.0 == Mode::Value) => {
                Some(params.clone())
            }
            _ => None,
        };
        match (builtin.print(), params) {
            (Some(print), Some(params)) => {
                (Res::Builtin(print), Ty::new(TyKind::Function { params, result: Ty::unit() }))
            }
            _ => {
                self.report(diagnostics::builtin_as_value(span));
                (Res::Error, Ty::error())
            }
        }
    }

    fn variant_value(&mut self, span: Span, ty: Ty, variant: u32) -> (Res, Ty) {
        let TyKind::Adt(adt, args) = ty.kind() else { return (Res::Error, Ty::error()) };
        let adt = *adt;
        let res = Res::Variant { adt, variant, generics: args.clone() };
        let def = self.variant_def(adt, variant);
        if def.fields.is_empty() {
            return (res, ty);
        }
        if def.named {
            self.report(diagnostics::variant_needs_fields(span, def.name.as_str()));
            return (Res::Error, Ty::error());
        }
        let params = self.field_types(adt, variant, args).into_iter().map(|it| (Mode::Value, it)).collect();
        (res, Ty::new(TyKind::Function { params, result: ty }))
    }

    /// A function that is not called: the one whose parameters fit the expected type.
    fn function_value(
        &mut self,
        span: Span,
        functions: &[FunctionId],
        generics: &[TypeRef],
        owner: Option<Ty>,
        hint: Option<Ty>,
    ) -> (Res, Ty) {
        let hint = self.known_hint(hint).map(|it| self.cx.known().option_content(it).map_or(it, |it| self.shallow(it)));
        let wanted = match hint.map(|it| it.kind()) {
            Some(TyKind::Function { params, .. }) => Some(params.len()),
            _ => None,
        };
        let fitting =
            functions.iter().copied().filter(|&it| wanted.is_none_or(|n| self.program.functions[it].params.len() == n));
        let fitting: Vec<FunctionId> = fitting.collect();
        let function = match (&fitting[..], functions) {
            ([one], _) | ([], [one]) => *one,
            _ => {
                self.report(diagnostics::ambiguous_function(span));
                return (Res::Error, Ty::error());
            }
        };
        let Some(generics) = self.instantiate(function, generics, owner, span) else {
            return (Res::Error, Ty::error());
        };
        let ty = self.function_type(function, &generics, span);
        self.cx.need(Job::Function(function));
        (Res::Function { function, generics }, ty)
    }

    /// The type of a function as a value (without 自己).
    pub fn function_type(&mut self, function: FunctionId, generics: &[Ty], span: Span) -> Ty {
        let result = self.call_result(function, generics, span, super::body::CallUse::Value).0;
        let signature = &self.cx.analysis.signatures.functions[function];
        let params = self.program.functions[function].params.iter().zip(&signature.params);
        let params =
            params.map(|(param, &ty)| (param.mode, solver::substitute(ty, &signature.generics, generics))).collect();
        Ty::new(TyKind::Function { params, result })
    }
}
