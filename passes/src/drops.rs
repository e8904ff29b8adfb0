//! Which values can be seen to die: dropping them may run Qi code or speak to the runtime. Other memory goes silently.

use qi_mir::{Type, TypeKind, Types};
use rustc_hash::FxHashSet;

/// Whether dropping a value of the type may do more than free memory (最终 of a generator, handles).
pub(crate) fn runs_code(types: &Types, ty: Type) -> bool {
    let mut seen = FxHashSet::default();
    let mut work = vec![ty];
    while let Some(ty) = work.pop() {
        if !seen.insert(ty) {
            continue;
        }
        match types.kind(ty) {
            TypeKind::Generator { .. }
            | TypeKind::Handle
            | TypeKind::Task(_)
            | TypeKind::Dynamic(_)
            | TypeKind::Closure(_)
            | TypeKind::Error
            // 弱 can see whether the object still lives.
            | TypeKind::Lock(_)
            | TypeKind::Shared(_) => return true,
            TypeKind::Struct(id) => work.extend(types.structs[*id].fields.iter().map(|it| it.ty)),
            TypeKind::Enum(id) => {
                work.extend(types.enums[*id].variants.iter().flat_map(|it| &it.fields).map(|it| it.ty));
            }
            TypeKind::Array(of)
            | TypeKind::Box(of)
            | TypeKind::Cell(of)
            | TypeKind::Channel(of)
            | TypeKind::Weak(of) => work.push(*of),
            TypeKind::Unit
            | TypeKind::Bool
            | TypeKind::Char
            | TypeKind::Int { .. }
            | TypeKind::Float { .. }
            | TypeKind::Str
            | TypeKind::Pointer
            | TypeKind::Address(_)
            | TypeKind::Atomic => {}
        }
    }
    false
}
