//! A missing case as the pattern a user would write for it.

use super::constructor::Constructor;
use super::matrix::Witness;
use super::pattern::bounds;
use crate::flow::view::View;
use crate::{AdtKind, Ty, TyKind};

pub(super) fn text(view: &View, witness: &Witness, ty: Ty) -> String {
    let Witness::Constructor(constructor, parts) = witness else { return "_".to_owned() };
    let parts = || {
        let fields = constructor.fields(view, ty);
        parts.iter().zip(fields).map(|(it, ty)| text(view, it, ty)).collect::<Vec<_>>()
    };
    match constructor {
        Constructor::Bool(it) => (if *it { "真" } else { "假" }).to_owned(),
        Constructor::Range(low, high) => range(ty, *low, *high),
        Constructor::Array { before, open, .. } => {
            let mut parts = parts();
            if *open {
                parts.insert(*before, "..".to_owned());
            }
            format!("[{}]", parts.join(", "))
        }
        Constructor::Single | Constructor::Variant(_) => aggregate(view, constructor, ty, &parts()),
        Constructor::Str(it) => format!("{it:?}"),
        Constructor::Float(_) | Constructor::Opaque(_) | Constructor::Other => "_".to_owned(),
    }
}

fn aggregate(view: &View, constructor: &Constructor, ty: Ty, parts: &[String]) -> String {
    let TyKind::Adt(adt, _) = ty.kind() else { return format!("({})", parts.join(", ")) };
    let it = &view.program.adts[*adt];
    match (&it.kind, constructor) {
        (AdtKind::Enum(variants), Constructor::Variant(index)) => {
            let variant = &variants[*index as usize];
            match (variant.fields.is_empty(), variant.named) {
                (true, _) => variant.name.to_string(),
                (false, true) => format!("{} {{ {} }}", variant.name, named(&variant.fields, parts)),
                (false, false) => format!("{}({})", variant.name, parts.join(", ")),
            }
        }
        (AdtKind::Struct(fields), _) => format!("{} {{ {} }}", it.name, named(fields, parts)),
        (AdtKind::Enum(_), _) => "_".to_owned(),
    }
}

/// Fields that matter; `..` for the others.
fn named(fields: &[crate::FieldDef], parts: &[String]) -> String {
    let mut shown: Vec<String> = Vec::new();
    let mut has_rest = false;
    for (field, part) in fields.iter().zip(parts) {
        match field.name {
            Some(name) if part != "_" => shown.push(format!("{name}: {part}")),
            _ => has_rest = true,
        }
    }
    if has_rest {
        shown.push("..".to_owned());
    }
    shown.join(", ")
}

fn range(ty: Ty, low: i128, high: i128) -> String {
    if matches!(ty.kind(), TyKind::Char) {
        // Stretches of code points tell nobody anything.
        let one = u32::try_from(low).ok().and_then(char::from_u32).filter(|_| low == high);
        return one.map_or_else(|| "_".to_owned(), |it| format!("{it:?}"));
    }
    match bounds(ty) {
        Some((lowest, highest)) if low == lowest && high == highest => "_".to_owned(),
        _ if low == high => low.to_string(),
        Some((lowest, _)) if low == lowest => format!("..={high}"),
        Some((_, highest)) if high == highest => format!("{low}.."),
        _ => format!("{low}..={high}"),
    }
}
