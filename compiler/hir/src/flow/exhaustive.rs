//! 匹配 covers every value and has no arm that can never match; patterns of 变量, 对于, 选择 and parameters always match.
//! Maranget's usefulness over typed patterns; arms with a guard cover nothing.

mod constructor;
mod matrix;
mod pattern;
mod witness;

use super::mistaken;
use super::view::View;
use crate::{ExprKind, MatchArm, PatId, PatKind, Statement, Ty, diagnostics, walk};
use matrix::{Matrix, TooComplex};
use pattern::{Pattern, lower};
use qi_base::{Diagnostics, Span};
use rustc_hash::FxHashSet;

/// At most so many missing cases are named.
const MAX_WITNESSES: usize = 4;

pub(super) fn check(view: &View, diagnostics: &mut Diagnostics) {
    view.walk(&mut |id| match view.kind(id) {
        // A pattern as the parameter of a closure.
        ExprKind::Match { scrutinee, arms }
            if view.local(*scrutinee).is_some_and(|it| view.body.locals[it].name.as_str().starts_with('#')) =>
        {
            arms.iter().for_each(|it| check_irrefutable(view, it.pat, diagnostics));
        }
        ExprKind::Match { scrutinee, arms } => {
            let first = arms.first().and_then(|it| view.typed.pat_types.get(it.pat).copied().flatten());
            if let Some(ty) = first.or_else(|| view.ty(*scrutinee)) {
                let head = Span { end: view.span(*scrutinee).end.max(view.span(id).start), ..view.span(id) };
                check_match(view, ty, arms, head, diagnostics);
            }
        }
        ExprKind::For { pat, .. } => check_irrefutable(view, *pat, diagnostics),
        ExprKind::Select(arms) => {
            for pat in arms.iter().filter_map(|it| walk::operation_pattern(&it.operation)) {
                check_irrefutable(view, pat, diagnostics);
            }
        }
        ExprKind::Block(block) => {
            for statement in &block.statements {
                if let Statement::Let { pat, .. } = statement {
                    check_irrefutable(view, *pat, diagnostics);
                }
            }
        }
        _ => {}
    });
}

fn check_match(view: &View, ty: Ty, arms: &[MatchArm], head: Span, diagnostics: &mut Diagnostics) {
    if ty.has_error() || ty.is_never() {
        return;
    }
    let result = usefulness(view, ty, arms);
    let Ok(Usefulness { unreachable, repeated, missing }) = result else {
        diagnostics.push(diagnostics::unsupported_here(head, "这么复杂的匹配", "a match this complex"));
        return;
    };
    for index in unreachable {
        let pat = &view.body.pats[arms[index].pat];
        if is_empty(view, ty, arms[index].pat) {
            diagnostics.push(diagnostics::empty_range_arm(pat.span));
            continue;
        }
        let above = arms[..index].iter().filter(|it| it.guard.is_empty());
        let cover = above.clone().filter_map(|it| mistaken::covers(view, it.pat)).next();
        let name = above.filter_map(|it| new_name(view, it.pat)).next();
        let diagnostic = diagnostics::unreachable_arm(pat.span);
        diagnostics.push(match (cover, name) {
            (Some(it), _) => {
                diagnostics::covered_by_name(diagnostic, it.span, it.name, it.enum_name, it.similar.as_deref())
            }
            (None, Some((span, name))) => diagnostics::covered_by_new_name(diagnostic, span, name),
            (None, None) => diagnostic,
        });
    }
    for pat in repeated {
        diagnostics.push(diagnostics::unreachable_alternative(view.body.pats[pat].span));
    }
    if !missing.is_empty() {
        diagnostics.push(diagnostics::nonexhaustive_match(head, &missing));
    }
}

/// What a pattern binds that is nothing but a name.
fn new_name<'a>(view: &View<'a>, pat: PatId) -> Option<(Span, &'a str)> {
    let (node, is_variant) = (&view.body.pats[pat], view.typed.patterns.contains_key(&pat));
    match node.kind {
        PatKind::Bind(local) if !is_variant => Some((node.span, view.body.locals[local].name.as_str())),
        _ => None,
    }
}

/// Matches nothing, whatever stands before it.
fn is_empty(view: &View, ty: Ty, pat: PatId) -> bool {
    matches!(Matrix::new(view).is_useful(&[], &vec![lower(view, pat)], &[ty]), Ok(false))
}

struct Usefulness {
    /// Indices of arms that never match.
    unreachable: Vec<usize>,
    /// Parts of `甲 | 乙` that those before them leave nothing.
    repeated: Vec<PatId>,
    /// Cases no arm matches.
    missing: Vec<String>,
}

fn usefulness(view: &View, ty: Ty, arms: &[MatchArm]) -> Result<Usefulness, TooComplex> {
    let mut matrix = Matrix::new(view);
    let mut rows: Vec<Vec<Pattern>> = Vec::new();
    let (mut unreachable, mut repeated) = (Vec::new(), Vec::new());
    // As long as every row is a point, or some, whether one is new needs no look at the others.
    let mut points = Some(FxHashSet::default());
    for (index, arm) in arms.iter().enumerate() {
        let row = vec![lower(view, arm.pat)];
        let own = row[0].points();
        let is_useful = match (&points, &own) {
            (Some(known), Some(own)) => own.iter().any(|it| !known.contains(*it)),
            _ => matrix.is_useful(&rows, &row, &[ty])?,
        };
        if !is_useful {
            unreachable.push(index);
        } else if let PatKind::Or(parts) = &view.body.pats[arm.pat].kind
            && arm.guard.is_empty()
        {
            let n_above = rows.len();
            let mut own = FxHashSet::default();
            for &part in parts {
                let row = vec![lower(view, part)];
                let is_new = match (&points, row[0].points()) {
                    (Some(known), Some(found)) => {
                        found.into_iter().any(|it| !known.contains(it) && own.insert(it.clone()))
                    }
                    (Some(_), None) => true,
                    (None, _) => matrix.is_useful(&rows, &row, &[ty])?,
                };
                if !is_new {
                    repeated.push(part);
                }
                rows.push(row);
            }
            rows.truncate(n_above);
        }
        if arm.guard.is_empty() {
            points = points.zip(own).map(|(mut known, own)| {
                known.extend(own.into_iter().cloned());
                known
            });
            rows.push(row);
        }
    }
    let missing = matrix.missing(&rows, &[ty])?;
    let mut texts: Vec<String> = missing.iter().map(|it| witness::text(view, &it[0], ty)).collect();
    texts.dedup();
    if texts.len() > MAX_WITNESSES {
        texts.truncate(MAX_WITNESSES);
        texts.push("…".to_owned());
    }
    Ok(Usefulness { unreachable, repeated, missing: texts })
}

fn check_irrefutable(view: &View, pat: PatId, diagnostics: &mut Diagnostics) {
    let node = &view.body.pats[pat];
    if matches!(node.kind, PatKind::Wildcard | PatKind::Error) {
        return;
    }
    let Some(ty) = view.typed.pat_types.get(pat).copied().flatten().filter(|it| !it.has_error()) else { return };
    let rows = vec![vec![lower(view, pat)]];
    if let Ok(missing) = Matrix::new(view).missing(&rows, &[ty])
        && let Some(first) = missing.first()
    {
        diagnostics.push(diagnostics::refutable_pattern(node.span, &witness::text(view, &first[0], ty)));
    }
}
