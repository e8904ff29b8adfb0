//! Types and paths as written: syntax to [`TypeRef`] and [`Path`]. Resolves nothing.

use super::context::Ctx;
use crate::{Generic, Mode, Path, PathSegment, TypeRef, TypeRefKind, diagnostics};
use qi_base::Span;
use qi_syntax::ast::{self, AstNode, Type};
use rustc_hash::FxHashMap;

/// `at` is blamed where the type is missing after a syntax error.
pub(super) fn type_or_error(ctx: &mut Ctx, ty: Option<Type>, at: Span) -> TypeRef {
    match ty {
        Some(ty) => type_ref(ctx, ty),
        None => TypeRef { kind: TypeRefKind::Error, span: at },
    }
}

pub(super) fn type_ref(ctx: &mut Ctx, ty: Type) -> TypeRef {
    let span = ctx.span(&ty);
    let kind = match ty {
        Type::Path(it) => it.path().map_or(TypeRefKind::Error, |it| TypeRefKind::Path(path(ctx, &it))),
        Type::Array(it) => TypeRefKind::Array(Box::new(type_or_error(ctx, it.element(), span))),
        Type::Option(it) => TypeRefKind::Option(Box::new(type_or_error(ctx, it.inner(), span))),
        Type::Tuple(it) => TypeRefKind::Tuple(it.elements().map(|it| type_ref(ctx, it)).collect()),
        Type::Paren(it) => type_or_error(ctx, it.inner(), span).kind,
        Type::Function(it) => function_type(ctx, &it, span),
        Type::Any(it) => dynamic(ctx, &it, span),
    };
    TypeRef { kind, span }
}

/// The type parameters in `<…>`.
pub(super) fn generics(ctx: &mut Ctx, list: Option<ast::GenericParamList>) -> Vec<Generic> {
    let mut seen = FxHashMap::default();
    let mut generics = Vec::new();
    for param in list.into_iter().flat_map(|it| it.params()) {
        let Some(name) = param.name() else { continue };
        let span = ctx.span(&name);
        let first = *seen.entry(name.name()).or_insert(span);
        if first != span {
            ctx.report(diagnostics::duplicate_definition(span, name.name().as_str(), first));
            continue;
        }
        let bounds = param.bounds().map(|it| type_ref(ctx, it)).collect();
        generics.push(Generic { name: name.name(), span, bounds });
    }
    generics
}

fn function_type(ctx: &mut Ctx, ty: &ast::FunctionType, span: Span) -> TypeRefKind {
    let params = ty.params().map(|it| {
        let mode = if it.is_mutable() { Mode::InOut } else { Mode::Value };
        (mode, type_or_error(ctx, it.ty(), span))
    });
    let params = params.collect();
    let result = ty.ret_type().map(|it| Box::new(type_ref(ctx, it)));
    TypeRefKind::Function { params, result }
}

fn dynamic(ctx: &mut Ctx, ty: &ast::AnyType, span: Span) -> TypeRefKind {
    let mut traits = ty.traits();
    let first = traits.next();
    if traits.next().is_some() {
        ctx.unsupported(span, "“任意”后面写多个特性", "`任意` with several traits");
        return TypeRefKind::Error;
    }
    match first.map(|it| type_ref(ctx, it).kind) {
        Some(TypeRefKind::Path(path)) => TypeRefKind::Dynamic(path),
        Some(TypeRefKind::Error) | None => TypeRefKind::Error,
        Some(_) => {
            ctx.unsupported(span, "“任意”后面写特性以外的类型", "`任意` before anything but a trait");
            TypeRefKind::Error
        }
    }
}

pub(super) fn path(ctx: &mut Ctx, path: &ast::Path) -> Path {
    let span = ctx.span(path);
    let segments = path.segments().map(|it| {
        let segment_span = ctx.span(&it);
        let generics = generic_args(ctx, it.generic_args());
        match it.name() {
            Some(name) => PathSegment { name: name.name(), generics, span: ctx.span(&name) },
            None => PathSegment { name: it.syntax().text().to_string().trim().into(), generics, span: segment_span },
        }
    });
    Path { segments: segments.collect(), span }
}

pub(super) fn generic_args(ctx: &mut Ctx, args: Option<ast::GenericArgList>) -> Vec<TypeRef> {
    args.into_iter().flat_map(|it| it.types()).map(|it| type_ref(ctx, it)).collect()
}
