//! `返会 甲`: a keyword with a wrong character of the same sound, as input methods offer them. Tried where the text does not
//! read well: the name stands for the keyword if that leaves less to report.

use super::glued::STATEMENT_KEYWORDS;
use super::{Outcome, parse_tokens};
use crate::{SyntaxKind, Token, diagnostics};
use qi_base::suggest::is_slip;
use qi_base::{Diagnostic, FileId, Span};

/// So many names are tried in a file.
const TRIALS: usize = 8;

/// Keywords that stand before `{` alone.
const BLOCK_KEYWORDS: &[SyntaxKind] = &[T![循环], T![并发], T![尝试], T![最终], T![否则], T![选择]];

/// Others that are worth a try where something is wrong.
const WORDS: &[SyntaxKind] = &[T![自己], T![作为], T![情况], T![默认], T![闭包], T![新建]];

/// A token that is a name, and the keyword that it may stand for.
type Meant = (usize, SyntaxKind);

/// Reads the text again with the keywords that some names may stand for. What is to be said about those.
pub(super) fn repair(
    file: FileId,
    text: &str,
    tokens: &[Token],
    lexical: &[Diagnostic],
    outcome: Outcome,
) -> (Outcome, Vec<Diagnostic>) {
    let found = candidates(text, tokens, !outcome.errors.is_empty());
    let read = |meant: &[Meant]| {
        let mut changed = tokens.to_vec();
        meant.iter().for_each(|&(index, keyword)| changed[index].kind = keyword);
        parse_tokens(file, text, &changed, lexical)
    };
    let (best, meant) = choose(&found, &read, outcome);
    let report = |&(index, keyword): &Meant| {
        let span = Span::new(file, tokens[index].start, tokens[index + 1].start);
        let word = &text[span.start as usize..span.end as usize];
        diagnostics::foreign_keyword(span, word, keyword.text().unwrap_or_default())
    };
    (best, meant.iter().map(report).collect())
}

/// All of them if that leaves less to report, but for those that are no part of it; else one after the other.
fn choose(found: &[Meant], read: &dyn Fn(&[Meant]) -> Outcome, outcome: Outcome) -> (Outcome, Vec<Meant>) {
    let read_well = outcome.errors.is_empty();
    let (mut best, mut meant) = (outcome, Vec::new());
    if found.len() > 1 && !best.errors.is_empty() {
        let all = read(found);
        if all.errors.len() < best.errors.len() {
            (best, meant) = (all, found.to_vec());
            for it in found {
                let fewer: Vec<Meant> = meant.iter().copied().filter(|other| other != it).collect();
                let again = read(&fewer);
                if again.errors.len() <= best.errors.len() {
                    (best, meant) = (again, fewer);
                }
            }
            return (best, meant);
        }
    }
    for &it in found {
        let more = [&meant[..], &[it]].concat();
        let again = read(&more);
        if again.errors.len() < best.errors.len() || (read_well && again.errors.is_empty()) {
            (best, meant) = (again, more);
        }
    }
    (best, meant)
}

/// Names that may be meant as keywords, with those. In a text that reads well only a name at the start of a line, before
/// `{`, is suspect: no statement begins with a struct literal.
fn candidates(text: &str, tokens: &[Token], has_errors: bool) -> Vec<(usize, SyntaxKind)> {
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
    let mut keywords = keywords.copied().filter(|it| it.text().is_some_and(|it| has_wrong_character(word, it)));
    keywords.next()
}

fn has_wrong_character(word: &str, keyword: &str) -> bool {
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
