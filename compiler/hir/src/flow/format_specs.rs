//! What follows the `:` in a template hole is well formed, and its base or exponent fits the value. A type parameter may
//! stand for anything; then the program finds out when it runs. The form is the one `runtime/src/value/format.rs` reads.

use super::view::View;
use crate::infer::type_text;
use crate::{ExprKind, FormatSpec, TemplatePart, Ty, TyKind, diagnostics};
use qi_base::Diagnostics;

pub(super) fn check(view: &View, diagnostics: &mut Diagnostics) {
    view.walk(&mut |id| {
        let ExprKind::Template(parts) = view.kind(id) else { return };
        for part in parts {
            if let TemplatePart::Hole(value, Some(spec)) = part
                && let Some(ty) = view.ty(*value)
            {
                check_spec(view, spec, ty, diagnostics);
            }
        }
    });
}

fn check_spec(view: &View, spec: &FormatSpec, ty: Ty, diagnostics: &mut Diagnostics) {
    match kind(spec.text.trim_end()) {
        None => diagnostics.push(diagnostics::malformed_format(spec.span, spec.text.trim())),
        Some(Some(kind)) if !fits(kind, ty) => {
            diagnostics.push(diagnostics::unfit_format(spec.span, kind, &type_text(view.program, ty)));
        }
        Some(_) => {}
    }
}

/// The letter at the end, if any; None if the rest is not `[[fill]align][+][#][0][width][.precision]`.
fn kind(text: &str) -> Option<Option<char>> {
    let mut chars = text.chars();
    let rest = match (chars.next(), chars.next()) {
        (_, Some('<' | '^' | '>')) => chars.as_str(),
        _ => {
            let text = text.trim_start();
            text.strip_prefix(['<', '^', '>']).map_or(text, str::trim_start)
        }
    };
    let rest = rest.strip_prefix('+').unwrap_or(rest);
    let rest = rest.strip_prefix('#').unwrap_or(rest);
    let rest = after_number(rest)?;
    let rest = match rest.strip_prefix('.') {
        Some(precision) => after_number(precision).filter(|it| it.len() < precision.len())?,
        None => rest,
    };
    let mut chars = rest.chars();
    match (chars.next(), chars.next()) {
        (None, _) => Some(None),
        (Some(kind @ ('x' | 'X' | 'b' | 'o' | 'e' | 'E' | '?')), None) => Some(Some(kind)),
        _ => None,
    }
}

/// None if the number is more than any line is wide.
fn after_number(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(|it: char| it.is_ascii_digit());
    let digits = text[..text.len() - rest.len()].trim_start_matches('0');
    (digits.len() <= 6).then_some(rest)
}

fn fits(kind: char, ty: Ty) -> bool {
    match ty.kind() {
        TyKind::Param(..) | TyKind::Dynamic(..) | TyKind::Never | TyKind::Error => true,
        TyKind::Int(_) => true,
        TyKind::Float(_) => matches!(kind, 'e' | 'E' | '?'),
        _ => kind == '?',
    }
}
