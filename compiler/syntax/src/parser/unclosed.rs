//! `[货 { 价: 3 ]`, `变量 表 = {"a": 1` before the next statement: the closing brace of a literal was forgotten. The braces
//! around it then pair wrongly, and much is reported far away.

use super::input::{Input, Tok};
use super::reading::Reading;
use crate::{SyntaxKind, Token, diagnostics};

/// So many braces are put in.
const MAX: usize = 3;
/// So many places are tried for each.
const TRIALS: usize = 4;

/// Puts the braces in where that leaves less to report.
pub(super) fn insert(reading: &mut Reading) {
    for _ in 0..MAX {
        if reading.n_errors() < 2 || !insert_one(reading) {
            return;
        }
    }
}

fn insert_one(reading: &mut Reading) -> bool {
    let input = Input::new(reading.text, &reading.tokens);
    let toks = &input.toks;
    let mut places: Vec<_> =
        before_other_closers(toks).chain(at_ends_of_lines(reading.text, &input)).take(TRIALS).collect();
    places.dedup();
    for (open, last) in places {
        let end = toks[last].end;
        let Some(index) = reading.tokens.iter().position(|it| it.start >= end) else { continue };
        let mut tokens = reading.tokens.clone();
        tokens.insert(index, Token { kind: T!['}'], start: end });
        let opening = reading.span(toks[open].start, toks[open].end);
        let insert = if toks[open].blank_after { " }" } else { "}" };
        let error = diagnostics::missing_close(reading.span(end, end), opening, insert, true);
        if reading.adopt_if_better(tokens, 2, error) {
            return true;
        }
    }
    false
}

/// Open braces inside a square or round bracket that is closed before them, and the last token inside.
fn before_other_closers(toks: &[Tok]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut open: Vec<(SyntaxKind, usize)> = Vec::new();
    toks.iter().enumerate().filter_map(move |(index, tok)| {
        let wanted = match tok.kind {
            T!['('] | T!['['] | T!['{'] => {
                open.push((tok.kind, index));
                return None;
            }
            T![')'] => T!['('],
            T![']'] => T!['['],
            T!['}'] => T!['{'],
            _ => return None,
        };
        let top = *open.last()?;
        if top.0 == wanted {
            open.pop();
            return None;
        }
        let beneath = open.len().checked_sub(2).map(|it| open[it].0);
        if top.0 != T!['{'] || beneath != Some(wanted) {
            return None;
        }
        open.truncate(open.len() - 2);
        let last = index - 1;
        let last = if toks[last].kind == T![,] { last - 1 } else { last };
        (last > top.1).then_some((top.1, last))
    })
}

/// Braces with something behind them on their line whose partner stands further out than the line; and its last token.
fn at_ends_of_lines<'t>(text: &'t str, input: &'t Input) -> impl Iterator<Item = (usize, usize)> + 't {
    let toks = &input.toks;
    let starts = (0..toks.len()).filter(|&it| toks[it].newline_before);
    let ends = starts.clone().skip(1).chain([toks.len()]);
    starts.zip(ends).flat_map(move |(start, end)| {
        let left = super::indentation(text, toks[start].start);
        let is_further_out = move |&close: &u32| {
            let close = toks[close as usize];
            close.newline_before && super::indentation(text, close.start) < left
        };
        let open = (start..end - 1).filter(|&it| toks[it].kind == T!['{']);
        open.filter(move |&it| input.pairs[it].is_some_and(|it| is_further_out(&it))).map(move |it| (it, end - 1))
    })
}
