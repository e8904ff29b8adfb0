//! `变量 3甲 = 2`: a name that begins with a digit. All places where it stands are read as that name.

use super::dashed::declared;
use super::reading::Reading;
use crate::{SyntaxKind, Token, diagnostics};

pub(super) fn join(reading: &mut Reading) {
    if reading.n_errors() == 0 {
        return;
    }
    for name in declared(reading, numbered) {
        let (mut tokens, mut uses) = (Vec::with_capacity(reading.tokens.len()), Vec::new());
        let mut index = 0;
        while index < reading.tokens.len() {
            let is_use = numbered(reading, index) == Some(name);
            let token = reading.tokens[index];
            if is_use {
                uses.push(reading.span(token.start, token.start + name.len() as u32));
            }
            tokens.push(if is_use { Token { kind: SyntaxKind::IDENT, ..token } } else { token });
            index += if is_use { 2 } else { 1 };
        }
        let Some(&first) = uses.first() else { continue };
        let error = diagnostics::digit_before_name(first, name, &uses);
        reading.adopt_if_better(tokens, 1, error);
    }
}

/// A number and the name right behind it.
fn numbered<'t>(reading: &Reading<'t>, index: usize) -> Option<&'t str> {
    let is_kind = |n: usize, kind| reading.tokens.get(index + n).is_some_and(|it| it.kind == kind);
    let is_both = is_kind(0, SyntaxKind::INT) && is_kind(1, SyntaxKind::IDENT);
    is_both.then(|| reading.text_of(reading.span_of(index).to(reading.span_of(index + 1))))
}
