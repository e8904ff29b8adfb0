//! `函数 说x: 整数) {`, `通道整数>(1)`: an opening bracket that was forgotten between two words, which so became one name.

use super::input::Input;
use super::lookahead::CALLED_TYPES;
use super::reading::Reading;
use crate::grammar::type_names::is_known_type;
use crate::{SyntaxKind, Token, diagnostics};
use std::collections::HashSet;

/// So many names are looked at.
const MAX: usize = 4;
/// So many ways to split each.
const TRIALS: usize = 4;

/// A name to split: the index of its token, how long its first part is, what belongs between.
struct Cut {
    index: usize,
    len: u32,
    kind: SyntaxKind,
}

pub(super) fn split(reading: &mut Reading) {
    split_calls_of_types(reading);
    if reading.n_errors() > 0 {
        split_heads(reading);
        split_generics(reading);
    }
}

/// `通道整数>(1)` reads well as a comparison, but no name is meant to be this one.
fn split_calls_of_types(reading: &mut Reading) {
    let tokens = &reading.tokens;
    let calls = tokens
        .windows(3)
        .enumerate()
        .filter(|(_, it)| it[0].kind == SyntaxKind::IDENT && it[1].kind == T![>] && it[2].kind == T!['(']);
    let cut = |index: usize| {
        let word = reading.text_of(reading.span_of(index));
        let outer = CALLED_TYPES.iter().find(|it| word.strip_prefix(**it).is_some_and(is_known_type))?;
        Some(Cut { index, len: outer.len() as u32, kind: T![<] })
    };
    // A variable of this name is used otherwise, too.
    let is_other = |index: usize, word: &str| {
        tokens[index].kind == SyntaxKind::IDENT && tokens[index + 1].kind != T![>] && reading.word(index) == word
    };
    let is_variable = |word: &str| (0..tokens.len() - 1).any(|it| is_other(it, word));
    let cuts = calls.filter_map(|(index, _)| cut(index)).filter(|it| !is_variable(reading.word(it.index)));
    let mut cuts: Vec<Cut> = cuts.take(MAX).collect();
    // From behind: the indices before stay what they are.
    cuts.reverse();
    for cut in cuts {
        let end = reading.tokens[cut.index].start + cut.len;
        let error = diagnostics::missing_less(reading.span(end, end), true);
        reading.adopt_if_better(with(reading, &cut), 0, error);
    }
}

/// `函数 说x: 整数): 整数 {`: where the name of a function that is called ends, or else where its script changes.
fn split_heads(reading: &mut Reading) {
    let input = Input::new(reading.text, &reading.tokens);
    let word = |it: usize| &reading.text[input.toks[it].start as usize..input.toks[it].end as usize];
    let is_called = |it: &usize| input.toks[*it].kind == SyntaxKind::IDENT && input.toks[*it + 1].kind == T!['('];
    let called: HashSet<&str> = (0..input.toks.len() - 1).filter(is_called).map(word).collect();
    let heads: Vec<(usize, usize)> = unopened_heads(&input).take(MAX).collect();
    for (name, close) in heads {
        let text = word(name);
        let cuts = |is_meant: &dyn Fn(usize) -> bool| {
            let ends = text.char_indices().map(|it| it.0).skip(1);
            ends.filter(|&it| is_meant(it)).take(TRIALS).collect::<Vec<_>>()
        };
        let mut ends = cuts(&|it| called.contains(&text[..it]));
        let is_certain = ends.len() == 1;
        if ends.is_empty() {
            ends = cuts(&|it| text[..it].is_ascii() != text[it..].is_ascii());
        }
        let tok = &input.toks[name];
        let Some(index) = reading.tokens.iter().position(|it| it.start == tok.start) else { continue };
        let closing = reading.span(input.toks[close].start, input.toks[close].end);
        for end in ends {
            let at = tok.start + end as u32;
            let cut = Cut { index, len: end as u32, kind: T!['('] };
            let error = diagnostics::missing_open_bracket(reading.span(at, at), "(", closing, is_certain);
            // The line may have been reported once only, and what follows from it elsewhere.
            if reading.adopt_if_better(with(reading, &cut), 1, error) {
                break;
            }
        }
    }
}

/// `类型 盒T> {`, `函数 映射U>(`, `实现 转整数> 对于 米 {`: where a name ends that stands elsewhere, or where the script changes.
fn split_generics(reading: &mut Reading) {
    let input = Input::new(reading.text, &reading.tokens);
    let word = |it: usize| &reading.text[input.toks[it].start as usize..input.toks[it].end as usize];
    let names: HashSet<&str> =
        (0..input.toks.len()).filter(|&it| input.toks[it].kind == SyntaxKind::IDENT).map(word).collect();
    let is_head = |it: &usize| {
        let before = input.toks[*it - 1].kind;
        matches!(before, T![函数] | T![类型] | T![枚举] | T![特性] | T![实现])
            && input.toks[*it].kind == SyntaxKind::IDENT
            && input.toks[*it + 1].kind == T![>]
    };
    for name in (1..input.toks.len() - 1).filter(is_head).take(MAX).collect::<Vec<_>>() {
        let text = word(name);
        let ends = text.char_indices().map(|it| it.0).skip(1);
        let is_meant = |&end: &usize| names.contains(&text[..end]) || text[..end].is_ascii() != text[end..].is_ascii();
        let start = input.toks[name].start;
        let Some(index) = reading.tokens.iter().position(|it| it.start == start) else { continue };
        let ends: Vec<usize> = ends.filter(is_meant).take(TRIALS).collect();
        let is_certain = ends.len() == 1;
        for end in ends {
            let at = start + end as u32;
            let cut = Cut { index, len: end as u32, kind: T![<] };
            let error = diagnostics::missing_less(reading.span(at, at), is_certain);
            if reading.adopt_if_better(with(reading, &cut), 1, error) {
                break;
            }
        }
    }
}

/// Names behind 函数 before `:`, and the `)` on their line that nothing opens.
fn unopened_heads(input: &Input) -> impl Iterator<Item = (usize, usize)> + '_ {
    let toks = &input.toks;
    let heads = toks.windows(4).enumerate().filter(|(_, it)| {
        // `函数 记可变 本: 账) {`
        let is_param = it[2].kind == T![:] || it[2].kind == SyntaxKind::IDENT && it[3].kind == T![:];
        it[0].kind == T![函数] && it[1].kind == SyntaxKind::IDENT && is_param
    });
    heads.filter_map(move |(index, _)| {
        let mut line = (index + 1..toks.len()).take_while(|&it| !toks[it].newline_before);
        line.find(|&it| toks[it].kind == T![')'] && input.pairs[it].is_none()).map(|it| (index + 1, it))
    })
}

fn with(reading: &Reading, cut: &Cut) -> Vec<Token> {
    let mut tokens = reading.tokens.clone();
    let start = tokens[cut.index].start + cut.len;
    let parts = [Token { kind: cut.kind, start }, Token { kind: SyntaxKind::IDENT, start }];
    tokens.splice(cut.index + 1..cut.index + 1, parts);
    tokens
}
