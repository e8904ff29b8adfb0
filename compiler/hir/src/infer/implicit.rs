//! Numbers for the type parameters of local functions; and `t: 可画` in a parameter list means `t: T` with `T: 可画`: adds
//! the generic parameter that is not written.

use super::names::Names;
use crate::{
    AdtKind, Body, Closure, ExprKind, FunctionId, Generic, GenericId, Item, ModuleId, Path, PathSegment, Program,
    TypeRef, TypeRefKind,
};
use qi_base::{IdVec, Name};

pub(super) fn expand(program: &mut Program, names: &Names) {
    let functions: Vec<FunctionId> = program.functions.ids().collect();
    for function in functions {
        let in_scope = program.all_generics(function);
        let in_scope: Vec<Name> = in_scope.iter().map(|&it| program.generics[it].name).collect();
        for index in 0..program.functions[function].params.len() {
            expand_param(program, names, function, index, &in_scope);
        }
        let module = program.functions[function].module;
        let body = program.functions[function].body.take();
        program.functions[function].body = body.map(|it| local_functions(program, names, module, it, &in_scope));
    }
    // Initialisers and default values see no type parameters but their own.
    let globals: Vec<_> = program.globals.ids().collect();
    for id in globals {
        let (module, body) = (program.globals[id].module, program.globals[id].init.take());
        program.globals[id].init = body.map(|it| local_functions(program, names, module, it, &[]));
    }
    let adts: Vec<_> = program.adts.ids().collect();
    for id in adts {
        let module = program.adts[id].module;
        let mut kind = std::mem::replace(&mut program.adts[id].kind, AdtKind::Struct(Vec::new()));
        let fields: Vec<_> = match &mut kind {
            AdtKind::Struct(fields) => fields.iter_mut().collect(),
            AdtKind::Enum(variants) => variants.iter_mut().flat_map(|it| &mut it.fields).collect(),
        };
        for field in fields {
            let body = field.default.take();
            field.default = body.map(|it| local_functions(program, names, module, it, &[]));
        }
        program.adts[id].kind = kind;
    }
}

fn local_functions(program: &mut Program, names: &Names, module: ModuleId, mut body: Body, outer: &[Name]) -> Body {
    for id in body.exprs.ids() {
        if let ExprKind::Closure(closure) = &mut body.exprs[id].kind
            && closure.name.is_some()
        {
            local_function(program, names, module, closure, outer);
        }
    }
    body
}

fn local_function(program: &mut Program, names: &Names, module: ModuleId, it: &mut Closure, outer: &[Name]) {
    let written = std::mem::take(&mut it.written_generics);
    let in_scope: Vec<Name> = outer.iter().copied().chain(written.iter().map(|it| it.name)).collect();
    it.generics = written.into_iter().map(|it| program.generics.push(it)).collect();
    for (index, param) in it.params.iter_mut().enumerate() {
        let Some((path, ty)) =
            param.ty.as_ref().and_then(|ty| Some((bare_trait(program, names, module, ty, &in_scope)?, ty)))
        else {
            continue;
        };
        let (generic, ty) = hidden_generic(&mut program.generics, path, ty, index);
        it.generics.push(generic);
        param.ty = Some(ty);
    }
}

fn expand_param(program: &mut Program, names: &Names, function: FunctionId, index: usize, in_scope: &[Name]) {
    let it = &program.functions[function];
    let Some(ty) = &it.params[index].ty else { return };
    let Some(path) = bare_trait(program, names, it.module, ty, in_scope) else { return };
    let (generic, ty) = hidden_generic(&mut program.generics, path, ty, index);
    let it = &mut program.functions[function];
    it.generics.push(generic);
    it.params[index].ty = Some(ty);
}

/// A type parameter that is the trait, and the type that names it.
fn hidden_generic(
    generics: &mut IdVec<GenericId, Generic>,
    path: &Path,
    ty: &TypeRef,
    index: usize,
) -> (GenericId, TypeRef) {
    let span = ty.span;
    // `#` cannot be written: two parameters of the same trait stay apart.
    let name = Name::new(&format!("{}#{index}", path.segments[path.segments.len() - 1].name));
    let bounds = vec![TypeRef { kind: TypeRefKind::Path(path.clone()), span }];
    let segments = vec![PathSegment { name, generics: Vec::new(), span }];
    let ty = TypeRef { kind: TypeRefKind::Path(Path { segments, span }), span };
    (generics.push(Generic { name, span, bounds }), ty)
}

/// The path of a type that is a trait and nothing else.
fn bare_trait<'a>(
    program: &Program,
    names: &Names,
    module: ModuleId,
    ty: &'a TypeRef,
    in_scope: &[Name],
) -> Option<&'a Path> {
    let TypeRefKind::Path(path) = &ty.kind else { return None };
    let is_trait = !in_scope.contains(&path.segments[0].name) && names_trait(program, names, module, path);
    is_trait.then_some(path)
}

fn names_trait(program: &Program, names: &Names, module: ModuleId, path: &Path) -> bool {
    let Some((first, rest)) = path.segments.split_first() else { return false };
    let mut item = names.lookup(program, module, first.name).and_then(|it| it.first());
    for segment in rest {
        let Some(Item::Module(inner)) = item else { return false };
        item = names.member(program, *inner, segment.name, module).and_then(|(it, _)| it.first());
    }
    matches!(item, Some(Item::Trait(_)))
}
