//! `返会 甲`: a keyword with a wrong character of the same sound, as input methods offer them, or with its two characters
//! swapped. Tried where the text does not read well: the name stands for the keyword if that leaves less to report.

use super::Outcome;
use super::glued::STATEMENT_KEYWORDS;
use super::reading::Reading;
use crate::{SyntaxKind, Token, diagnostics};
use qi_base::suggest::is_slip;

/// So many names are tried in a file.
const TRIALS: usize = 8;

/// Keywords that stand before `{` alone.
const BLOCK_KEYWORDS: &[SyntaxKind] = &[T![循环], T![并发], T![尝试], T![最终], T![否则], T![选择]];

/// Others that are worth a try where something is wrong.
const WORDS: &[SyntaxKind] =
    &[T![自己], T![作为], T![情况], T![默认], T![闭包], T![新建], T![外部], T![导出], T![可变], T![任意]];

/// A token that is a name, and the keyword that it may stand for.
type Meant = (usize, SyntaxKind);

/// Reads names as the keywords that they may stand for: all of them if that leaves less to report, but for those that are no
/// part of it; else one after the other.
pub(super) fn repair(reading: &mut Reading) {
    let found = candidates(reading);
    let read_well = reading.n_errors() == 0;
    let mut best: Option<(Outcome, Vec<Meant>)> = None;
    let n_errors = |best: &Option<(Outcome, _)>| best.as_ref().map_or(reading.n_errors(), |it| it.0.errors.len());
    if found.len() > 1 && !read_well {
        let all = reading.read(&with(reading, &found));
        if all.errors.len() < reading.n_errors() {
            best = Some((all, found.clone()));
        }
    }
    let is_all = best.is_some();
    for it in found {
        let before = best.as_ref().map_or(&[][..], |it| &it.1);
        let meant: Vec<Meant> = match is_all {
            true => before.iter().copied().filter(|other| *other != it).collect(),
            false => before.iter().copied().chain([it]).collect(),
        };
        let again = reading.read(&with(reading, &meant));
        let is_better = match again.errors.len() {
            0 if read_well => true,
            n if is_all => n <= n_errors(&best),
            n => n < n_errors(&best),
        };
        if is_better {
            best = Some((again, meant));
        }
    }
    let Some((outcome, meant)) = best else { return };
    let report = |&(index, keyword): &Meant| {
        let span = reading.span(reading.tokens[index].start, reading.tokens[index + 1].start);
        diagnostics::foreign_keyword(span, reading.text_of(span), keyword.text().unwrap_or_default())
    };
    let errors: Vec<_> = meant.iter().map(report).collect();
    reading.tokens = with(reading, &meant);
    reading.outcome = outcome;
    reading.repairs.extend(errors);
}

fn with(reading: &Reading, meant: &[Meant]) -> Vec<Token> {
    let mut tokens = reading.tokens.clone();
    meant.iter().for_each(|&(index, keyword)| tokens[index].kind = keyword);
    tokens
}

/// Names that may be meant as keywords, with those. In a text that reads well only a name at the start of a line, before
/// `{`, is suspect: no statement begins with a struct literal.
fn candidates(reading: &Reading) -> Vec<Meant> {
    let (text, tokens, has_errors) = (reading.text, &reading.tokens, reading.n_errors() > 0);
    let mut found = Vec::new();
    for index in 0..tokens.len().saturating_sub(1) {
        if tokens[index].kind != SyntaxKind::IDENT {
            continue;
        }
        let word = &text[tokens[index].start as usize..tokens[index + 1].start as usize];
        let keyword = if has_errors {
            meant(word, STATEMENT_KEYWORDS.iter().chain(BLOCK_KEYWORDS).chain(WORDS))
        } else if starts_block(text, tokens, index) {
            meant(word, BLOCK_KEYWORDS.iter())
        } else {
            None
        };
        found.extend(keyword.map(|it| (index, it)));
        if found.len() == TRIALS {
            break;
        }
    }
    found
}

fn meant<'k>(word: &str, keywords: impl Iterator<Item = &'k SyntaxKind>) -> Option<SyntaxKind> {
    // No ASCII word sounds like a keyword, and one character is too little to go by.
    if word.is_ascii() || word.chars().count() < 2 {
        return None;
    }
    let mut keywords = keywords.copied().filter(|it| it.text().is_some_and(|it| is_misspelt(word, it)));
    keywords.next()
}

fn is_misspelt(word: &str, keyword: &str) -> bool {
    if word.chars().count() == 2 && word.chars().rev().eq(keyword.chars()) {
        return true;
    }
    let differing = word.chars().zip(keyword.chars()).filter(|(l, r)| l != r).count();
    word.chars().count() == keyword.chars().count() && differing == 1 && is_slip(word, keyword)
}

fn starts_block(text: &str, tokens: &[Token], index: usize) -> bool {
    let next = tokens[index + 1..].iter().find(|it| !it.kind.is_trivia());
    if next.is_none_or(|it| it.kind != T!['{']) {
        return false;
    }
    let before = &text[..tokens[index].start as usize];
    before[before.rfind('\n').map_or(0, |it| it + 1)..].trim().is_empty()
}
