//! The two questions about a matrix of patterns: can a row match what the rows above do not, and which values match no row.
//! Exponential in bad cases, so the work is counted and given up at a limit.

use super::constructor::{Constructor, split};
use super::pattern::Pattern;
use crate::Ty;
use crate::flow::view::View;
use rustc_hash::FxHashMap;

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
                let column = Column::new(&rows);
                for constructor in self.pieces(head, &rows, first, types[0]) {
                    if self.is_piece_useful(&column, row, &constructor, types)? {
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
        column: &Column,
        row: &Row,
        constructor: &Constructor,
        types: &[Ty],
    ) -> Result<bool, TooComplex> {
        let fields = constructor.fields(self.view, types[0]);
        let Some(row) = specialize(row, constructor, fields.len()) else { return Ok(false) };
        let rows = column.specialize(constructor, fields.len());
        let types: Vec<Ty> = fields.iter().chain(&types[1..]).copied().collect();
        self.is_useful(&rows, &row, &types)
    }

    /// For a row that starts with a wildcard.
    fn is_rest_useful(&mut self, rows: &[Row], row: &Row, types: &[Ty]) -> Result<bool, TooComplex> {
        let rows = expand(rows);
        let patterns: Vec<&Pattern> = rows.iter().map(|it| &it[0]).collect();
        let all = split(self.view, types[0], &patterns);
        let column = Column::new(&rows);
        // Where some constructor is named by no row, no row but those for every value can cover it.
        if all.is_empty() || !all.iter().all(|it| column.names(it)) {
            return self.is_useful(&defaults(&rows), &row[1..].to_vec(), &types[1..]);
        }
        for constructor in all {
            if self.is_piece_useful(&column, row, &constructor, types)? {
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
        let patterns: Vec<&Pattern> = rows.iter().map(|it| &it[0]).collect();
        let column = Column::new(&rows);
        let default_rows = defaults(&rows);
        if patterns.iter().all(|it| matches!(it, Pattern::Wildcard)) && !self.is_empty_type(first) && !rows.is_empty() {
            let found = self.missing(&default_rows, rest)?;
            return Ok(found.into_iter().map(|it| prepend(Witness::Any, it)).collect());
        }
        let mut found = Vec::new();
        let mut of_default: Option<Vec<Vec<Witness>>> = None;
        for constructor in split(self.view, first, &patterns) {
            let fields = constructor.fields(self.view, first);
            if column.names(&constructor) {
                let special = column.specialize(&constructor, fields.len());
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

/// Rows by their first pattern, which has no alternatives. A table of thousands of texts or numbers is looked up, not
/// searched.
struct Column<'r> {
    rows: &'r [Row],
    /// The rows of each constructor, if all are points.
    by_head: Option<FxHashMap<&'r Constructor, Vec<usize>>>,
    wildcards: Vec<usize>,
}

impl<'r> Column<'r> {
    fn new(rows: &'r [Row]) -> Self {
        let mut by_head: FxHashMap<&Constructor, Vec<usize>> = FxHashMap::default();
        let mut wildcards = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            match &row[0] {
                Pattern::Constructor(head, _) => by_head.entry(head).or_default().push(index),
                Pattern::Wildcard | Pattern::Or(_) => wildcards.push(index),
            }
        }
        let by_head = by_head.keys().all(|it| it.is_point()).then_some(by_head);
        Self { rows, by_head, wildcards }
    }

    /// Some row has a pattern just for values of `constructor`.
    fn names(&self, constructor: &Constructor) -> bool {
        match &self.by_head {
            Some(by_head) => by_head.contains_key(constructor),
            None => self.rows.iter().any(|row| match &row[0] {
                Pattern::Constructor(head, _) => head.covers(constructor),
                Pattern::Wildcard | Pattern::Or(_) => false,
            }),
        }
    }

    /// The rows that can match values of `constructor`, its fields in place of the first pattern.
    fn specialize(&self, constructor: &Constructor, fields: usize) -> Vec<Row> {
        let Some(by_head) = &self.by_head else {
            return self.rows.iter().filter_map(|it| specialize(it, constructor, fields)).collect();
        };
        let mut rows = self.wildcards.clone();
        rows.extend(by_head.get(constructor).into_iter().flatten());
        rows.sort_unstable();
        rows.iter().filter_map(|&it| specialize(&self.rows[it], constructor, fields)).collect()
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
