//! Types no value can have, because building one takes a value of the type itself first. An 选项, an 数组 or a variant
//! without such a part ends the recursion.

use super::{Checker, solver};
use crate::{AdtId, AdtKind, FieldDef, Ty, TyKind, diagnostics};
use rustc_hash::FxHashSet;

/// Instances nested deeper than this, and more of them, are taken to end: they are reported where they are made.
const MAX_DEPTH: u32 = 40;
const MAX_SIZE: u32 = 1_000;
const MAX_TYPES: usize = 5_000;
/// Longer ways back are not looked for.
const MAX_PATH: usize = 200;

struct Endless {
    types: FxHashSet<Ty>,
    adts: FxHashSet<AdtId>,
}

impl Endless {
    fn contains(&self, ty: Ty) -> bool {
        self.types.contains(&ty) || matches!(ty.kind(), TyKind::Adt(id, _) if self.adts.contains(id))
    }
}

impl Checker<'_> {
    /// Gives the types that were reported.
    pub(super) fn check_endless_types(&mut self) -> FxHashSet<AdtId> {
        let mut reported: FxHashSet<AdtId> = FxHashSet::default();
        let program = self.program;
        let own = program.adts.iter().filter(|(_, it)| !program.modules[it.module].is_std);
        let own = own.map(|(id, adt)| {
            let args = adt.generics.iter().map(|&it| Ty::new(TyKind::Param(it, program.generics[it].name))).collect();
            (id, Ty::new(TyKind::Adt(id, args)))
        });
        let own: Vec<(AdtId, Ty)> = own.collect();
        let endless = Endless { types: self.endless(own.iter().map(|it| it.1)), adts: self.endless_adts() };
        for (id, ty) in own {
            let mut path = vec![ty];
            if !endless.contains(ty) || !self.leads_back(&endless, &mut path, &mut FxHashSet::default()) {
                continue;
            }
            let on_path =
                path.iter().filter_map(|it| if let TyKind::Adt(id, _) = it.kind() { Some(*id) } else { None });
            let first = on_path.clone().any(|it| reported.contains(&it));
            reported.extend(on_path);
            if !first {
                self.report_endless(id, &path);
            }
        }
        reported
    }

    /// The types, among `roots` and what they contain, of which no value can be made: all of them, less those that the
    /// others show to be possible.
    fn endless(&self, roots: impl Iterator<Item = Ty>) -> FxHashSet<Ty> {
        let mut open: Vec<Ty> = roots.collect();
        let mut endless: FxHashSet<Ty> = open.iter().copied().collect();
        let mut order = Vec::new();
        while let Some(ty) = open.pop() {
            let variants: Vec<Vec<Ty>> = self.variants(ty).into_iter().map(|it| needed(&it)).collect();
            for &part in variants.iter().flatten() {
                if part.fits(MAX_SIZE, MAX_DEPTH) && endless.len() < MAX_TYPES && endless.insert(part) {
                    open.push(part);
                }
            }
            order.push((ty, variants));
        }
        loop {
            let before = endless.len();
            for (ty, variants) in order.iter().rev() {
                // An enum without variants has no value, and means it.
                if variants.is_empty() || variants.iter().any(|it| !it.iter().any(|it| endless.contains(it))) {
                    endless.remove(ty);
                }
            }
            if endless.len() == before {
                return endless;
            }
        }
    }

    /// The same whatever the type arguments are: `类型 甲<T> { 下: 甲<[T]> }` has no end of instances.
    fn endless_adts(&self) -> FxHashSet<AdtId> {
        let mut endless: FxHashSet<AdtId> = self.program.adts.ids().collect();
        loop {
            let before = endless.len();
            for (id, types) in self.analysis.signatures.adts.iter() {
                let is_endless = |it: &Ty| matches!(it.kind(), TyKind::Adt(id, _) if endless.contains(id));
                let mut variants = types.variants.iter().map(|it| needed(it));
                if types.variants.is_empty() || variants.any(|it| !it.iter().any(is_endless)) {
                    endless.remove(&id);
                }
            }
            if endless.len() == before {
                return endless;
            }
        }
    }

    fn variants(&self, ty: Ty) -> Vec<Vec<Ty>> {
        let TyKind::Adt(id, args) = ty.kind() else { return Vec::new() };
        let generics = &self.program.adts[*id].generics;
        let fill = |it: &Ty| solver::substitute(*it, generics, args);
        self.analysis.signatures.adts[*id].variants.iter().map(|it| it.iter().map(fill).collect()).collect()
    }

    /// Extends the path to the first part that is the type it began with, through parts that cannot be made.
    fn leads_back(&self, endless: &Endless, path: &mut Vec<Ty>, seen: &mut FxHashSet<Ty>) -> bool {
        let ty = path[path.len() - 1];
        for part in self.variants(ty).iter().flat_map(|it| needed(it)) {
            let is_start = matches!((path[0].kind(), part.kind()), (TyKind::Adt(x, _), TyKind::Adt(y, _)) if x == y);
            if !endless.contains(part) || !is_start && !seen.insert(part) {
                continue;
            }
            path.push(part);
            if is_start || (path.len() < MAX_PATH && self.leads_back(endless, path, seen)) {
                return true;
            }
            path.pop();
        }
        false
    }

    fn report_endless(&mut self, id: AdtId, path: &[Ty]) {
        let adt = &self.program.adts[id];
        let fields: Vec<&FieldDef> = match &adt.kind {
            AdtKind::Struct(fields) => fields.iter().collect(),
            AdtKind::Enum(variants) => variants.iter().flat_map(|it| &it.fields).collect(),
        };
        let types = self.analysis.signatures.adts[id].variants.iter().flatten();
        let field = fields.into_iter().zip(types).find(|(_, ty)| parts(**ty).contains(&path[1]));
        let span = field.map_or(adt.name_span, |(field, _)| field.ty.span);
        let is_enum = matches!(adt.kind, AdtKind::Enum(_));
        let names: Vec<String> = path.iter().map(|&it| self.text(it)).collect();
        self.report(diagnostics::endless_type(span, adt.name.as_str(), &names.join(" → "), is_enum));
    }
}

/// The structs and enums among the parts of `fields`.
fn needed(fields: &[Ty]) -> Vec<Ty> {
    fields.iter().flat_map(|&it| parts(it)).filter(|it| matches!(it.kind(), TyKind::Adt(..))).collect()
}

/// The types that a value of `ty` holds at once, itself or its elements.
fn parts(ty: Ty) -> Vec<Ty> {
    match ty.kind() {
        TyKind::Tuple(items) => items.iter().flat_map(|&it| parts(it)).collect(),
        TyKind::Lock(it) | TyKind::Shared(it) | TyKind::Weak(it) => parts(*it),
        _ => vec![ty],
    }
}
