//! `如果 如果 甲 {`, `函数 面积(): : 浮点数`: a keyword, a colon, a comma or a brace written twice. Left out where that leaves less to report.

use super::lookahead::CALLED_TYPES;
use super::reading::Reading;
use crate::grammar::type_names::is_known_type;
use crate::{SyntaxKind, Token, diagnostics};

/// So many pairs are tried in a file.
const TRIALS: usize = 8;

/// No list of types is longer.
const LIST_TOKENS: usize = 48;

pub(super) fn drop_second(reading: &mut Reading) {
    drop_second_greater(reading);
    read_shifts_as_brackets(reading);
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

/// `类型 对<<T> {`: `<<` is one token.
fn read_shifts_as_brackets(reading: &mut Reading) {
    let is_meant =
        |&it: &usize| reading.tokens[it].kind == T![<<] && (reading.n_errors() > 0 || is_called_type(reading, it));
    let doubled = (0..reading.tokens.len()).filter(is_meant);
    for index in doubled.take(TRIALS).collect::<Vec<_>>() {
        let mut tokens = reading.tokens.clone();
        tokens[index].kind = T![<];
        let both = reading.span_of(index);
        let middle = both.start + (both.end - both.start) / 2;
        let (first, second) = (reading.span(both.start, middle), reading.span(middle, both.end));
        let gain = usize::from(!is_called_type(reading, index));
        reading.adopt_if_better(tokens, gain, diagnostics::doubled(first, second, reading.text_of(second), true));
    }
}

/// `通道<<整数>(1)` may read well, as a comparison.
fn is_called_type(reading: &Reading, index: usize) -> bool {
    let kind = |it: usize| reading.tokens.get(it).map(|it| it.kind);
    let is_part = |it: &usize| matches!(kind(*it), Some(SyntaxKind::IDENT | T![,] | T![<] | T![?]));
    let close = (index + 1..index + LIST_TOKENS).find(|it| !is_part(it));
    let is_call = close.is_some_and(|it| kind(it) == Some(T![>]) && kind(it + 1) == Some(T!['(']));
    is_call && is_known_type(reading.word(index + 1)) && index > 0 && CALLED_TYPES.contains(&reading.word(index - 1))
}

/// `通道<整数>>(8)`, which reads well as a comparison.
fn drop_second_greater(reading: &mut Reading) {
    let is_meant = |&it: &usize| {
        let kinds = reading.tokens.get(it..it + 3).map(|it| it.iter().map(|it| it.kind).collect::<Vec<_>>());
        kinds.is_some_and(|it| it == [T![>], T![>], T!['(']]) && closes_one_too_many(reading, it)
    };
    for index in (0..reading.tokens.len()).filter(is_meant).take(TRIALS).collect::<Vec<_>>() {
        let mut tokens = reading.tokens.clone();
        tokens[index + 1].kind = SyntaxKind::WHITESPACE;
        let (first, second) = (reading.span_of(index), reading.span_of(index + 1));
        reading.adopt_if_better(tokens, 0, diagnostics::doubled(first, second, reading.text_of(second), true));
    }
}

/// The list of types that ends with two `>` at `index` begins with one `<` less, behind a type that is called.
fn closes_one_too_many(reading: &Reading, index: usize) -> bool {
    let mut n_open = -2;
    for it in (index.saturating_sub(LIST_TOKENS)..index).rev() {
        match reading.tokens[it].kind {
            T![<] => n_open += 1,
            T![>] => n_open -= 1,
            SyntaxKind::IDENT | T![,] | T![.] | T![?] | SyntaxKind::WHITESPACE => {}
            _ => return false,
        }
        if n_open == -1 && reading.tokens[it].kind == T![<] {
            // `锁<字典<字符串, 整数>>(…)`: another list is around this one.
            let before = reading.tokens[..it.saturating_sub(1)].iter().rfind(|it| !it.kind.is_trivia());
            if before.is_some_and(|it| matches!(it.kind, T![<] | T![,])) {
                continue;
            }
            let name = it.checked_sub(1).map(|it| reading.word(it));
            let is_called = |name| CALLED_TYPES.contains(&name) && is_known_type(reading.word(it + 1));
            return name.is_some_and(|it| is_called(it) || matches!(it, "::" | "：："));
        }
    }
    false
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

/// `函数 级((分: 整数) {`, at the first parenthesis.
fn begins_params(reading: &Reading, index: usize) -> bool {
    let before = reading.tokens[..index].iter().rev().map(|it| it.kind).filter(|it| !it.is_trivia());
    before.take(2).eq([SyntaxKind::IDENT, T![函数]])
}

fn is_doubled(reading: &Reading, left: Token, right: Token, first: usize, second: usize) -> bool {
    let may_be_doubled = match left.kind {
        T![:] | T![,] | T!['{'] => true,
        // Elsewhere both may be meant.
        T!['('] => begins_params(reading, first),
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
