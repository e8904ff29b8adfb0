//! `变量 列 = 1, 2]`, `变量 表 = "甲": 1}`: a closing square bracket or brace on whose line the opening one was forgotten. A
//! round one is most likely missing behind a name (`unopened`); these stand where a value, a type or an entry begins.

use super::input::{Input, Tok};
use super::reading::Reading;
use crate::{SyntaxKind, Token, diagnostics};

/// So many brackets are looked at.
const MAX: usize = 6;
/// So many braces, and so many places before each.
const BRACES: usize = 3;
const TRIALS: usize = 4;

/// Puts square brackets in, then braces, where that leaves less to report.
pub(super) fn insert(reading: &mut Reading) {
    if reading.n_errors() == 0 {
        return;
    }
    insert_squares(reading);
    insert_before_arrows(reading);
    for _ in 0..BRACES {
        if reading.n_errors() < 2 || !insert_brace(reading) {
            return;
        }
    }
}

fn insert_squares(reading: &mut Reading) {
    let input = Input::new(reading.text, &reading.tokens);
    let strays = (0..input.toks.len()).filter(|&it| input.toks[it].kind == T![']'] && input.pairs[it].is_none());
    for close in strays.take(MAX) {
        let Some((first, is_certain)) = start_of_array(&input, close) else { continue };
        if n_errors_with(reading, T!['['], &input.toks[first], &input.toks[close]).is_none() {
            continue;
        }
        // That there is no less to report is enough: the value is an array, and its uses are fine.
        adopt(reading, (&input.toks[first], &input.toks[close]), (T!['['], "["), 1, is_certain);
    }
}

/// The first token inside: behind `=`, 返回 or the `:` of a type. `变量 x = 甲 + 乙]` may as well have a bracket too many.
fn start_of_array(input: &Input, close: usize) -> Option<(usize, bool)> {
    let toks = &input.toks;
    // `字典<甲, 乙]>`
    let is_type_argument = close > 1
        && toks[close - 1].kind == SyntaxKind::IDENT
        && matches!(toks[close - 2].kind, T![<] | T![,])
        && toks[close + 1].kind == T![>];
    if is_type_argument {
        return Some((close - 1, true));
    }
    let (mut sign, mut is_list) = (close.checked_sub(1)?, false);
    while !matches!(toks[sign].kind, T![=] | T![:] | T![返回]) {
        is_list |= toks[sign].kind == T![,];
        let closes = matches!(toks[sign].kind, T![')'] | T![']'] | T!['}']);
        let first = if closes { input.pairs[sign]? as usize } else { sign };
        if matches!(toks[first].kind, T![;] | T!['('] | T!['{'] | T!['[']) && !closes
            || toks[first].newline_before
            || first == 0
        {
            return None;
        }
        sign = first - 1;
    }
    let inside = &toks[sign + 1..close];
    let is_type = toks[sign].kind == T![:] && inside.iter().all(|it| it.kind == SyntaxKind::IDENT);
    let is_literal = inside.len() == 1 && inside[0].kind.is_literal();
    let is_meant = !inside.is_empty() && (is_list || is_type || is_literal);
    // `[[1, 2]], [3, 4]]`: one may as well be too many.
    let is_plain = !inside.iter().any(|it| it.kind == T![']']);
    is_meant.then_some((sign + 1, is_list && is_plain || is_type))
}

/// `变量 丁 = ) => 1`, `真, 2) => …`: the parameters of a closure, or a pattern.
fn insert_before_arrows(reading: &mut Reading) {
    let input = Input::new(reading.text, &reading.tokens);
    let toks = &input.toks;
    let is_arrow = |it: &usize| toks[*it].kind == T![')'] && toks[*it + 1].kind == T![=>] && input.pairs[*it].is_none();
    for close in (1..toks.len() - 1).filter(is_arrow).take(BRACES).collect::<Vec<_>>() {
        let line = (1..=close).rev().take_while(|&it| it == close || !toks[it + 1].newline_before);
        let begins = |it: &usize| {
            toks[*it].newline_before
                || matches!(toks[*it - 1].kind, T![=] | T!['('] | T![,] | T![:] | T![返回] | T!['{'])
        };
        let n_errors = |&it: &usize| with(reading, &toks[it], T!['(']).map(|it| reading.n_errors_with(&it));
        // `1) =>` has one too many rather than one too few.
        let is_several =
            |it: &usize| *it == close || toks[*it..close].iter().any(|it| matches!(it.kind, T![,] | T![:]));
        let best = line.filter(begins).filter(is_several).take(TRIALS).min_by_key(n_errors);
        if let Some(first) = best {
            adopt(reading, (&toks[first], &toks[close]), (T!['('], "("), 2, true);
        }
    }
}

fn insert_brace(reading: &mut Reading) -> bool {
    let input = Input::new(reading.text, &reading.tokens);
    let toks = &input.toks;
    let is_open_before = |close: usize| input.pairs[close].is_none_or(|it| is_on_other_line(toks, it as usize, close));
    let closing = (0..toks.len()).filter(|&it| toks[it].kind == T!['}'] && !toks[it].newline_before);
    let closing: Vec<usize> = closing.filter(|&it| is_open_before(it)).take(BRACES).collect();
    closing.into_iter().any(|close| {
        let n_errors = |&it: &usize| n_errors_with(reading, T!['{'], &toks[it], &toks[close]);
        let entries = first_entries(toks, close).into_iter().filter_map(|it| Some((n_errors(&it)?, it)));
        let entries: Vec<(usize, usize)> = entries.collect();
        let Some(&(least, first)) = entries.iter().min() else { return false };
        let is_certain = entries.iter().filter(|it| it.0 == least).count() == 1;
        adopt(reading, (&toks[first], &toks[close]), (T!['{'], "{ "), 2, is_certain)
    })
}

/// None if something is still wrong inside, for then the bracket belongs elsewhere.
fn n_errors_with(reading: &Reading, kind: SyntaxKind, first: &Tok, close: &Tok) -> Option<usize> {
    let outcome = reading.read(&with(reading, first, kind)?);
    let is_inside = |it: &qi_base::Diagnostic| (first.start..close.end).contains(&it.span().start);
    (!outcome.errors.iter().any(is_inside)).then_some(outcome.errors.len())
}

fn is_on_other_line(toks: &[Tok], open: usize, close: usize) -> bool {
    toks[open + 1..=close].iter().any(|it| it.newline_before)
}

/// On the line of `close`: tokens that may be the first key or field, or the first of a block, the leftmost first.
fn first_entries(toks: &[Tok], close: usize) -> Vec<usize> {
    let start = (0..=close).rev().find(|&it| toks[it].newline_before).unwrap_or(0);
    let is_key = |it: &usize| toks[*it].kind == SyntaxKind::IDENT || toks[*it].kind.is_literal();
    let is_first = |it: &usize| match toks[*it - 1].kind {
        // `点 横, 纵: y }`
        SyntaxKind::IDENT => matches!(toks[*it + 1].kind, T![:] | T![,] | T!['}']),
        T![=] | T!['('] | T!['['] | T![,] | T![返回] | T![:] | T![>] => toks[*it + 1].kind == T![:],
        _ => false,
    };
    let begins_block = |it: &usize| toks[*it - 1].kind == T![=>] && toks[*it].kind != T!['{'];
    (start + 1..close).filter(|it| is_key(it) && is_first(it) || begins_block(it)).take(TRIALS).collect()
}

/// Goes on with the bracket before `first` if that leaves less to report by `gain`.
fn adopt(
    reading: &mut Reading,
    (first, close): (&Tok, &Tok),
    (kind, text): (SyntaxKind, &str),
    gain: usize,
    is_certain: bool,
) -> bool {
    let Some(tokens) = with(reading, first, kind) else { return false };
    let at = reading.span(first.start, first.start);
    let error = diagnostics::missing_open_bracket(at, text, reading.span(close.start, close.end), is_certain);
    reading.adopt_if_better(tokens, gain, error)
}

fn with(reading: &Reading, first: &Tok, kind: SyntaxKind) -> Option<Vec<Token>> {
    let index = reading.tokens.iter().position(|it| it.start == first.start)?;
    let mut tokens = reading.tokens.clone();
    tokens.insert(index, Token { kind, start: first.start });
    Some(tokens)
}
