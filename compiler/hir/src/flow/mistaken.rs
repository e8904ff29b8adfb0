//! Bare names in patterns that are meant to be variants and are none: they bind whatever is there. What nobody reads and
//! sounds or looks like a variant is taken for a mistake.

use super::view::View;
use crate::{AdtKind, ExprKind, LocalId, PatId, PatKind, PatRes, TyKind, diagnostics, walk};
use qi_base::{Diagnostics, Span};
use rustc_hash::FxHashSet;

/// A name that binds a value of an enum.
pub(super) struct Binding {
    pub local: LocalId,
    pub span: Span,
    pub name: &'static str,
    pub enum_name: &'static str,
    /// The variant it resembles.
    pub similar: Option<String>,
}

pub(super) fn warn(view: &View, diagnostics: &mut Diagnostics) {
    let mut read: FxHashSet<LocalId> = FxHashSet::default();
    let mut bindings = Vec::new();
    view.walk(&mut |id| {
        read.extend(view.local(id));
        if let ExprKind::Match { arms, .. } = view.kind(id) {
            arms.iter().for_each(|it| bindings.extend(enum_bindings(view, it.pat)));
        }
    });
    for it in bindings.into_iter().filter(|it| !read.contains(&it.local)) {
        if let Some(similar) = it.similar {
            diagnostics.push(diagnostics::binding_like_variant(it.span, it.name, it.enum_name, &similar));
        }
    }
}

/// Why the arms behind `pat` match nothing, if it is a name that was meant to be a variant.
pub(super) fn covers(view: &View, pat: PatId) -> Option<Binding> {
    let is_top = matches!(view.body.pats[pat].kind, PatKind::Bind(_));
    enum_bindings(view, pat).into_iter().find(|it| is_top || it.similar.is_some())
}

/// The names in a pattern that bind values of enums.
fn enum_bindings(view: &View, pat: PatId) -> Vec<Binding> {
    let mut found = Vec::new();
    walk::patterns(view.body, pat, &mut |id, node| {
        let PatKind::Bind(local) = node.kind else { return };
        let is_variant = matches!(view.typed.patterns.get(&id), Some(PatRes::Variant { .. }));
        let Some(TyKind::Adt(adt, _)) = view.typed.pat_types[id].map(|it| it.kind()).filter(|_| !is_variant) else {
            return;
        };
        let adt = &view.program.adts[*adt];
        let AdtKind::Enum(variants) = &adt.kind else { return };
        let name = view.body.locals[local].name.as_str();
        let similar =
            qi_base::suggest::similar_word(name, variants.iter().map(|it| it.name.as_str())).map(str::to_owned);
        found.push(Binding { local, span: node.span, name, enum_name: adt.name.as_str(), similar });
    });
    found
}
