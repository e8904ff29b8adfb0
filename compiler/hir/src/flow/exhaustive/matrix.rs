//! The two questions about a matrix of patterns: can a row match what the rows above do not, and which values match no row.
//! Exponential in bad cases, so the work is counted and given up at a limit.

use super::constructor::{Constructor, split};
use super::pattern::Pattern;
use crate::Ty;
use crate::flow::view::View;

/// Rows looked at; a 匹配 with a thousand texts needs a million.
const MAX_STEPS: usize = 5_000_000;
/// More missing cases than this are not looked for.
const MAX_MISSING: usize = 8;

#[derive(Debug)]
pub(super) struct TooComplex;

/// A value as far as it matters, with wildcards for the rest.
#[derive(Clone, Debug)]
pub(super) enum Witness {
    Any,
    Constructor(Constructor, Vec<Witness>),
}

pub(super) struct Matrix<'v, 'a> {
    view: &'v View<'a>,
    steps: usize,
}

type Row = Vec<Pattern>;

impl<'v, 'a> Matrix<'v, 'a> {
    pub fn new(view: &'v View<'a>) -> Self {
        Self { view, steps: 0 }
    }

    fn step(&mut self, rows: usize) -> Result<(), TooComplex> {
        self.steps += 1 + rows;
        if self.steps > MAX_STEPS { Err(TooComplex) } else { Ok(()) }
    }

    pub fn is_useful(&mut self, rows: &[Row], row: &Row, types: &[Ty]) -> Result<bool, TooComplex> {
        self.step(rows.len())?;
        let Some((first, rest)) = row.split_first() else { return Ok(rows.is_empty()) };
        match first {
            Pattern::Or(alternatives) => {
                for alternative in alternatives {
                    let row: Row = std::iter::once(alternative.clone()).chain(rest.iter().cloned()).collect();
                    if self.is_useful(rows, &row, types)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Pattern::Wildcard => self.is_rest_useful(rows, row, types),
            Pattern::Constructor(head, _) => {
                let rows = expand(rows);
                for constructor in self.pieces(head, &rows, first, types[0]) {
                    if self.is_piece_useful(&rows, row, &constructor, types)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    /// The constructors that make up `head`, split by the patterns above.
    fn pieces(&self, head: &Constructor, rows: &[Row], first: &Pattern, ty: Ty) -> Vec<Constructor> {
        if !matches!(head, Constructor::Range(..) | Constructor::Array { .. }) {
            return vec![head.clone()];
        }
        let column: Vec<&Pattern> = rows.iter().map(|it| &it[0]).chain([first]).collect();
        split(self.view, ty, &column).into_iter().filter(|it| head.covers(it)).collect()
    }

    fn is_piece_useful(
        &mut self,
        rows: &[Row],
        row: &Row,
        constructor: &Constructor,
        types: &[Ty],
    ) -> Result<bool, TooComplex> {
        let fields = constructor.fields(self.view, types[0]);
        let Some(row) = specialize(row, constructor, fields.len()) else { return Ok(false) };
        let rows = specialize_all(rows, constructor, fields.len());
        let types: Vec<Ty> = fields.iter().chain(&types[1..]).copied().collect();
        self.is_useful(&rows, &row, &types)
    }

    /// For a row that starts with a wildcard.
    fn is_rest_useful(&mut self, rows: &[Row], row: &Row, types: &[Ty]) -> Result<bool, TooComplex> {
        let rows = expand(rows);
        let column: Vec<&Pattern> = rows.iter().map(|it| &it[0]).collect();
        let all = split(self.view, types[0], &column);
        let is_named = |constructor: &Constructor| {
            column.iter().any(|it| matches!(it, Pattern::Constructor(head, _) if head.covers(constructor)))
        };
        // Where some constructor is named by no row, no row but those for every value can cover it.
        if all.is_empty() || !all.iter().all(is_named) {
            return self.is_useful(&defaults(&rows), &row[1..].to_vec(), &types[1..]);
        }
        for constructor in all {
            if self.is_piece_useful(&rows, row, &constructor, types)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Values that match no row.
    pub fn missing(&mut self, rows: &[Row], types: &[Ty]) -> Result<Vec<Vec<Witness>>, TooComplex> {
        self.step(rows.len())?;
        let Some((&first, rest)) = types.split_first() else {
            return Ok(if rows.is_empty() { vec![Vec::new()] } else { Vec::new() });
        };
        let rows = expand(rows);
        let column: Vec<&Pattern> = rows.iter().map(|it| &it[0]).collect();
        let default_rows = defaults(&rows);
        if column.iter().all(|it| matches!(it, Pattern::Wildcard)) && !self.is_empty_type(first) && !rows.is_empty() {
            let found = self.missing(&default_rows, rest)?;
            return Ok(found.into_iter().map(|it| prepend(Witness::Any, it)).collect());
        }
        let mut found = Vec::new();
        let mut of_default: Option<Vec<Vec<Witness>>> = None;
        for constructor in split(self.view, first, &column) {
            let is_named = column.iter().any(|it| match it {
                Pattern::Constructor(head, _) => head.covers(&constructor),
                Pattern::Wildcard | Pattern::Or(_) => false,
            });
            let fields = constructor.fields(self.view, first);
            if is_named {
                let special = specialize_all(&rows, &constructor, fields.len());
                let types: Vec<Ty> = fields.iter().chain(rest).copied().collect();
                for mut witness in self.missing(&special, &types)? {
                    let tail = witness.split_off(fields.len());
                    found.push(prepend(Witness::Constructor(constructor.clone(), witness), tail));
                }
            } else {
                let tails = match &of_default {
                    Some(it) => it.clone(),
                    None => of_default.insert(self.missing(&default_rows, rest)?).clone(),
                };
                let parts = vec![Witness::Any; fields.len()];
                found.extend(
                    tails.into_iter().map(|it| prepend(Witness::Constructor(constructor.clone(), parts.clone()), it)),
                );
            }
            if found.len() > MAX_MISSING {
                break;
            }
        }
        Ok(found)
    }

    /// An enum without variants.
    fn is_empty_type(&self, ty: Ty) -> bool {
        split(self.view, ty, &[]).is_empty()
    }
}

fn prepend(first: Witness, rest: Vec<Witness>) -> Vec<Witness> {
    std::iter::once(first).chain(rest).collect()
}

/// Rows whose first pattern has no alternatives.
fn expand(rows: &[Row]) -> Vec<Row> {
    let mut out = Vec::new();
    for row in rows {
        expand_row(row, &mut out);
    }
    out
}

fn expand_row(row: &Row, out: &mut Vec<Row>) {
    match &row[0] {
        Pattern::Or(alternatives) => {
            for alternative in alternatives {
                let row: Row = std::iter::once(alternative.clone()).chain(row[1..].iter().cloned()).collect();
                expand_row(&row, out);
            }
        }
        _ => out.push(row.clone()),
    }
}

/// Rows that match whatever the first value is, without it.
fn defaults(rows: &[Row]) -> Vec<Row> {
    rows.iter().filter(|it| matches!(it[0], Pattern::Wildcard)).map(|it| it[1..].to_vec()).collect()
}

fn specialize_all(rows: &[Row], constructor: &Constructor, fields: usize) -> Vec<Row> {
    rows.iter().filter_map(|it| specialize(it, constructor, fields)).collect()
}

/// The row for values made by `constructor`, its fields in place of the first pattern; None if it cannot match them.
fn specialize(row: &Row, constructor: &Constructor, fields: usize) -> Option<Row> {
    let mut parts = match &row[0] {
        Pattern::Wildcard => vec![Pattern::Wildcard; fields],
        Pattern::Constructor(head, parts) if head.covers(constructor) => match head {
            Constructor::Array { before, after, .. } => {
                let mut all = parts[..*before].to_vec();
                all.resize(fields.saturating_sub(*after), Pattern::Wildcard);
                all.extend_from_slice(&parts[*before..]);
                all
            }
            _ => parts.clone(),
        },
        Pattern::Constructor(..) | Pattern::Or(_) => return None,
    };
    parts.resize(fields, Pattern::Wildcard);
    parts.extend_from_slice(&row[1..]);
    Some(parts)
}
