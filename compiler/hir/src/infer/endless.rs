//! Types no value can have, because building one takes a value of the type itself first. An 选项, an 数组 or a variant
//! without such a part ends the recursion.

use super::{Checker, solver};
use crate::{AdtId, AdtKind, FieldDef, Ty, TyKind, diagnostics};
use rustc_hash::FxHashSet;

/// Instances nested deeper than this are taken to end: they are reported where they are made.
const MAX_DEPTH: usize = 40;

impl Checker<'_> {
    pub(super) fn check_endless_types(&mut self) {
        let mut reported: FxHashSet<AdtId> = FxHashSet::default();
        let program = self.program;
        for (id, adt) in program.adts.iter().filter(|(_, it)| !program.modules[it.module].is_std) {
            let args = adt.generics.iter().map(|&it| Ty::new(TyKind::Param(it, program.generics[it].name))).collect();
            let mut path = vec![Ty::new(TyKind::Adt(id, args))];
            if self.is_buildable(path[0], &mut Vec::new()) || !self.leads_back(&mut path) {
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
    }

    /// Whether a value of the type can be made; `open` are the types being made.
    fn is_buildable(&self, ty: Ty, open: &mut Vec<Ty>) -> bool {
        match ty.kind() {
            TyKind::Tuple(parts) => parts.iter().all(|&it| self.is_buildable(it, open)),
            TyKind::Lock(it) | TyKind::Shared(it) | TyKind::Weak(it) => self.is_buildable(*it, open),
            TyKind::Adt(..) if open.len() > MAX_DEPTH => true,
            TyKind::Adt(..) if open.contains(&ty) => false,
            TyKind::Adt(..) => {
                open.push(ty);
                let variants = self.variants(ty);
                let found = variants.iter().any(|fields| fields.iter().all(|&it| self.is_buildable(it, open)));
                open.pop();
                // An enum without variants has no value, and means it.
                found || variants.is_empty()
            }
            _ => true,
        }
    }

    fn variants(&self, ty: Ty) -> Vec<Vec<Ty>> {
        let TyKind::Adt(id, args) = ty.kind() else { return Vec::new() };
        let generics = &self.program.adts[*id].generics;
        let fill = |it: &Ty| solver::substitute(*it, generics, args);
        self.analysis.signatures.adts[*id].variants.iter().map(|it| it.iter().map(fill).collect()).collect()
    }

    /// Extends the path to the first part that is the type it began with, through parts that cannot be made.
    fn leads_back(&self, path: &mut Vec<Ty>) -> bool {
        let ty = path[path.len() - 1];
        for part in self.variants(ty).into_iter().flatten().flat_map(parts) {
            let TyKind::Adt(id, _) = part.kind() else { continue };
            let is_start = matches!(path[0].kind(), TyKind::Adt(first, _) if first == id);
            if self.is_buildable(part, &mut Vec::new()) || (!is_start && path.contains(&part)) {
                continue;
            }
            path.push(part);
            if is_start || (path.len() < MAX_DEPTH && self.leads_back(path)) {
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

/// The types that a value of `ty` holds at once, itself or its elements.
fn parts(ty: Ty) -> Vec<Ty> {
    match ty.kind() {
        TyKind::Tuple(items) => items.iter().flat_map(|&it| parts(it)).collect(),
        TyKind::Lock(it) | TyKind::Shared(it) | TyKind::Weak(it) => parts(*it),
        _ => vec![ty],
    }
}
