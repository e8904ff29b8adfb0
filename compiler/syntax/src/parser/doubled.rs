//! `如果 如果 甲 {`, `函数 面积(): : 浮点数`: a keyword, a colon, a comma or a brace written twice. Left out where that leaves less to report.

use super::reading::Reading;
use crate::{SyntaxKind, Token, diagnostics};

/// So many pairs are tried in a file.
const TRIALS: usize = 8;

pub(super) fn drop_second(reading: &mut Reading) {
    if reading.n_errors() == 0 {
        return;
    }
    for (first, second) in pairs(reading) {
        let mut tokens = reading.tokens.clone();
        tokens[second].kind = SyntaxKind::WHITESPACE;
        let spans = [first, second].map(|it| reading.span_of(it));
        // Between two commas, a value may be missing as well.
        let is_certain = tokens[first].kind != T![,];
        let error = diagnostics::doubled(spans[0], spans[1], reading.text_of(spans[1]), is_certain);
        reading.adopt_if_better(tokens, 1, error);
    }
}

/// Indices of equal tokens with nothing but blanks between them. That some were left out changes no index.
fn pairs(reading: &Reading) -> Vec<(usize, usize)> {
    let tokens = &reading.tokens;
    let mut previous: Option<usize> = None;
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate().filter(|it| !it.1.kind.is_trivia()) {
        let before = previous.replace(index).filter(|&it| is_doubled(reading, tokens[it], *token, it, index));
        found.extend(before.map(|it| (it, index)));
        if found.len() == TRIALS {
            break;
        }
    }
    found
}

fn is_doubled(reading: &Reading, left: Token, right: Token, first: usize, second: usize) -> bool {
    let may_be_doubled = match left.kind {
        T![:] | T![,] | T!['{'] => true,
        SyntaxKind::IDENT => SyntaxKind::from_contextual(reading.text_of(reading.span_of(first))).is_some(),
        kind => kind.is_reserved(),
    };
    let between = || &reading.text[reading.span_of(first).end as usize..right.start as usize];
    let is_same_text = || reading.text_of(reading.span_of(first)) == reading.text_of(reading.span_of(second));
    left.kind == right.kind
        && may_be_doubled
        && (left.kind != T![,] || between().is_empty())
        && is_same_text()
        && between().chars().all(|it| it != '\n' && it.is_whitespace())
}
