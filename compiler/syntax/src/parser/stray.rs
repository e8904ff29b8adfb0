//! `面积()): 浮点数`: a closing round or square bracket too many. Reading on without it shows what else is wrong, if
//! anything.

use super::input::Input;
use super::reading::Reading;
use crate::{SyntaxKind, Token, diagnostics};
use qi_base::Span;

/// With more of them it is not clear what the brackets were meant to be.
const MAX: usize = 3;

/// Leaves the stray brackets out if there is less to report then.
pub(super) fn ignore(reading: &mut Reading) {
    if reading.n_errors() < 2 {
        return;
    }
    let input = Input::new(reading.text, &reading.tokens);
    let strays = input.toks.iter().zip(&input.pairs);
    let strays = strays.filter(|(tok, pair)| is_closing(tok.kind) && pair.is_none());
    let strays: Vec<Span> = strays.map(|(tok, _)| reading.span(tok.start, tok.end)).collect();
    if strays.is_empty() || strays.len() > MAX {
        return;
    }
    let mut tokens = reading.tokens.clone();
    // A bracket that was put in stands where the next token does.
    let is_stray = |it: &Token| is_closing(it.kind) && strays.iter().any(|stray| stray.start == it.start);
    for token in tokens.iter_mut().filter(|it| is_stray(it)) {
        token.kind = SyntaxKind::WHITESPACE;
    }
    let outcome = reading.read(&tokens);
    if outcome.errors.len() + strays.len() < reading.n_errors() {
        let errors: Vec<_> = strays.iter().map(|&it| diagnostics::stray_close(it, reading.text_of(it))).collect();
        reading.repairs.extend(errors);
        (reading.tokens, reading.outcome) = (tokens, outcome);
    }
}

fn is_closing(kind: SyntaxKind) -> bool {
    matches!(kind, T![')'] | T![']'])
}
