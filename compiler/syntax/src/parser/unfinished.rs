//! `如果 甲 {⏎ 打印(1)⏎ 否则 {`, `尝试 {⏎ 打印(1)⏎ 捕获 e {`: a block that was not closed before the word that goes on behind
//! it. The word is then reported, and the block as well.

use super::input::Input;
use super::reading::Reading;
use crate::{Token, diagnostics};
use qi_base::Span;

/// So many places are tried in a file.
const TRIALS: usize = 6;

/// A word before which the brace belongs, and the brace that opens the block there.
type Place = (Span, Span);

/// Puts the braces in where that leaves less to report: all of them, or else one after the other.
pub(super) fn close(reading: &mut Reading) {
    if reading.n_errors() < 2 {
        return;
    }
    let places = places(reading);
    if places.len() > 1 && close_at(reading, &places) {
        return;
    }
    for place in places {
        close_at(reading, &[place]);
    }
}

fn close_at(reading: &mut Reading, places: &[Place]) -> bool {
    let mut tokens = reading.tokens.clone();
    for (word, _) in places {
        let Some(index) = tokens.iter().position(|it| it.start == word.start) else { return false };
        tokens.insert(index, Token { kind: T!['}'], start: word.start });
    }
    let report = |&(word, open): &Place| diagnostics::missing_close(word.before(), open, "} ", true);
    reading.adopt_all_if_better(tokens, places.len() + 1, places.iter().map(report).collect())
}

/// Words that go on behind a block although no block ends before them.
fn places(reading: &Reading) -> Vec<Place> {
    let input = Input::new(reading.text, &reading.tokens);
    let toks = &input.toks;
    let span = |it: usize| reading.span(toks[it].start, toks[it].end);
    let mut open: Vec<usize> = Vec::new();
    let mut places = Vec::new();
    for (index, tok) in toks.iter().enumerate() {
        match tok.kind {
            T!['{'] => open.push(index),
            T!['}'] => drop(open.pop()),
            T![否则] | T![否则如果] | T![捕获] | T![最终] if index > 0 && toks[index - 1].kind != T!['}'] => {
                // The brace that is put in closes it.
                places.extend(open.pop().map(|it| (span(index), span(it))));
            }
            _ => {}
        }
    }
    places.truncate(TRIALS);
    places
}
