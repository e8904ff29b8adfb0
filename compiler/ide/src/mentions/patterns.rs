//! The names in patterns, and the variables that they and everything else declare.

use super::bodies::Inside;
use super::{Builder, Role};
use qi_base::{Name, Span};
use qi_hir::{LocalId, Pat, PatId, PatKind, PatRes, TyKind};
use std::collections::HashSet;

impl Builder<'_> {
    pub(super) fn patterns(&mut self, inside: &Inside) {
        // A bare name that turned out to be a variant declares nothing.
        let mut undeclared: HashSet<LocalId> = HashSet::new();
        for (id, pat) in inside.body.pats.iter() {
            let variant = match inside.typed.patterns.get(&id) {
                Some(PatRes::Variant { adt, variant }) => self.declared.variant(*adt, *variant),
                _ => None,
            };
            match (&pat.kind, variant) {
                (PatKind::Bind(local), Some(variant)) => {
                    undeclared.insert(*local);
                    self.mention(pat.span, variant);
                }
                (PatKind::Bind(local), None) => self.mention(pat.span, inside.local(*local)),
                (PatKind::Variant { path, .. } | PatKind::Path(path), exact) => {
                    self.path(&inside.place, path, exact);
                }
                (PatKind::Array { rest: Some(Some(local)), .. }, _) => {
                    // Other alternatives may have declared it.
                    if let Some(span) = self.trees.rest_name(pat.span) {
                        self.mention(span, inside.local(*local));
                    }
                }
                (PatKind::Struct { .. }, _) => self.struct_pattern(inside, id, pat),
                _ => {}
            }
        }
        for (_, local) in inside.body.locals.iter().filter(|it| !undeclared.contains(&it.0)) {
            self.declare(local.span, local.name);
        }
    }

    fn struct_pattern(&mut self, inside: &Inside, id: PatId, pat: &Pat) {
        let PatKind::Struct { path, fields, .. } = &pat.kind else { return };
        let ty = inside.typed.pat_types.get(id).copied().flatten();
        let found = match (inside.typed.patterns.get(&id), ty.map(|it| it.kind())) {
            (Some(PatRes::Struct { variant, .. }), Some(TyKind::Adt(adt, _))) => Some((*adt, *variant)),
            _ => None,
        };
        let exact = found.and_then(|(adt, variant)| match variant {
            Some(variant) => self.declared.variant(adt, variant),
            None => Some(self.declared.adt(adt)),
        });
        self.path(&inside.place, path, exact);
        let Some((adt, variant)) = found else { return };
        for &(name, field) in fields {
            if let Some(named) = self.declared.field_named(adt, variant.unwrap_or(0), name) {
                self.pattern_field(inside.body.pats[field].span, name, named.span);
            }
        }
    }

    fn pattern_field(&mut self, pattern: Span, name: Name, declared: Span) {
        if let Some(field) = self.trees.pattern_field(pattern) {
            let role = if field.is_short { Role::ShorthandField } else { Role::Plain };
            self.add(field.span, name, declared, None, role);
        }
    }
}
