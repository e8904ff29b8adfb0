//! `}} 否则 {`, `}},`: a closing brace written twice. The second one closes what goes on behind it, and what follows is reported
//! far away. Left out where that leaves less to report.

use super::input::Input;
use super::reading::Reading;
use crate::{SyntaxKind, diagnostics};

/// So many braces are left out, and so many tried for each.
const MAX: usize = 3;
const TRIALS: usize = 6;

pub(super) fn leave_out(reading: &mut Reading) {
    for _ in 0..MAX {
        if reading.n_errors() == 0 || !leave_one_out(reading) {
            return;
        }
    }
}

fn leave_one_out(reading: &mut Reading) -> bool {
    let input = Input::new(reading.text, &reading.tokens);
    let doubled = (1..input.toks.len()).filter(|&it| is_premature(reading.text, &input, it));
    let span = |it: usize| reading.span(input.toks[it].start, input.toks[it].end);
    let opening = |it: usize| input.pairs[it].map_or(span(it), |open| span(open as usize));
    let found: Vec<_> = doubled.map(|it| (span(it), opening(it))).take(TRIALS).collect();
    found.into_iter().any(|(brace, opening)| {
        let start = brace.start;
        let Some(index) = reading.tokens.iter().position(|it| it.start == start && it.kind == T!['}']) else {
            return false;
        };
        let mut tokens = reading.tokens.clone();
        tokens[index].kind = SyntaxKind::WHITESPACE;
        let error = match brace == opening {
            true => diagnostics::stray_close(brace, reading.text_of(brace)),
            false => diagnostics::premature_close(brace, opening),
        };
        reading.adopt_if_better(tokens, 1, error)
    })
}

/// The second of `}}`, which closes a block although what follows is indented like its inside. Two braces that end two
/// blocks at once are followed by what stands beside the outer one.
fn is_premature(text: &str, input: &Input, index: usize) -> bool {
    let toks = &input.toks;
    let is_doubled = toks[index].kind == T!['}'] && toks[index - 1].kind == T!['}'] && !toks[index - 1].blank_after;
    let Some(next) = toks.get(index + 1).filter(|_| is_doubled) else { return false };
    if !next.newline_before {
        return true;
    }
    let Some(open) = input.pairs[index] else { return false };
    let outer = super::indentation(text, toks[open as usize].start);
    let inner = super::indentation(text, next.start);
    inner > outer || next.kind == T!['}'] && inner == outer
}
