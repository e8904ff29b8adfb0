//! `函数 f(当: 整数) { 打印(当) }`: a reserved word as a name. Where it was declared so, it is read as a name at its uses too.

use super::reading::Reading;
use crate::{SyntaxKind, diagnostics};
use qi_base::Diagnostic;

/// So many words are tried in a file.
const TRIALS: usize = 3;

/// Words that may stand alone, so that nothing tells a use of the name.
const COMPLETE: &[SyntaxKind] = &[T![返回], T![跳出], T![继续], T![让出], T![真], T![假], T![空], T![自己]];

pub(super) fn as_names(reading: &mut Reading) {
    let mut tried: Vec<&str> = Vec::new();
    while tried.len() < TRIALS {
        let is_new =
            |it: &&Diagnostic| it.code == diagnostics::RESERVED_WORD && !tried.contains(&reading.text_of(it.span()));
        let Some(error) = reading.outcome.errors.iter().find(is_new).cloned() else { return };
        let word = reading.text_of(error.span());
        tried.push(word);
        let mut tokens = reading.tokens.clone();
        let uses = uses(reading, word);
        if !uses.iter().any(|&it| tokens[it].start == error.span().start) {
            continue;
        }
        for index in uses {
            tokens[index].kind = SyntaxKind::IDENT;
        }
        // One that hid behind the first may show.
        reading.adopt_if_better(tokens, 0, error);
    }
}

/// Where `word` stands as a name would: before an operator, a separator or the end of its line.
fn uses(reading: &Reading, word: &str) -> Vec<usize> {
    let tokens = &reading.tokens;
    let is_word = |&index: &usize| {
        let kind = tokens[index].kind;
        kind.is_reserved() && !COMPLETE.contains(&kind) && reading.text_of(reading.span_of(index)) == word
    };
    let is_name = |&index: &usize| {
        let Some(next) = (index + 1..tokens.len()).find(|&it| !tokens[it].kind.is_trivia()) else { return false };
        let gap = &reading.text[reading.span_of(index).end as usize..tokens[next].start as usize];
        let kind = tokens[next].kind;
        let follows_name = matches!(
            kind,
            T![,]
                | T![')']
                | T![']']
                | T!['}']
                | T![.]
                | T![=]
                | T![:]
                | T![+]
                | T![*]
                | T![/]
                | T![%]
                | T![==]
                | T![!=]
                | T![<]
                | T![<=]
                | T![>]
                | T![;]
                | T![+=]
                | T![-=]
                | T![*=]
                | T![/=]
        );
        follows_name || (gap.contains('\n') && kind != T!['{'])
    };
    (0..tokens.len()).filter(is_word).filter(is_name).collect()
}
