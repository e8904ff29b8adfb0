//! `枚举 错 { 坏字符 字符), 太大 }`: a closing parenthesis whose opening one was forgotten, most likely behind a name before it.

use super::input::Input;
use super::reading::Reading;
use crate::{SyntaxKind, Token, diagnostics};

/// So many parentheses are looked at.
const MAX: usize = 2;
/// So many names before each.
const TRIALS: usize = 4;

/// Puts the parentheses in where that leaves less to report.
pub(super) fn insert(reading: &mut Reading) {
    if reading.n_errors() < 2 {
        return;
    }
    let input = Input::new(reading.text, &reading.tokens);
    let strays = input.toks.iter().zip(&input.pairs).filter(|(tok, pair)| tok.kind == T![')'] && pair.is_none());
    let strays: Vec<u32> = strays.map(|it| it.0.start).take(MAX).collect();
    for start in strays {
        if reading.n_errors() < 2 {
            return;
        }
        let Some(close) = reading.tokens.iter().position(|it| it.start == start && it.kind == T![')']) else {
            continue;
        };
        let mut without = reading.tokens.clone();
        without[close].kind = SyntaxKind::WHITESPACE;
        // To leave the closing one out is the simpler repair.
        let limit = reading.n_errors_with(&without).min(reading.n_errors() - 1);
        let is_better = |&index: &usize| reading.n_errors_with(&with_paren(reading, index)) < limit;
        let better: Vec<usize> = names_before(reading, close).filter(is_better).collect();
        let Some(&index) = better.first() else { continue };
        let tokens = with_paren(reading, index);
        let name = reading.span_of(index);
        let next = reading.tokens[index + 1..].iter().find(|it| !it.kind.is_trivia()).map_or(name.end, |it| it.start);
        let error = diagnostics::missing_open(
            reading.span(name.end, name.end),
            reading.span(name.end, next),
            reading.span_of(close),
            better.len() == 1,
        );
        reading.adopt_if_better(tokens, 2, error);
    }
}

/// On the same line, the nearest first.
fn names_before<'r>(reading: &'r Reading, close: usize) -> impl Iterator<Item = usize> + use<'r> {
    let on_line = (0..close).rev().take_while(|&it| !reading.text_of(reading.span_of(it)).contains('\n'));
    on_line.filter(|&it| reading.tokens[it].kind == SyntaxKind::IDENT).take(TRIALS)
}

fn with_paren(reading: &Reading, name: usize) -> Vec<Token> {
    let mut tokens = reading.tokens.clone();
    tokens.insert(name + 1, Token { kind: T!['('], start: tokens[name + 1].start });
    tokens
}
