//! What the parser reads: the tokens that are not trivia, what lay between them, and which brackets pair.

use crate::{SyntaxKind, Token};

/// A significant token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tok {
    pub(crate) kind: SyntaxKind,
    /// The contextual keyword an identifier could be; else `kind`.
    pub(crate) word: SyntaxKind,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) newline_before: bool,
    pub(crate) blank_after: bool,
    /// Starts its line without indentation.
    pub(crate) is_unindented: bool,
}

pub(crate) struct Input {
    /// Ends with `EOF`.
    pub(crate) toks: Vec<Tok>,
    /// The partner of each bracket.
    pub(crate) pairs: Vec<Option<u32>>,
}

impl Input {
    pub(crate) fn new(text: &str, tokens: &[Token]) -> Self {
        let mut toks: Vec<Tok> = Vec::with_capacity(tokens.len() / 2);
        let mut gap_start = 0;
        for (index, token) in tokens.iter().enumerate() {
            let end = tokens.get(index + 1).map_or(token.start, |it| it.start);
            if token.kind.is_trivia() {
                continue;
            }
            let gap = &text[gap_start..token.start as usize];
            let newline_before = toks.is_empty() || gap.contains('\n') || token.kind == SyntaxKind::EOF;
            if let Some(previous) = toks.last_mut() {
                previous.blank_after = !gap.is_empty();
            }
            let is_unindented = newline_before && (token.start == 0 || text[..token.start as usize].ends_with('\n'));
            // A contextual word is a name too; only one that stands for it (`misspelt`) comes with its kind.
            let (kind, word) = match token.kind {
                SyntaxKind::IDENT => {
                    let word = SyntaxKind::from_contextual(&text[token.start as usize..end as usize]);
                    (token.kind, word.unwrap_or(token.kind))
                }
                kind if kind.is_contextual() => (SyntaxKind::IDENT, kind),
                kind => (kind, kind),
            };
            toks.push(Tok { kind, word, start: token.start, end, newline_before, blank_after: false, is_unindented });
            gap_start = end as usize;
        }
        let pairs = pair_brackets(&toks);
        Self { toks, pairs }
    }
}

/// A closing brace closes the nearest open brace and gives up round and square brackets within; those never reach
/// across a brace.
fn pair_brackets(toks: &[Tok]) -> Vec<Option<u32>> {
    let mut pairs = vec![None; toks.len()];
    let mut open: Vec<(SyntaxKind, usize)> = Vec::new();
    // Open round and square brackets since the last open brace, per brace.
    let mut counts: Vec<[u32; 2]> = vec![[0, 0]];
    let (mut n_braces, mut n_holes) = (0u32, 0u32);
    for (index, tok) in toks.iter().enumerate() {
        match tok.kind {
            T!['('] | T!['['] => {
                counts.last_mut().expect("one per brace")[slot(tok.kind)] += 1;
                open.push((tok.kind, index));
            }
            T!['{'] | SyntaxKind::HOLE_START => {
                counts.push([0, 0]);
                *(if tok.kind == T!['{'] { &mut n_braces } else { &mut n_holes }) += 1;
                open.push((tok.kind, index));
            }
            T![')'] | T![']'] => {
                let wanted = if tok.kind == T![')'] { T!['('] } else { T!['['] };
                if counts.last().expect("one per brace")[slot(wanted)] == 0 {
                    continue;
                }
                while let Some((kind, at)) = open.pop() {
                    counts.last_mut().expect("one per brace")[slot(kind)] -= 1;
                    if kind == wanted {
                        pairs[at] = Some(index as u32);
                        pairs[index] = Some(at as u32);
                        break;
                    }
                }
            }
            T!['}'] | SyntaxKind::HOLE_END => {
                // A code brace inside a hole that never ended reaches out of it; the lexer knew the difference.
                let wanted = if tok.kind == T!['}'] { T!['{'] } else { SyntaxKind::HOLE_START };
                if (if tok.kind == T!['}'] { n_braces } else { n_holes }) == 0 {
                    continue;
                }
                while let Some((kind, at)) = open.pop() {
                    if matches!(kind, T!['{'] | SyntaxKind::HOLE_START) {
                        counts.pop();
                        *(if kind == T!['{'] { &mut n_braces } else { &mut n_holes }) -= 1;
                    }
                    if kind == wanted {
                        pairs[at] = Some(index as u32);
                        pairs[index] = Some(at as u32);
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    pairs
}

fn slot(open: SyntaxKind) -> usize {
    usize::from(open == T!['['])
}
