//! Types as written to types: generic parameters, items of the module, imports, the prelude, predeclared names.

use super::Checker;
use super::names;
use super::obligation::WrittenArgs;
use crate::builtin_types::builtin_arity;
use crate::{
    AdtId, AliasId, GenericId, IntType, Item, ModuleId, Path, PathSegment, TraitId, TraitRef, Ty, TyKind, TypeRef,
    TypeRefKind, diagnostics,
};
use qi_base::{Name, Span};

/// What a type may mention where it stands.
#[derive(Clone, Default)]
pub(super) struct TypeScope {
    pub module: Option<ModuleId>,
    /// Innermost last.
    pub generics: Vec<GenericId>,
    /// Meaning of 自己.
    pub self_type: Option<Ty>,
}

/// What a path in type position names.
pub(super) enum TypeName {
    Type(Ty),
    Adt(AdtId),
    Alias(AliasId),
    Trait(TraitId),
    /// A predeclared constructor.
    Builtin,
    Module(ModuleId),
    /// Already reported.
    Error,
}

impl Checker<'_> {
    pub(super) fn resolve_type(&mut self, scope: &TypeScope, ty: &TypeRef) -> Ty {
        match &ty.kind {
            TypeRefKind::Error => Ty::error(),
            TypeRefKind::Array(it) => Ty::array(self.resolve_type(scope, it)),
            TypeRefKind::Tuple(parts) if parts.is_empty() => Ty::unit(),
            TypeRefKind::Tuple(parts) => Ty::new(TyKind::Tuple(self.resolve_types(scope, parts))),
            TypeRefKind::Option(it) => {
                let inner = self.resolve_type(scope, it);
                self.known().option_of(inner)
            }
            TypeRefKind::Function { params, result } => {
                let params = params.iter().map(|(mode, it)| (*mode, self.resolve_type(scope, it))).collect();
                let result = result.as_ref().map_or(Ty::unit(), |it| self.resolve_type(scope, it));
                Ty::new(TyKind::Function { params, result })
            }
            TypeRefKind::Dynamic(path) => self.resolve_dynamic(scope, path),
            TypeRefKind::Path(path) => self.resolve_path_type(scope, path),
        }
    }
    pub(super) fn resolve_types(&mut self, scope: &TypeScope, types: &[TypeRef]) -> Vec<Ty> {
        types.iter().map(|it| self.resolve_type(scope, it)).collect()
    }

    fn resolve_dynamic(&mut self, scope: &TypeScope, path: &Path) -> Ty {
        let Some(it) = self.resolve_trait(scope, path) else { return Ty::error() };
        if !self.check_object_safety(it.trait_, path.span) {
            return Ty::error();
        }
        Ty::new(TyKind::Dynamic(it.trait_, it.args))
    }

    /// A trait with its arguments; reports everything else.
    pub(super) fn resolve_trait(&mut self, scope: &TypeScope, path: &Path) -> Option<TraitRef> {
        let n_reports = self.diagnostics.len();
        match self.resolve_type_name(scope, path) {
            TypeName::Trait(trait_) => {
                let generics = &path.segments.last()?.generics;
                let wanted = self.program.traits[trait_].generics.len();
                let args = self.resolve_types(scope, generics);
                if !self.check_generic_count(path, args.len(), wanted, wanted) {
                    return None;
                }
                let spans = generics.iter().map(|it| it.span).collect();
                let generics = self.program.traits[trait_].generics.clone();
                self.written.push(WrittenArgs { generics, args: args.clone(), spans });
                Some(TraitRef { trait_, args })
            }
            TypeName::Error => {
                if let Some(report) = self.diagnostics[n_reports..].last_mut() {
                    diagnostics::is_about_trait(report, &path_text(path));
                }
                None
            }
            _ => {
                self.report(diagnostics::not_a_trait(path.span, &path_text(path)));
                None
            }
        }
    }
    pub(super) fn resolve_bound(&mut self, scope: &TypeScope, bound: &TypeRef) -> Option<TraitRef> {
        match &bound.kind {
            TypeRefKind::Path(path) | TypeRefKind::Dynamic(path) => self.resolve_trait(scope, path),
            TypeRefKind::Error => None,
            _ => {
                self.report(diagnostics::not_a_trait(bound.span, "…"));
                None
            }
        }
    }

    pub(super) fn check_generic_count(&mut self, path: &Path, found: usize, min: usize, max: usize) -> bool {
        if (min..=max).contains(&found) {
            return true;
        }
        self.report(diagnostics::generic_count(path.span, &path_text(path), min, max, found));
        false
    }

    fn resolve_path_type(&mut self, scope: &TypeScope, path: &Path) -> Ty {
        let Some(last) = path.segments.last() else { return Ty::error() };
        match self.resolve_type_name(scope, path) {
            TypeName::Error => Ty::error(),
            TypeName::Type(ty) => {
                if self.check_generic_count(path, last.generics.len(), 0, 0) {
                    ty
                } else {
                    Ty::error()
                }
            }
            TypeName::Adt(id) => self.apply_adt(scope, path, id, &last.generics),
            TypeName::Alias(id) => self.apply_alias(scope, path, id, &last.generics),
            TypeName::Builtin => self.builtin_type(scope, path, last),
            TypeName::Trait(trait_) => {
                let diagnostic = diagnostics::bare_trait(path.span, &path_text(path));
                self.report(match self.unboxable_method(trait_) {
                    Some(_) => diagnostic,
                    None => diagnostics::with_dynamic(diagnostic, path.span, &path_text(path)),
                });
                Ty::error()
            }
            TypeName::Module(_) => {
                self.report(diagnostics::not_a_type(path.span, &path_text(path)));
                Ty::error()
            }
        }
    }

    fn apply_adt(&mut self, scope: &TypeScope, path: &Path, id: AdtId, generics: &[TypeRef]) -> Ty {
        let wanted = self.program.adts[id].generics.len();
        let mut args = self.resolve_types(scope, generics);
        // 结果<T> is 结果<T, 任意 错误>.
        if Some(id) == self.known().result && args.len() == 1 {
            args.push(self.known().any_error());
        }
        if !self.check_generic_count(path, args.len(), wanted, wanted) {
            return Ty::error();
        }
        if !generics.is_empty() {
            let spans = generics.iter().map(|it| it.span).collect();
            let generics = self.program.adts[id].generics.clone();
            self.written.push(WrittenArgs { generics, args: args.clone(), spans });
        }
        Ty::new(TyKind::Adt(id, args))
    }

    /// Follows the path through modules to what its last segment names.
    pub(super) fn resolve_type_name(&mut self, scope: &TypeScope, path: &Path) -> TypeName {
        let Some((first, rest)) = path.segments.split_first() else { return TypeName::Error };
        let mut current = self.first_type_name(scope, first);
        // A module does not hide the predeclared type it is named after (标准库 has a module 字符串).
        if let (TypeName::Module(_), [], true) = (&current, rest, names::is_builtin_type(first.name)) {
            return TypeName::Builtin;
        }
        for segment in rest {
            current = match current {
                TypeName::Module(module) => self.member_type_name(scope, module, segment),
                TypeName::Error => return TypeName::Error,
                _ => {
                    self.report(diagnostics::not_a_namespace(segment.span, segment.name.as_str()));
                    return TypeName::Error;
                }
            };
        }
        current
    }

    fn first_type_name(&mut self, scope: &TypeScope, segment: &PathSegment) -> TypeName {
        let name = segment.name;
        if name.as_str() == "自己" {
            return match scope.self_type {
                Some(ty) => TypeName::Type(ty),
                None => {
                    self.report(diagnostics::self_outside_method(segment.span));
                    TypeName::Error
                }
            };
        }
        if let Some(&id) = scope.generics.iter().rev().find(|&&it| self.program.generics[it].name == name) {
            return TypeName::Type(Ty::new(TyKind::Param(id, name)));
        }
        let items = scope.module.and_then(|it| self.names.lookup(self.program, it, name));
        match items {
            Some(items) => self.item_type_name(items, segment),
            None if names::is_builtin_type(name) => TypeName::Builtin,
            None => self.unknown_type(scope, name, segment.span),
        }
    }

    fn unknown_type(&mut self, scope: &TypeScope, name: Name, span: Span) -> TypeName {
        let generics: Vec<Name> = scope.generics.iter().map(|&it| self.program.generics[it].name).collect();
        let foreign = qi_syntax::FOREIGN_TYPES.iter().find(|it| it.0 == name.as_str()).map(|it| it.1.to_owned());
        let similar = foreign.or_else(|| self.names.similar(self.program, scope.module?, name, &generics, true));
        let similar = similar.or_else(|| self.in_imported_module(scope.module?, name));
        let report = diagnostics::unknown_type(span, name.as_str(), similar.as_deref());
        let report = match scope.module {
            Some(module) if similar.is_none() => self.with_import(report, module, name),
            _ => report,
        };
        self.report(report);
        TypeName::Error
    }

    fn item_type_name(&mut self, items: &[Item], segment: &PathSegment) -> TypeName {
        match items.first() {
            None => TypeName::Error,
            Some(Item::Adt(id)) => TypeName::Adt(*id),
            Some(Item::Alias(id)) => TypeName::Alias(*id),
            Some(Item::Trait(id)) => TypeName::Trait(*id),
            Some(Item::Module(id)) => TypeName::Module(*id),
            Some(Item::Function(_) | Item::Global(_)) => {
                self.report(diagnostics::not_a_type(segment.span, segment.name.as_str()));
                TypeName::Error
            }
        }
    }

    fn member_type_name(&mut self, scope: &TypeScope, module: ModuleId, segment: &PathSegment) -> TypeName {
        let from = scope.module.unwrap_or(module);
        match self.names.member(self.program, module, segment.name, from) {
            Some((items, true)) => self.item_type_name(items, segment),
            Some((items, false)) => {
                let declared = items.first().and_then(|&it| super::item_span(self.program, it));
                let head = items.first().and_then(|&it| self.program.public_head(it));
                let diagnostic = diagnostics::private_item(segment.span, segment.name.as_str(), declared);
                self.report(diagnostics::with_public(diagnostic, head));
                TypeName::Error
            }
            None => {
                let similar = self.names.similar_member(self.program, module, segment.name);
                let similar = similar.or_else(|| self.through_module(module, segment.name));
                let owner = self.program.modules[module].name;
                self.report(diagnostics::unknown_member(
                    segment.span,
                    owner.as_str(),
                    segment.name.as_str(),
                    similar.as_deref(),
                ));
                TypeName::Error
            }
        }
    }

    fn builtin_type(&mut self, scope: &TypeScope, path: &Path, segment: &PathSegment) -> Ty {
        let args = self.resolve_types(scope, &segment.generics);
        self.builtin_type_with(segment.name, args, path)
    }

    /// A predeclared constructor applied to its arguments.
    pub(super) fn builtin_type_with(&mut self, name: Name, args: Vec<Ty>, path: &Path) -> Ty {
        let (min, max) = builtin_arity(name).unwrap_or_default();
        if !self.check_generic_count(path, args.len(), min, max) {
            return Ty::error();
        }
        builtin(name, &args).unwrap_or(Ty::error())
    }
}

pub(super) fn builtin(name: Name, args: &[Ty]) -> Option<Ty> {
    let arg = || args.first().copied().unwrap_or(Ty::unit());
    let int = |it| Ty::new(TyKind::Int(it));
    Some(match name.as_str() {
        "整数" | "整数64" => int(IntType::I64),
        "整数8" => int(IntType::I8),
        "整数16" => int(IntType::I16),
        "整数32" | "C整数" => int(IntType::I32),
        "C无符号整数" => int(IntType::U32),
        "无符号8" | "字节" => int(IntType::U8),
        "无符号16" => int(IntType::U16),
        "无符号32" => int(IntType::U32),
        "无符号64" => int(IntType::U64),
        "浮点数" | "浮点数64" => Ty::float(),
        "浮点数32" => Ty::new(TyKind::Float(32)),
        "布尔" => Ty::bool(),
        "字符" => Ty::char(),
        "空" => Ty::unit(),
        "字符串" => Ty::str(),
        "数组" | "列表" => Ty::array(arg()),
        "未来" | "任务" => Ty::new(TyKind::Task(arg())),
        "生成器" | "流" => Ty::new(TyKind::Generator(arg(), args.get(1).copied().unwrap_or(Ty::unit()))),
        "通道" => Ty::new(TyKind::Channel(arg())),
        "锁" => Ty::new(TyKind::Lock(arg())),
        "共享" => Ty::new(TyKind::Shared(arg())),
        "弱" => Ty::new(TyKind::Weak(arg())),
        "原子整数" => Ty::new(TyKind::Atomic),
        "指针" => Ty::new(TyKind::Pointer(arg())),
        "C字符串" => Ty::new(TyKind::CStr),
        "内建对象" => Ty::new(TyKind::Handle),
        _ => return None,
    })
}

pub(super) fn path_text(path: &Path) -> String {
    let names: Vec<&str> = path.segments.iter().map(|it| it.name.as_str()).collect();
    names.join(".")
}
