//! `打印(7 // 2)`: `//` as the division of integers. What it made a comment is read as code where a bracket before it is left
//! open by that.

use super::reading::Reading;
use crate::punct::half_width;
use crate::{SyntaxKind, Token, diagnostics, lexer};

/// So many comments are tried in a file.
const TRIALS: usize = 4;

/// The length of the two slashes, which may be wide.
fn mark_len(comment: &str) -> Option<usize> {
    let mut chars = comment.chars();
    let marks = [chars.next()?, chars.next()?];
    (marks.map(half_width) == ['/', '/']).then(|| marks.iter().map(|it| it.len_utf8()).sum())
}

pub(super) fn read_comments(reading: &mut Reading) {
    if reading.n_errors() == 0 {
        return;
    }
    let is_candidate =
        |&index: &usize| reading.tokens[index].kind == SyntaxKind::COMMENT && stands_behind_code(reading, index);
    let mut starts: Vec<u32> =
        (0..reading.tokens.len()).filter(is_candidate).map(|it| reading.tokens[it].start).collect();
    starts.truncate(TRIALS);
    for start in starts {
        let index = reading.tokens.partition_point(|it| it.start < start);
        let Some((tokens, len)) = with_code(reading, index) else { continue };
        let error = diagnostics::comment_as_division(reading.span(start, start + len as u32));
        reading.adopt_if_better(tokens, 1, error);
    }
}

/// On its line, and with a bracket that it may hide.
fn stands_behind_code(reading: &Reading, index: usize) -> bool {
    let before = reading.tokens[..index].iter().rposition(|it| it.kind != SyntaxKind::WHITESPACE);
    let is_behind = |it: usize| {
        let gap = reading.span_of(it).end as usize..reading.tokens[index].start as usize;
        !reading.tokens[it].kind.is_trivia() && !reading.text[gap].contains('\n')
    };
    reading.text_of(reading.span_of(index)).contains([')', ']', '）', '】']) && before.is_some_and(is_behind)
}

/// With a division in place of the comment, if its text can be an operand: a number or a name of this file. And the length of
/// the mark.
fn with_code(reading: &Reading, index: usize) -> Option<(Vec<Token>, usize)> {
    let comment = reading.span_of(index);
    let len = mark_len(reading.text_of(comment))?;
    let text = &reading.text_of(comment)[len..];
    let (code, errors) = lexer::lex(reading.file, text);
    let start = comment.start + len as u32;
    let code: Vec<Token> = code.iter().filter(|it| it.kind != SyntaxKind::EOF).copied().collect();
    let first = code.iter().position(|it| !it.kind.is_trivia())?;
    let word = |index: usize| {
        &text[code[index].start as usize..code.get(index + 1).map_or(text.len(), |it| it.start as usize)]
    };
    let is_operand = match code[first].kind {
        SyntaxKind::INT | T!['('] => true,
        SyntaxKind::IDENT => {
            let mut names = (0..reading.tokens.len()).filter(|&it| reading.tokens[it].kind == SyntaxKind::IDENT);
            names.any(|it| reading.text_of(reading.span_of(it)) == word(first))
        }
        _ => false,
    };
    if !errors.is_empty() || !is_operand {
        return None;
    }
    let mut tokens = reading.tokens[..index].to_vec();
    tokens.push(Token { kind: T![/], start: comment.start });
    tokens.extend(code.iter().map(|it| Token { kind: it.kind, start: start + it.start }));
    tokens.extend_from_slice(&reading.tokens[index + 1..]);
    Some((tokens, len))
}
