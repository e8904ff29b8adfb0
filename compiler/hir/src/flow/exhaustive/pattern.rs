//! Patterns as constructors applied to patterns: names that are variants are variants, bindings are wildcards.

use super::constructor::Constructor;
use crate::flow::view::View;
use crate::{ExprId, ExprKind, IntType, Literal, PatId, PatKind, PatRes, Ty, TyKind, UnaryOp};

#[derive(Clone, Debug)]
pub(super) enum Pattern {
    Wildcard,
    Constructor(Constructor, Vec<Pattern>),
    Or(Vec<Pattern>),
}

impl Pattern {
    /// The constructors it stands for, if they are points without fields.
    pub fn points(&self) -> Option<Vec<&Constructor>> {
        match self {
            Self::Wildcard => None,
            Self::Constructor(head, parts) => (parts.is_empty() && head.is_point()).then(|| vec![head]),
            Self::Or(alternatives) => {
                let all: Option<Vec<_>> = alternatives.iter().map(Self::points).collect();
                Some(all?.concat())
            }
        }
    }
}

pub(super) fn lower(view: &View, pat: PatId) -> Pattern {
    let resolution = view.typed.patterns.get(&pat);
    match &view.body.pats[pat].kind {
        PatKind::Error | PatKind::Wildcard | PatKind::Rest => Pattern::Wildcard,
        PatKind::Bind(_) => match resolution {
            Some(&PatRes::Variant { variant, .. }) => variant_pattern(view, pat, variant, &[]),
            _ => Pattern::Wildcard,
        },
        PatKind::Path(_) => match resolution {
            Some(&PatRes::Variant { variant, .. }) => variant_pattern(view, pat, variant, &[]),
            _ => opaque(pat),
        },
        PatKind::Variant { args, .. } => match resolution {
            Some(&PatRes::Variant { variant, .. }) => variant_pattern(view, pat, variant, args),
            _ => opaque(pat),
        },
        PatKind::Literal { value, negative } => literal(view, pat, value, *negative),
        PatKind::Range { start, end, inclusive } => range(view, pat, *start, *end, *inclusive),
        PatKind::Struct { fields, .. } => match resolution {
            Some(PatRes::Struct { variant, fields: indices }) => {
                let constructor = variant.map_or(Constructor::Single, Constructor::Variant);
                let mut parts = vec![Pattern::Wildcard; field_count(view, pat, variant.unwrap_or(0))];
                for (&(_, field), &index) in fields.iter().zip(indices) {
                    if let Some(part) = parts.get_mut(index as usize) {
                        *part = lower(view, field);
                    }
                }
                Pattern::Constructor(constructor, parts)
            }
            _ => opaque(pat),
        },
        PatKind::Tuple(parts) => {
            let arity = match pat_ty(view, pat).map(|it| it.kind()) {
                Some(TyKind::Tuple(types)) => types.len(),
                _ => parts.len(),
            };
            Pattern::Constructor(Constructor::Single, positional(view, parts, arity))
        }
        PatKind::Array { before, rest, after } => {
            let constructor = Constructor::Array { before: before.len(), after: after.len(), open: rest.is_some() };
            let mut parts = lower_all(view, before);
            parts.extend(lower_all(view, after));
            Pattern::Constructor(constructor, parts)
        }
        PatKind::Or(parts) => Pattern::Or(lower_all(view, parts)),
    }
}

fn lower_all(view: &View, parts: &[PatId]) -> Vec<Pattern> {
    parts.iter().map(|&it| lower(view, it)).collect()
}

/// The parts of a tuple or variant, one for each of its positions.
fn positional(view: &View, parts: &[PatId], arity: usize) -> Vec<Pattern> {
    let mut all = vec![Pattern::Wildcard; arity];
    for (index, part) in view.body.positions(parts, arity) {
        if let Some(slot) = all.get_mut(index) {
            *slot = lower(view, part);
        }
    }
    all
}

/// Covers no value that another pattern is known to cover.
fn opaque(pat: PatId) -> Pattern {
    Pattern::Constructor(Constructor::Opaque(pat), Vec::new())
}

fn pat_ty(view: &View, pat: PatId) -> Option<Ty> {
    view.typed.pat_types.get(pat).copied().flatten()
}

fn field_count(view: &View, pat: PatId, variant: u32) -> usize {
    match pat_ty(view, pat).map(|it| it.kind()) {
        Some(TyKind::Adt(adt, _)) => view.signatures.adts[*adt].variants.get(variant as usize).map_or(0, Vec::len),
        _ => 0,
    }
}

fn variant_pattern(view: &View, pat: PatId, variant: u32, args: &[PatId]) -> Pattern {
    Pattern::Constructor(Constructor::Variant(variant), positional(view, args, field_count(view, pat, variant)))
}

fn literal(view: &View, pat: PatId, value: &Literal, negative: bool) -> Pattern {
    let is_float = pat_ty(view, pat).is_some_and(|it| matches!(it.kind(), TyKind::Float(_)));
    let constructor = match value {
        Literal::Unit => Constructor::Single,
        Literal::Bool(it) => Constructor::Bool(*it),
        Literal::Int(it) if is_float => float(*it as f64, negative),
        Literal::Int(it) => match signed(*it, negative) {
            Some(it) => Constructor::Range(it, it),
            None => return opaque(pat),
        },
        Literal::Float(it) => float(*it, negative),
        Literal::Char(it) => Constructor::Range(i128::from(u32::from(*it)), i128::from(u32::from(*it))),
        Literal::Str(it) => Constructor::Str(it.clone()),
    };
    Pattern::Constructor(constructor, Vec::new())
}

fn float(value: f64, negative: bool) -> Constructor {
    Constructor::Float((if negative { -value } else { value }).to_bits())
}

fn signed(value: u128, negative: bool) -> Option<i128> {
    let value = i128::try_from(value).ok()?;
    Some(if negative { -value } else { value })
}

fn range(view: &View, pat: PatId, start: Option<ExprId>, end: Option<ExprId>, inclusive: bool) -> Pattern {
    let Some((lowest, highest)) = pat_ty(view, pat).and_then(bounds) else { return opaque(pat) };
    let value = |it: Option<ExprId>, open: i128| it.map_or(Some(open), |it| bound(view, it));
    let (Some(low), Some(high)) = (value(start, lowest), value(end, highest)) else { return opaque(pat) };
    let high = if inclusive || end.is_none() { high } else { high - 1 };
    if low > high {
        return Pattern::Or(Vec::new());
    }
    Pattern::Constructor(Constructor::Range(low.max(lowest), high.min(highest)), Vec::new())
}

fn bound(view: &View, id: ExprId) -> Option<i128> {
    match view.kind(id) {
        ExprKind::Literal(Literal::Int(it)) => signed(*it, false),
        ExprKind::Literal(Literal::Char(it)) => Some(i128::from(u32::from(*it))),
        ExprKind::Unary { op: UnaryOp::Neg, operand } => Some(-bound(view, *operand)?),
        _ => None,
    }
}

/// The least and greatest value of a type that ranges are made of.
pub(super) fn bounds(ty: Ty) -> Option<(i128, i128)> {
    match ty.kind() {
        TyKind::Char => Some((0, i128::from(u32::from(char::MAX)))),
        TyKind::Int(it) => Some(int_bounds(*it)),
        _ => None,
    }
}

fn int_bounds(ty: IntType) -> (i128, i128) {
    let bits = u32::from(ty.bits());
    if ty.is_signed() { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1 << bits) - 1) }
}
