//! Which types have 等同 散列 可比较 可打印 without a written implementation: from their parts. And which ones C knows.

use super::solver::{Solver, substitute};
use crate::{AdtId, Program, TraitId, Ty, TyKind};

pub(super) fn derives(solver: &mut Solver, trait_: TraitId, ty: Ty) -> bool {
    let known = solver.signatures.known;
    let is = |it: Option<TraitId>| it == Some(trait_);
    if is(known.printable) {
        return true;
    }
    if is(known.c_value) {
        return is_c_value(solver.program, ty);
    }
    let (equal, hash, order) = (is(known.equatable), is(known.hashable), is(known.comparable));
    if !(equal || hash || order) {
        return false;
    }
    match ty.kind() {
        TyKind::Error | TyKind::Never | TyKind::Unit | TyKind::Bool | TyKind::Char | TyKind::Int(_) | TyKind::Str => {
            true
        }
        TyKind::Float(_) => !hash,
        TyKind::Tuple(parts) => parts.iter().all(|&it| solver.implements(trait_, it)),
        TyKind::Array(it) => solver.implements(trait_, *it),
        TyKind::Adt(id, args) => adt(solver, trait_, *id, args),
        // Handles are compared by identity.
        TyKind::Task(_)
        | TyKind::Generator(..)
        | TyKind::Channel(_)
        | TyKind::Lock(_)
        | TyKind::Shared(_)
        | TyKind::Weak(_)
        | TyKind::Atomic
        | TyKind::Pointer(_)
        | TyKind::Handle => equal,
        TyKind::Function { .. } | TyKind::Dynamic(..) | TyKind::CStr | TyKind::Param(..) | TyKind::Infer(_) => false,
    }
}

/// Whether values have the same bytes in C: what a pointer can point to. Not functions, which are two words in Qi.
pub(super) fn is_c_value(program: &Program, ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Error
        | TyKind::Bool
        | TyKind::Char
        | TyKind::Int(_)
        | TyKind::Float(_)
        | TyKind::CStr
        | TyKind::Pointer(_) => true,
        TyKind::Adt(id, _) => program.adts[*id].external,
        _ => false,
    }
}

fn adt(solver: &mut Solver, trait_: TraitId, id: AdtId, args: &[Ty]) -> bool {
    let known = &solver.signatures.known;
    // Equal dictionaries may hold their entries in different order.
    if Some(id) == known.map || Some(id) == known.set {
        return false;
    }
    let (program, signatures) = (solver.program, solver.signatures);
    let generics = &program.adts[id].generics;
    let fields = signatures.adts[id].variants.iter().flatten();
    fields.into_iter().all(|&it| solver.implements(trait_, substitute(it, generics, args)))
}
