//! Qualified names, step by step: each name is looked up in what the one before it means.

use super::{Builder, Named, Role};
use qi_base::{Name, Span};
use qi_hir::infer::solver;
use qi_hir::{GenericId, Head, Item, ModuleId, Path, Ty, TyKind, TypeRef, TypeRefKind};

/// Where a type or an expression stands.
pub(super) struct Place<'a> {
    pub module: ModuleId,
    /// Type parameters in sight, innermost last.
    pub generics: Vec<GenericId>,
    /// Those of local functions, with the text in which they are seen.
    pub local: Vec<(Span, &'a [GenericId])>,
}

/// Where the next name is looked up.
pub(super) enum Space {
    /// It is the first.
    Sight,
    Within(Vec<Item>),
}

struct Candidate {
    named: Named,
    alias: Option<Span>,
    item: Option<Item>,
}

impl Builder<'_> {
    pub(super) fn type_ref(&mut self, place: &Place, ty: &TypeRef) {
        match &ty.kind {
            TypeRefKind::Path(path) | TypeRefKind::Dynamic(path) => self.path(place, path, None),
            TypeRefKind::Array(it) | TypeRefKind::Option(it) => self.type_ref(place, it),
            TypeRefKind::Tuple(parts) => parts.iter().for_each(|it| self.type_ref(place, it)),
            TypeRefKind::Function { params, result } => {
                params.iter().for_each(|it| self.type_ref(place, &it.1));
                result.iter().for_each(|it| self.type_ref(place, it));
            }
            TypeRefKind::Error => {}
        }
    }

    /// `exact` is what the whole path means, where that is known.
    pub(super) fn path(&mut self, place: &Place, path: &Path, exact: Option<Named>) {
        path.segments.iter().flat_map(|it| &it.generics).for_each(|it| self.type_ref(place, it));
        let Some((last, heads)) = path.segments.split_last() else { return };
        let space = self.heads(place, heads.iter().map(|it| (it.name, it.span)));
        self.step(place, &space, (last.name, last.span), exact);
    }
    fn heads(&mut self, place: &Place, heads: impl Iterator<Item = (Name, Span)>) -> Space {
        heads.fold(Space::Sight, |space, it| self.step(place, &space, it, None))
    }

    /// What all these names lead to, mentioning none of them.
    pub(super) fn space(&self, place: &Place, names: &[(Name, Span)]) -> Space {
        names.iter().fold(Space::Sight, |space, &it| within(&self.candidates(place, &space, it)))
    }

    /// Mentions one name of a chain. What is known counts if it bears the name; under the name of an import, or as one of
    /// several, it is picked among what the name can mean.
    pub(super) fn step(
        &mut self,
        place: &Place,
        space: &Space,
        (name, span): (Name, Span),
        exact: Option<Named>,
    ) -> Space {
        if let Some(exact) = exact.filter(|it| it.name == name) {
            self.mention(span, exact);
            return Space::Within(Vec::new());
        }
        let mut found = self.candidates(place, space, (name, span));
        if let Some(exact) = exact.filter(|exact| found.iter().any(|it| it.named.span == exact.span)) {
            found.retain(|it| it.named.span == exact.span);
        }
        for it in &found {
            let written = if it.alias.is_some() { name } else { it.named.name };
            self.add(span, written, it.named.span, it.alias, Role::Plain);
        }
        within(&found)
    }

    fn candidates(&self, place: &Place, space: &Space, (name, span): (Name, Span)) -> Vec<Candidate> {
        let of_item = |item, alias| Candidate { named: self.declared.item(item), alias, item: Some(item) };
        match space {
            // In a trait it is a type parameter, but no name.
            Space::Sight if name.as_str() == "自己" => Vec::new(),
            Space::Sight => match self.generic(place, name, span) {
                Some(named) => vec![Candidate { named, alias: None, item: None }],
                None => {
                    let found = self.scope.lookup(place.module, name);
                    found.into_iter().map(|it| of_item(it.item, it.alias)).collect()
                }
            },
            Space::Within(items) => {
                let mut found = Vec::new();
                for &item in items {
                    match item {
                        Item::Module(id) => {
                            let members = self.scope.member(id, name, place.module);
                            found.extend(members.into_iter().map(|it| of_item(it.item, it.alias)));
                        }
                        item => {
                            let members = self.members_of_item(item, name).into_iter();
                            found.extend(members.map(|named| Candidate { named, alias: None, item: None }));
                        }
                    }
                }
                found
            }
        }
    }

    fn generic(&self, place: &Place, name: Name, at: Span) -> Option<Named> {
        let inner = place.local.iter().filter(|it| it.0.covers(at));
        let mut inner: Vec<_> = inner.collect();
        inner.sort_by_key(|it| it.0.end - it.0.start);
        let inner = inner.into_iter().flat_map(|it| it.1.iter());
        let mut all = inner.chain(place.generics.iter().rev());
        let generic = all.find(|&&it| self.program.generics[it].name == name)?;
        Some(Named { name, span: self.program.generics[*generic].span })
    }

    fn members_of_item(&self, item: Item, name: Name) -> Vec<Named> {
        match item {
            Item::Adt(id) => match self.declared.variant_named(id, name) {
                Some(variant) => vec![variant],
                None => self.inherent(Head::Adt(id), name),
            },
            Item::Trait(id) => {
                let methods = self.program.traits[id].methods.iter();
                methods.map(|&it| self.declared.function(it)).filter(|it| it.name == name).collect()
            }
            Item::Module(_) | Item::Function(_) | Item::Alias(_) | Item::Global(_) => Vec::new(),
        }
    }
    fn inherent(&self, head: Head, name: Name) -> Vec<Named> {
        let functions = self.analysis.signatures.inherent.get(&(head, name)).into_iter().flatten();
        functions.map(|&it| self.declared.function(it)).collect()
    }

    /// What `.name` may mean on a value whose call failed: its own field or method.
    pub(super) fn members_of_value(&self, ty: Ty, name: Name) -> Vec<Named> {
        let field = match ty.kind() {
            TyKind::Adt(id, _) => self.declared.field_named(*id, 0, name).filter(|_| !self.is_enum(*id)),
            _ => None,
        };
        let methods = solver::head(ty).map_or_else(Vec::new, |it| self.inherent(it, name));
        field.into_iter().chain(methods).collect()
    }
    fn is_enum(&self, adt: qi_hir::AdtId) -> bool {
        matches!(self.program.adts[adt].kind, qi_hir::AdtKind::Enum(_))
    }
}

fn within(found: &[Candidate]) -> Space {
    Space::Within(found.iter().filter_map(|it| it.item).collect())
}
