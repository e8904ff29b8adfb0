//! Every alternative of `甲 | 乙` binds the same names, and a pattern binds a name once. Only here is known which bare
//! names are variants.

use super::view::View;
use crate::{Condition, ExprKind, LocalId, PatId, PatKind, PatRes, Statement, diagnostics, walk};
use qi_base::{Diagnostics, Name, Span};

/// False after a report.
pub(super) fn check(view: &View, diagnostics: &mut Diagnostics) -> bool {
    let n_errors = diagnostics.n_errors();
    let mut check_pattern = |pat: PatId| {
        names(view, pat, diagnostics);
    };
    view.walk(&mut |id| match view.kind(id) {
        ExprKind::Match { arms, .. } => {
            for arm in arms {
                check_pattern(arm.pat);
                condition_patterns(&arm.guard).for_each(&mut check_pattern);
            }
        }
        ExprKind::For { pat, .. } => check_pattern(*pat),
        ExprKind::If { conditions, .. } | ExprKind::While { conditions, .. } => {
            condition_patterns(conditions).for_each(&mut check_pattern);
        }
        ExprKind::Block(block) => {
            for statement in &block.statements {
                if let Statement::Let { pat, .. } = statement {
                    check_pattern(*pat);
                }
            }
        }
        ExprKind::Select(arms) => {
            arms.iter().filter_map(|it| walk::operation_pattern(&it.operation)).for_each(&mut check_pattern);
        }
        _ => {}
    });
    diagnostics.n_errors() == n_errors
}

fn condition_patterns(conditions: &[Condition]) -> impl Iterator<Item = PatId> {
    conditions.iter().filter_map(|it| match it {
        Condition::Let { pat, .. } => Some(*pat),
        Condition::Expr(_) => None,
    })
}

type Bound = Vec<(Name, Span)>;

/// The names a pattern binds; reports what is wrong with them.
fn names(view: &View, pat: PatId, diagnostics: &mut Diagnostics) -> Bound {
    let node = &view.body.pats[pat];
    let bound = |local: LocalId, span: Span| vec![(view.body.locals[local].name, span)];
    match &node.kind {
        PatKind::Error
        | PatKind::Wildcard
        | PatKind::Rest
        | PatKind::Literal { .. }
        | PatKind::Range { .. }
        | PatKind::Path(_) => Vec::new(),
        PatKind::Bind(local) => match view.typed.patterns.get(&pat) {
            Some(PatRes::Variant { .. }) => Vec::new(),
            _ => bound(*local, node.span),
        },
        PatKind::Variant { args: parts, .. } | PatKind::Tuple(parts) => union(view, parts, diagnostics),
        PatKind::Struct { fields, .. } => {
            let parts: Vec<_> = fields.iter().map(|it| it.1).collect();
            union(view, &parts, diagnostics)
        }
        PatKind::Array { before, rest, after } => {
            let parts: Vec<_> = before.iter().chain(after).copied().collect();
            let mut all = union(view, &parts, diagnostics);
            if let Some(Some(local)) = rest {
                add(&mut all, bound(*local, view.body.locals[*local].span), diagnostics);
            }
            all
        }
        PatKind::Or(alternatives) => same(view, alternatives, diagnostics),
    }
}

fn union(view: &View, parts: &[PatId], diagnostics: &mut Diagnostics) -> Bound {
    let mut all = Vec::new();
    for &part in parts {
        let more = names(view, part, diagnostics);
        add(&mut all, more, diagnostics);
    }
    all
}

fn add(all: &mut Bound, more: Bound, diagnostics: &mut Diagnostics) {
    for (name, span) in more {
        match all.iter().find(|it| it.0 == name) {
            Some(first) => diagnostics.push(diagnostics::duplicate_definition(span, name.as_str(), first.1)),
            None => all.push((name, span)),
        }
    }
}

fn same(view: &View, alternatives: &[PatId], diagnostics: &mut Diagnostics) -> Bound {
    let mut sets: Vec<(PatId, Bound)> = Vec::new();
    for &alternative in alternatives {
        let bound = names(view, alternative, diagnostics);
        sets.push((alternative, bound));
    }
    let Some((_, first)) = sets.first() else { return Vec::new() };
    for (alternative, bound) in &sets[1..] {
        let missing = first.iter().find(|it| !bound.iter().any(|other| other.0 == it.0));
        let extra = bound.iter().find(|it| !first.iter().any(|other| other.0 == it.0));
        if let Some((name, _)) = missing.or(extra) {
            let span = view.body.pats[*alternative].span;
            diagnostics.push(diagnostics::alternatives_differ(span, name.as_str()));
        }
    }
    first.clone()
}
