//! `变量 my-name = 1`: a name with a dash, as other languages have them. All places where it stands are read as one name.

use super::reading::Reading;
use crate::{SyntaxKind, Token, diagnostics};
use qi_base::Span;

/// What declares a name.
const DECLARING: &[SyntaxKind] = &[T![变量], T![常量], T![函数], T![类型], T![枚举], T![特性], T![对于]];

/// So many names are tried in a file.
const TRIALS: usize = 4;

pub(super) fn join(reading: &mut Reading) {
    if reading.n_errors() == 0 {
        return;
    }
    for name in declared(reading, |reading, index| dashed(reading, index).map(|it| it.1)) {
        let (mut tokens, mut uses) = (Vec::with_capacity(reading.tokens.len()), Vec::new());
        let mut index = 0;
        while index < reading.tokens.len() {
            let n_tokens = dashed(reading, index).filter(|it| it.1 == name).map(|it| it.0);
            tokens.push(reading.tokens[index]);
            if n_tokens.is_some() {
                let start = reading.tokens[index].start;
                uses.push(reading.span(start, start + name.len() as u32));
            }
            index += n_tokens.unwrap_or(1);
        }
        let Some(&first) = uses.first() else { continue };
        let error = diagnostics::dash_in_name(first, name, &uses);
        reading.adopt_if_better(tokens, 1, error);
    }
}

/// The names that are declared and read as more than one token, each once and no more than [`TRIALS`]; `name_at`: the whole
/// name that begins at a token.
pub(super) fn declared<'t>(
    reading: &Reading<'t>,
    name_at: impl Fn(&Reading<'t>, usize) -> Option<&'t str>,
) -> Vec<&'t str> {
    let mut found: Vec<&str> = Vec::new();
    let mut previous = SyntaxKind::EOF;
    for (index, token) in reading.tokens.iter().enumerate().filter(|it| !it.1.kind.is_trivia()) {
        let is_declared = DECLARING.contains(&std::mem::replace(&mut previous, token.kind));
        if let Some(name) = name_at(reading, index).filter(|_| is_declared)
            && !found.contains(&name)
        {
            found.push(name);
        }
        if found.len() == TRIALS {
            break;
        }
    }
    found
}

/// Names joined by dashes from this token on: how many tokens, and the text of all.
fn dashed<'t>(reading: &Reading<'t>, index: usize) -> Option<(usize, &'t str)> {
    let kind = |n: usize| reading.tokens.get(index + n).map(|it: &Token| it.kind);
    let mut n_tokens = 1;
    while kind(0) == Some(SyntaxKind::IDENT)
        && kind(n_tokens) == Some(T![-])
        && kind(n_tokens + 1) == Some(SyntaxKind::IDENT)
    {
        n_tokens += 2;
    }
    let span: Span = reading.span(reading.tokens[index].start, reading.tokens.get(index + n_tokens)?.start);
    (n_tokens > 1).then(|| (n_tokens, &reading.text[span.start as usize..span.end as usize]))
}
