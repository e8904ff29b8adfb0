//! Finds the items of the prelude that have syntax or rules of their own, by their `@内建` names.

use crate::{Known, Program, Ty, TyKind};

pub(super) fn find(program: &Program) -> Known {
    let mut known = Known::default();
    for (id, adt) in program.adts.iter() {
        let slot = match adt.intrinsic.as_deref() {
            Some("option") => &mut known.option,
            Some("result") => &mut known.result,
            Some("map") => &mut known.map,
            Some("set") => &mut known.set,
            Some("range") => &mut known.range,
            Some("char_range") => &mut known.char_range,
            _ => continue,
        };
        *slot = Some(id);
    }
    for (id, it) in program.traits.iter() {
        let slot = match it.intrinsic.as_deref() {
            Some("equatable") => &mut known.equatable,
            Some("hashable") => &mut known.hashable,
            Some("comparable") => &mut known.comparable,
            Some("printable") => &mut known.printable,
            Some("iterable") => &mut known.iterable,
            Some("closable") => &mut known.closable,
            Some("error") => &mut known.error,
            Some("fault") => &mut known.fault,
            Some("c_value") => &mut known.c_value,
            _ => continue,
        };
        *slot = Some(id);
    }
    known
}

impl Known {
    pub fn option_of(&self, inner: Ty) -> Ty {
        self.option.map_or(Ty::error(), |id| Ty::new(TyKind::Adt(id, vec![inner])))
    }
    pub fn result_of(&self, ok: Ty, err: Ty) -> Ty {
        self.result.map_or(Ty::error(), |id| Ty::new(TyKind::Adt(id, vec![ok, err])))
    }
    pub fn map_of(&self, key: Ty, value: Ty) -> Ty {
        self.map.map_or(Ty::error(), |id| Ty::new(TyKind::Adt(id, vec![key, value])))
    }
    pub fn range_type(&self) -> Ty {
        self.range.map_or(Ty::error(), |id| Ty::new(TyKind::Adt(id, Vec::new())))
    }
    pub fn char_range_type(&self) -> Ty {
        self.char_range.map_or(Ty::error(), |id| Ty::new(TyKind::Adt(id, Vec::new())))
    }
    /// 任意 错误
    pub fn any_error(&self) -> Ty {
        self.error.map_or(Ty::error(), |id| Ty::new(TyKind::Dynamic(id, Vec::new())))
    }
    pub fn is_any_error(&self, ty: Ty) -> bool {
        matches!(ty.kind(), TyKind::Dynamic(id, _) if Some(*id) == self.error)
    }
    /// The content of 选项<T>.
    pub fn option_content(&self, ty: Ty) -> Option<Ty> {
        match ty.kind() {
            TyKind::Adt(id, args) if Some(*id) == self.option => args.first().copied(),
            _ => None,
        }
    }
    /// The types of 成 and 败.
    pub fn result_content(&self, ty: Ty) -> Option<(Ty, Ty)> {
        match ty.kind() {
            TyKind::Adt(id, args) if Some(*id) == self.result && args.len() == 2 => Some((args[0], args[1])),
            _ => None,
        }
    }
    /// Key and value of 字典<K, V>.
    pub fn map_content(&self, ty: Ty) -> Option<(Ty, Ty)> {
        match ty.kind() {
            TyKind::Adt(id, args) if Some(*id) == self.map && args.len() == 2 => Some((args[0], args[1])),
            _ => None,
        }
    }
}
