//! `如果 甲 > 2 抛出 "大" }`: a block whose opening brace was forgotten. Reading on as if it were there shows what else is
//! wrong, if anything.

use super::reading::Reading;
use crate::{Token, diagnostics};

/// So many braces are put in.
const MAX: usize = 3;
/// So many places are tried for each.
const TRIALS: usize = 3;

/// Puts the braces in where that leaves less to report.
pub(super) fn insert(reading: &mut Reading) {
    for _ in 0..MAX {
        let better = reading.outcome.braces.iter().take(TRIALS).find_map(|&at| {
            let index = reading.tokens.iter().position(|it| it.start == at)?;
            let mut tokens = reading.tokens.clone();
            tokens.insert(index, Token { kind: T!['{'], start: at });
            let outcome = reading.read(&tokens);
            (outcome.errors.len() + 1 < reading.n_errors()).then_some((index, tokens, outcome))
        });
        let Some((index, tokens, outcome)) = better else { return };
        // Behind what comes before it, but not into a comment.
        let before = reading.tokens[..index].iter().rposition(|it| !it.kind.is_trivia());
        let end = reading.tokens[before.map_or(index, |it| it + 1)].start;
        reading.repairs.push(diagnostics::missing_brace(reading.span(end, end)));
        (reading.tokens, reading.outcome) = (tokens, outcome);
    }
}
