//! The ways to make a value of a type, split so that each pattern of a column covers a constructor wholly or not at all.

use super::pattern::{Pattern, bounds};
use crate::flow::view::View;
use crate::{PatId, Ty, TyKind};
use rustc_hash::FxHashSet;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Constructor {
    /// The only one: tuples, structs, 空.
    Single,
    Variant(u32),
    Bool(bool),
    /// Integers and code points, both ends included.
    Range(i128, i128),
    Str(String),
    Float(u64),
    /// So many elements at each end; `open`: any number between.
    Array {
        before: usize,
        after: usize,
        open: bool,
    },
    /// A pattern that cannot be compared with others.
    Opaque(PatId),
    /// Values of an unlimited type that no pattern names.
    Other,
}

impl Constructor {
    /// Covers itself alone, so that equality can be asked instead of [`covers`](Self::covers).
    pub fn is_point(&self) -> bool {
        match self {
            Self::Variant(_) | Self::Bool(_) | Self::Str(_) | Self::Float(_) | Self::Other => true,
            Self::Range(low, high) => low == high,
            Self::Single | Self::Array { .. } | Self::Opaque(_) => false,
        }
    }

    /// Every value made by `value` matches a pattern of this constructor.
    pub fn covers(&self, value: &Constructor) -> bool {
        match (self, value) {
            (Self::Range(low, high), Self::Range(from, to)) => low <= from && to <= high,
            (
                Self::Array { before, after, open },
                Self::Array { before: value_before, after: value_after, open: value_open },
            ) => {
                let (len, value_len) = (before + after, value_before + value_after);
                if *open { len <= value_len } else { len == value_len && !value_open }
            }
            _ => self == value,
        }
    }

    /// The types of what the constructor is applied to.
    pub fn fields(&self, view: &View, ty: Ty) -> Vec<Ty> {
        match (self, ty.kind()) {
            (Self::Single, TyKind::Tuple(parts)) => parts.clone(),
            (Self::Single, TyKind::Adt(..)) => variant_fields(view, ty, 0),
            (Self::Variant(variant), TyKind::Adt(..)) => variant_fields(view, ty, *variant),
            (Self::Array { before, after, .. }, TyKind::Array(element)) => vec![*element; before + after],
            _ => Vec::new(),
        }
    }
}

fn variant_fields(view: &View, ty: Ty, variant: u32) -> Vec<Ty> {
    let TyKind::Adt(adt, args) = ty.kind() else { return Vec::new() };
    let generics = &view.program.adts[*adt].generics;
    let lookup = |generic| args.get(generics.iter().position(|&it| it == generic)?).copied();
    let Some(fields) = view.signatures.adts[*adt].variants.get(variant as usize) else { return Vec::new() };
    fields.iter().map(|it| it.substitute(&lookup)).collect()
}

/// The constructors of `ty`, split by the patterns in `column` (without alternatives).
pub(super) fn split(view: &View, ty: Ty, column: &[&Pattern]) -> Vec<Constructor> {
    let heads = || {
        column.iter().filter_map(|it| match it {
            Pattern::Constructor(constructor, _) => Some(constructor),
            Pattern::Wildcard | Pattern::Or(_) => None,
        })
    };
    match ty.kind() {
        TyKind::Bool => vec![Constructor::Bool(true), Constructor::Bool(false)],
        TyKind::Unit | TyKind::Tuple(_) => vec![Constructor::Single],
        TyKind::Adt(adt, _) => match &view.program.adts[*adt].kind {
            crate::AdtKind::Struct(_) => vec![Constructor::Single],
            crate::AdtKind::Enum(variants) => (0..variants.len()).map(|it| Constructor::Variant(it as u32)).collect(),
        },
        TyKind::Int(_) | TyKind::Char => split_ranges(ty, heads()),
        TyKind::Array(_) => split_lengths(heads()),
        _ => {
            let mut seen = FxHashSet::default();
            let mut all: Vec<Constructor> = heads().filter(|it| seen.insert(*it)).cloned().collect();
            all.push(Constructor::Other);
            all
        }
    }
}

fn split_ranges<'a>(ty: Ty, heads: impl Iterator<Item = &'a Constructor>) -> Vec<Constructor> {
    let Some((lowest, highest)) = bounds(ty) else { return vec![Constructor::Other] };
    // Each cut is the first value of a piece.
    let mut cuts = vec![lowest, highest + 1];
    if matches!(ty.kind(), TyKind::Char) {
        cuts.extend([0xD800, 0xE000]);
    }
    for head in heads {
        if let Constructor::Range(low, high) = head {
            cuts.extend([*low, high + 1]);
        }
    }
    cuts.retain(|&it| lowest <= it && it <= highest + 1);
    cuts.sort_unstable();
    cuts.dedup();
    let pieces = cuts.windows(2).map(|it| (it[0], it[1] - 1));
    // Code points that are no characters.
    let is_surrogate = |low: i128| matches!(ty.kind(), TyKind::Char) && (0xD800..0xE000).contains(&low);
    pieces.filter(|&(low, _)| !is_surrogate(low)).map(|(low, high)| Constructor::Range(low, high)).collect()
}

/// Each length up to the one from which on no pattern for the first elements meets one for the last, and all longer arrays,
/// told apart by what stands at their ends.
fn split_lengths<'a>(heads: impl Iterator<Item = &'a Constructor>) -> Vec<Constructor> {
    let (mut most_before, mut most_after, mut fixed) = (0, 0, 0);
    for head in heads {
        match head {
            Constructor::Array { before, after, open: true } => {
                (most_before, most_after) = (most_before.max(*before), most_after.max(*after));
            }
            Constructor::Array { before, after, open: false } => fixed = fixed.max(before + after + 1),
            _ => {}
        }
    }
    let longest = fixed.max(most_before + most_after);
    let short = (0..longest).map(|before| Constructor::Array { before, after: 0, open: false });
    let rest = Constructor::Array { before: longest - most_after, after: most_after, open: true };
    short.chain([rest]).collect()
}
