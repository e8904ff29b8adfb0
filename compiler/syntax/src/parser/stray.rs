//! `面积()): 浮点数`: a closing round or square bracket too many. Reading on without it shows what else is wrong, if
//! anything.

use super::input::Input;
use super::{Outcome, parse_tokens};
use crate::{SyntaxKind, Token, diagnostics};
use qi_base::{Diagnostic, FileId, Span};

/// With more of them it is not clear what the brackets were meant to be.
const MAX: usize = 3;

/// The text read without the stray brackets if that leaves less to report, with what is to be said about those.
pub(super) fn ignore(
    file: FileId,
    text: &str,
    tokens: &[Token],
    lexical: &[Diagnostic],
    outcome: Outcome,
) -> (Outcome, Vec<Diagnostic>) {
    if outcome.errors.len() < 2 {
        return (outcome, Vec::new());
    }
    let input = Input::new(text, tokens);
    let strays = input.toks.iter().zip(&input.pairs);
    let strays = strays.filter(|(tok, pair)| matches!(tok.kind, T![')'] | T![']']) && pair.is_none());
    let strays: Vec<Span> = strays.map(|(tok, _)| Span::new(file, tok.start, tok.end)).collect();
    if strays.is_empty() || strays.len() > MAX {
        return (outcome, Vec::new());
    }
    let mut kept = tokens.to_vec();
    for token in &mut kept {
        if strays.iter().any(|it| it.start == token.start) {
            token.kind = SyntaxKind::WHITESPACE;
        }
    }
    let again = parse_tokens(file, text, &kept, lexical);
    if again.errors.len() + strays.len() >= outcome.errors.len() {
        return (outcome, Vec::new());
    }
    let report = |span: &Span| diagnostics::stray_close(*span, &text[span.start as usize..span.end as usize]);
    (again, strays.iter().map(report).collect())
}
