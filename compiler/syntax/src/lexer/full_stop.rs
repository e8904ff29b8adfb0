//! What each `。` in code is meant to be: one key gives it where others write `.`, and it ends a sentence as `;` ends a
//! statement. Told by the tokens around it and the bracket it stands in, in one pass when all is lexed.

use super::Token;
use crate::SyntaxKind::{self, *};
use crate::diagnostics::{self, FullStop};
use qi_base::{Diagnostic, FileId, Span};
use std::collections::HashSet;

/// No list of type parameters is longer.
const GENERIC_TOKENS: usize = 16;

/// Functions that give nothing that could have members, and whose names nobody gives to a member.
const PRINTING: &[&str] = &["打印", "打印行", "输出", "错误输出"];

/// Gives the tokens of all `。`, which are semicolons so far, the kind that is meant, and reports them.
pub(super) fn resolve(file: FileId, text: &str, tokens: &mut Vec<Token>, errors: &mut Vec<Diagnostic>) {
    let found = FullStops::new(text, tokens).all();
    let mut removed = HashSet::new();
    for (index, meant) in found {
        let start = tokens[index].start;
        let span = Span::new(file, start, tokens[index + 1].start);
        let needs_blank = !tokens[index + 1].kind.is_trivia();
        errors.push(diagnostics::full_stop(span, meant, needs_blank));
        tokens[index].kind = match meant {
            FullStop::End => SEMICOLON,
            FullStop::Member => DOT,
            FullStop::Range => T![..],
            FullStop::Comma => COMMA,
            FullStop::Colon => COLON,
            FullStop::Nothing => WHITESPACE,
            FullStop::Point => {
                // The number goes on.
                tokens[index - 1].kind = FLOAT;
                removed.extend([index, index + 1]);
                FLOAT
            }
        };
    }
    if !removed.is_empty() {
        let mut index = 0;
        tokens.retain(|_| {
            index += 1;
            !removed.contains(&(index - 1))
        });
    }
    errors.sort_by_key(|it| it.span());
}

/// A bracket with a partner.
#[derive(Clone, Copy)]
struct Open {
    kind: SyntaxKind,
    /// Parentheses around the parameters of a declaration.
    is_params: bool,
}

struct FullStops<'t> {
    text: &'t str,
    tokens: &'t [Token],
    /// Indices of those that are not trivia.
    solid: Vec<usize>,
    /// What the file declares.
    variables: HashSet<&'t str>,
    fields: HashSet<&'t str>,
    functions: HashSet<&'t str>,
}

impl<'t> FullStops<'t> {
    fn new(text: &'t str, tokens: &'t [Token]) -> Self {
        let solid = (0..tokens.len()).filter(|&it| !tokens[it].kind.is_trivia()).collect();
        let [variables, fields, functions] = [(); 3].map(|()| HashSet::new());
        Self { text, tokens, solid, variables, fields, functions }
    }

    /// The index of each, and what it is meant to be.
    fn all(mut self) -> Vec<(usize, FullStop)> {
        let is_closed = self.closed_brackets();
        let mut open: Vec<Open> = Vec::new();
        let mut stops = Vec::new();
        for (n, is_closed) in is_closed.into_iter().enumerate() {
            let kind = self.kind(n);
            match kind {
                L_PAREN | L_BRACKET | L_BRACE | HOLE_START if is_closed => {
                    open.push(Open { kind, is_params: kind == L_PAREN && self.is_behind_function(n) });
                }
                R_PAREN | R_BRACKET | R_BRACE | HOLE_END if is_closed => drop(open.pop()),
                IDENT => self.note_declared(n, &open),
                SEMICOLON if self.word(n).starts_with('。') => stops.push((n, open.last().copied())),
                _ => {}
            }
        }
        let mut last = None;
        let meant = |(n, open): (usize, Option<Open>)| {
            let is_behind_comma = last == Some((n.wrapping_sub(2), FullStop::Comma));
            let meant = self.meant(n, open, is_behind_comma);
            last = Some((n, meant));
            (self.solid[n], meant)
        };
        stops.into_iter().map(meant).collect()
    }

    fn kind(&self, n: usize) -> SyntaxKind {
        self.solid.get(n).map_or(EOF, |&it| self.tokens[it].kind)
    }
    fn kind_before(&self, n: usize, back: usize) -> SyntaxKind {
        n.checked_sub(back).map_or(EOF, |it| self.kind(it))
    }
    fn word(&self, n: usize) -> &'t str {
        let Some(&index) = self.solid.get(n) else { return "" };
        let end = self.tokens.get(index + 1).map_or(self.text.len(), |it| it.start as usize);
        &self.text[self.tokens[index].start as usize..end]
    }
    /// Nothing lies between it and the next one.
    fn is_joint(&self, n: usize) -> bool {
        self.solid.get(n + 1).is_some_and(|&it| it == self.solid[n] + 1)
    }
    fn ends_line(&self, n: usize) -> bool {
        let (Some(&index), Some(&next)) = (self.solid.get(n), self.solid.get(n + 1)) else { return true };
        let gap = self.tokens[index + 1].start as usize..self.tokens[next].start as usize;
        self.kind(n + 1) == EOF || self.text[gap].contains('\n')
    }

    fn closed_brackets(&self) -> Vec<bool> {
        let mut is_closed = vec![false; self.solid.len()];
        let mut open: Vec<usize> = Vec::new();
        for n in 0..self.solid.len() {
            let wanted = match self.kind(n) {
                L_PAREN | L_BRACKET | L_BRACE | HOLE_START => {
                    open.push(n);
                    continue;
                }
                R_PAREN => L_PAREN,
                R_BRACKET => L_BRACKET,
                R_BRACE => L_BRACE,
                HOLE_END => HOLE_START,
                _ => continue,
            };
            // Round and square brackets do not reach across a brace.
            while let Some(last) = open.pop_if(|it| self.kind(*it) != wanted && matches!(wanted, L_BRACE | HOLE_START))
            {
                is_closed[last] = false;
            }
            if let Some(last) = open.pop_if(|it| self.kind(*it) == wanted) {
                (is_closed[last], is_closed[n]) = (true, true);
            }
        }
        is_closed
    }

    /// At `(`: behind `函数 名`, `函数 名<T>` or 闭包.
    fn is_behind_function(&self, n: usize) -> bool {
        let mut back = 1;
        if self.kind_before(n, back) == T![>] {
            let is_generic = |it: &usize| matches!(self.kind_before(n, *it), IDENT | T![,] | T![:] | T![+] | T![>]);
            back += (1..GENERIC_TOKENS).take_while(is_generic).count() + 1;
        }
        let keyword = if self.kind_before(n, back) == IDENT { back + 1 } else { back };
        matches!(self.kind_before(n, keyword), T![函数] | T![闭包])
    }

    /// At a name.
    fn note_declared(&mut self, n: usize, open: &[Open]) {
        let name = self.word(n);
        let is_typed = self.kind(n + 1) == COLON;
        match (self.kind_before(n, 1), open.last()) {
            (T![变量] | T![常量] | T![对于], _) => drop(self.variables.insert(name)),
            (T![函数], None) => drop(self.functions.insert(name)),
            (_, Some(it)) if is_typed && it.is_params => drop(self.variables.insert(name)),
            (_, Some(it)) if is_typed && it.kind == L_BRACE => drop(self.fields.insert(name)),
            _ => {}
        }
    }

    /// `is_behind_comma`: so the one two tokens before is read.
    fn meant(&self, n: usize, open: Option<Open>, is_behind_comma: bool) -> FullStop {
        let (before, behind) = (self.kind_before(n, 1), self.kind(n + 1));
        let is_tight = n > 0 && self.is_joint(n - 1) && self.is_joint(n);
        let is_value = matches!(before, IDENT | INT | R_PAREN | R_BRACKET);
        let in_brackets = open.is_some_and(|it| matches!(it.kind, L_PAREN | L_BRACKET));
        let in_braces = open.is_some_and(|it| it.kind == L_BRACE);
        let is_operand = matches!(behind, IDENT | INT | L_PAREN | T![-]);
        if self.word(n).chars().count() == 2 && is_tight && is_value && is_operand {
            return FullStop::Range;
        }
        if is_tight && self.is_point(n) && !(in_brackets && self.is_in_row(n)) {
            return FullStop::Point;
        }
        if in_brackets && matches!(behind, R_PAREN | R_BRACKET) {
            return FullStop::Nothing;
        }
        if let Some(open) = open.filter(|it| it.is_params) {
            debug_assert_eq!(open.kind, L_PAREN);
            let is_first = is_behind_comma || matches!(self.kind_before(n, 2), L_PAREN | COMMA);
            let is_name = before == IDENT && is_first;
            return if is_name { FullStop::Colon } else { FullStop::Comma };
        }
        // `{ x: 整数。y: 整数 }`, unlike the key `甲.乙`.
        let is_entry = in_braces
            && self.kind(n + 2) == COLON
            && !self.ends_line(n)
            && (before != IDENT || self.kind_before(n, 2) == COLON);
        if is_tight && !is_entry && self.is_member(n, in_brackets) {
            return FullStop::Member;
        }
        if is_entry || in_brackets { FullStop::Comma } else { FullStop::End }
    }

    /// Digits on both sides.
    fn is_point(&self, n: usize) -> bool {
        let is_whole = |word: &str| word.bytes().all(|it| it.is_ascii_digit());
        let ends_member = matches!(self.kind_before(n, 2), T![.] | T![?.]);
        let fraction = self.word(n + 1);
        let is_fraction = matches!(self.kind(n + 1), INT | FLOAT) && !fraction.contains(['.', 'x', 'X', 'o', 'O']);
        self.kind_before(n, 1) == INT && is_whole(self.word(n - 1)) && is_fraction && !ends_member
    }

    /// One of `1。2。3`.
    fn is_in_row(&self, n: usize) -> bool {
        let is_stop = |n: usize| self.kind(n) == SEMICOLON && self.word(n) == "。";
        n.checked_sub(2).is_some_and(is_stop) || is_stop(n + 2)
    }

    /// With nothing on either side.
    fn is_member(&self, n: usize, in_brackets: bool) -> bool {
        let (before, name) = (self.kind_before(n, 1), self.word(n + 1));
        let has_members =
            matches!(before, IDENT | R_PAREN | R_BRACKET | STRING | TEMPLATE_END | T![自己] | T![?] | T![!]);
        match self.kind(n + 1) {
            // `对。0`
            INT => matches!(before, IDENT | R_PAREN | T![自己]),
            IDENT if PRINTING.contains(&name) => false,
            IDENT if self.kind(n + 2) == L_PAREN => {
                has_members && !(before == R_PAREN && !in_brackets && self.functions.contains(name))
            }
            IDENT if in_brackets => has_members && (!self.variables.contains(name) || self.fields.contains(name)),
            IDENT => has_members,
            _ => false,
        }
    }
}
