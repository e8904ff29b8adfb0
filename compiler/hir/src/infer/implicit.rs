//! `t: 可画` in a parameter list means `t: T` with `T: 可画`: adds the generic parameter that is not written.

use super::names::Names;
use crate::{FunctionId, Generic, Item, ModuleId, Path, PathSegment, Program, TypeRef, TypeRefKind};
use qi_base::Name;

pub(super) fn expand(program: &mut Program, names: &Names) {
    let functions: Vec<FunctionId> = program.functions.ids().collect();
    for function in functions {
        for index in 0..program.functions[function].params.len() {
            expand_param(program, names, function, index);
        }
    }
}

fn expand_param(program: &mut Program, names: &Names, function: FunctionId, index: usize) {
    let it = &program.functions[function];
    let Some(TypeRef { kind: TypeRefKind::Path(path), span }) = &it.params[index].ty else { return };
    let in_scope = program.all_generics(function);
    if in_scope.iter().any(|&generic| program.generics[generic].name == path.segments[0].name) {
        return;
    }
    if !names_trait(program, names, it.module, path) {
        return;
    }
    let (path, span) = (path.clone(), *span);
    // `#` cannot be written: two parameters of the same trait stay apart.
    let name = Name::new(&format!("{}#{index}", path.segments[path.segments.len() - 1].name));
    let bounds = vec![TypeRef { kind: TypeRefKind::Path(path), span }];
    let generic = program.generics.push(Generic { name, span, bounds });
    let it = &mut program.functions[function];
    it.generics.push(generic);
    let segments = vec![PathSegment { name, generics: Vec::new(), span }];
    it.params[index].ty = Some(TypeRef { kind: TypeRefKind::Path(Path { segments, span }), span });
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
