//! Generic types whose instances have no end: `类型 甲<T> { 下: 甲<[T]>? }` needs `甲<[T]>`, which needs `甲<[[T]]>`, … Followed
//! are the type parameters: where each goes in the fields, as it is or inside something larger. A way round that makes it
//! larger has no end, whatever the first argument is.

use super::Checker;
use crate::{AdtId, AdtKind, GenericId, Ty, TyKind, diagnostics};
use qi_base::Span;
use rustc_hash::{FxHashMap, FxHashSet};

/// A parameter of a type is (part of) the argument for another, in the field at `span`.
struct Edge {
    to: GenericId,
    grows: bool,
    owner: AdtId,
    span: Span,
}

type Edges = FxHashMap<GenericId, Vec<Edge>>;

impl Checker<'_> {
    /// `reported` are types that were found wrong before.
    pub(super) fn check_expanding_types(&mut self, mut reported: FxHashSet<AdtId>) {
        let edges = self.parameter_edges();
        for (_, adt) in self.program.adts.iter().filter(|(_, it)| !self.program.modules[it.module].is_std) {
            for &generic in &adt.generics {
                for edge in edges.get(&generic).into_iter().flatten().filter(|it| it.grows) {
                    let further = reachable(&edges, edge.to);
                    let is_known =
                        further.iter().filter_map(|it| edges.get(it)).flatten().any(|it| reported.contains(&it.owner));
                    if further.contains(&generic) && !is_known && reported.insert(edge.owner) {
                        let name = self.program.adts[edge.owner].name;
                        self.diagnostics.push(diagnostics::endless_instances(edge.span, name.as_str()));
                    }
                }
            }
        }
    }

    fn parameter_edges(&self) -> Edges {
        let mut edges = Edges::default();
        for (id, types) in self.analysis.signatures.adts.iter() {
            let spans: Vec<Span> = match &self.program.adts[id].kind {
                AdtKind::Struct(fields) => fields.iter().map(|it| it.ty.span).collect(),
                AdtKind::Enum(variants) => variants.iter().flat_map(|it| &it.fields).map(|it| it.ty.span).collect(),
            };
            for (&ty, span) in types.variants.iter().flatten().zip(spans) {
                self.add_edges(ty, id, span, &mut edges);
            }
        }
        edges
    }

    fn add_edges(&self, ty: Ty, owner: AdtId, span: Span, edges: &mut Edges) {
        if !ty.has_params() {
            return;
        }
        if let TyKind::Adt(id, args) = ty.kind() {
            for (&to, &arg) in self.program.adts[*id].generics.iter().zip(args) {
                let mut params = Vec::new();
                collect_params(arg, &mut params);
                let grows = !matches!(arg.kind(), TyKind::Param(..));
                for param in params {
                    edges.entry(param).or_default().push(Edge { to, grows, owner, span });
                }
            }
        }
        ty.kind().for_each_part(&mut |it| self.add_edges(it, owner, span, edges));
    }
}

fn collect_params(ty: Ty, params: &mut Vec<GenericId>) {
    if let TyKind::Param(id, _) = ty.kind() {
        if !params.contains(id) {
            params.push(*id);
        }
    } else if ty.has_params() {
        ty.kind().for_each_part(&mut |it| collect_params(it, params));
    }
}

/// Parameters that what is given for `from` goes on to.
fn reachable(edges: &Edges, from: GenericId) -> Vec<GenericId> {
    let mut seen: FxHashSet<GenericId> = [from].into_iter().collect();
    let mut found = vec![from];
    let mut next = 0;
    while let Some(&at) = found.get(next) {
        next += 1;
        let further = edges.get(&at).into_iter().flatten().map(|it| it.to);
        found.extend(further.filter(|&it| seen.insert(it)));
    }
    found
}
