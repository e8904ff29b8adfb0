//! `如果 甲 > 2 抛出 "大" }`: a block whose opening brace was forgotten. Reading on as if it were there shows what else is
//! wrong, if anything.

use super::{Outcome, parse_tokens};
use crate::{Token, diagnostics};
use qi_base::{Diagnostic, FileId, Span};

/// So many braces are put in.
const MAX: usize = 3;
/// So many places are tried for each.
const TRIALS: usize = 3;

/// The text read with the braces if that leaves less to report, with what is to be said about those.
pub(super) fn insert(
    file: FileId,
    text: &str,
    tokens: &[Token],
    lexical: &[Diagnostic],
    mut outcome: Outcome,
) -> (Outcome, Vec<Diagnostic>) {
    let mut tokens = tokens.to_vec();
    let mut errors = Vec::new();
    while errors.len() < MAX && outcome.errors.len() > 1 {
        let better = outcome.braces.iter().take(TRIALS).find_map(|&at| {
            let index = tokens.iter().position(|it| it.start == at)?;
            let mut more = tokens.clone();
            more.insert(index, Token { kind: T!['{'], start: at });
            let again = parse_tokens(file, text, &more, lexical);
            (again.errors.len() + 1 < outcome.errors.len()).then_some((at, more, again))
        });
        let Some((at, more, again)) = better else { break };
        let end = text[..at as usize].trim_end().len() as u32;
        errors.push(diagnostics::missing_brace(Span::new(file, end, end)));
        (tokens, outcome) = (more, again);
    }
    (outcome, errors)
}
