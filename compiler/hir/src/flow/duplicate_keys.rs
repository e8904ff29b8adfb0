//! Dictionary literals with a key that is written twice. Only keys that are plainly constants are compared: literals, variants
//! without fields, and tuples of them.

use super::view::View;
use crate::{AdtId, ExprId, ExprKind, Literal, Res, UnaryOp, diagnostics};
use qi_base::{Diagnostics, Span};
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

pub(super) fn warn(view: &View, diagnostics: &mut Diagnostics) {
    view.walk(&mut |id| {
        let ExprKind::Map(entries) = view.kind(id) else { return };
        let mut seen: FxHashMap<Constant, Span> = FxHashMap::default();
        for &(key, _) in entries {
            let Some(constant) = constant(view, key) else { continue };
            match seen.entry(constant) {
                Entry::Occupied(first) => diagnostics.push(diagnostics::duplicate_key(view.span(key), *first.get())),
                Entry::Vacant(it) => {
                    it.insert(view.span(key));
                }
            }
        }
    });
}

#[derive(PartialEq, Eq, Hash)]
enum Constant<'a> {
    Bool(bool),
    Int { magnitude: u128, negative: bool },
    Char(char),
    Str(&'a str),
    Variant(AdtId, u32),
    Tuple(Vec<Constant<'a>>),
}

fn constant<'a>(view: &View<'a>, id: ExprId) -> Option<Constant<'a>> {
    Some(match view.kind(id) {
        ExprKind::Literal(Literal::Bool(it)) => Constant::Bool(*it),
        ExprKind::Literal(Literal::Int(magnitude)) => Constant::Int { magnitude: *magnitude, negative: false },
        ExprKind::Literal(Literal::Char(it)) => Constant::Char(*it),
        ExprKind::Literal(Literal::Str(it)) => Constant::Str(it),
        ExprKind::Unary { op: UnaryOp::Neg, operand } => match view.kind(*operand) {
            ExprKind::Literal(Literal::Int(magnitude)) => {
                Constant::Int { magnitude: *magnitude, negative: *magnitude != 0 }
            }
            _ => return None,
        },
        ExprKind::Tuple(items) => Constant::Tuple(items.iter().map(|&it| constant(view, it)).collect::<Option<_>>()?),
        _ => match view.typed.names.get(&id)? {
            Res::Variant { adt, variant, .. } => Constant::Variant(*adt, *variant),
            _ => return None,
        },
    })
}
