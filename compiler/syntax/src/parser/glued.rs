//! `如果甲 > 2 {`: a keyword that swallowed the name after it, for Chinese is not split by spaces. The parser notes names
//! that begin like this where it is lost; reading again with the name split shows whether that was the reason.

use super::Parser;
use crate::{SyntaxKind, Token, diagnostics};
use qi_base::{Diagnostic, FileId, Span};

/// A name that may be a keyword and more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Glued {
    start: u32,
    keyword: SyntaxKind,
    /// Length of the keyword and of the whole name, in bytes.
    len: u32,
    name_len: u32,
    /// Nothing else was wrong there.
    is_alone: bool,
}

impl Parser<'_> {
    /// Notes token `index`, if it is a name that begins with one of `keywords`.
    pub(super) fn note_glued(&mut self, index: usize, keywords: &[SyntaxKind], is_alone: bool) {
        let Some(tok) = self.input.toks.get(index).filter(|it| it.kind == SyntaxKind::IDENT) else { return };
        let name = &self.text[tok.start as usize..tok.end as usize];
        let starts = keywords.iter().filter_map(|&it| Some((it, it.text().filter(|text| name.starts_with(text))?)));
        let Some((keyword, text)) = starts.max_by_key(|it| it.1.len()) else { return };
        let is_name = name[text.len()..].starts_with(crate::lexer::is_identifier_start);
        if is_name {
            let (len, name_len) = (text.len() as u32, name.len() as u32);
            self.glued.push(Glued { start: tok.start, keyword, len, name_len, is_alone });
        }
    }

    /// Notes the next token where `keyword` was expected.
    pub(crate) fn note_glued_here(&mut self, keywords: &[SyntaxKind]) {
        self.note_glued(self.pos, keywords, false);
    }

    /// Looks at a statement just read that began at token `first`, when `before` findings had been reported.
    pub(crate) fn note_glued_statement(&mut self, first: usize, before: usize) {
        if self.errors.len() > before {
            return self.note_glued(first, STATEMENT_KEYWORDS, false);
        }
        // `类型点 { 横: 整数 }` reads well, as the literal of a struct.
        if self.input.toks.get(first + 1).is_some_and(|it| it.kind == T!['{']) {
            self.note_glued(first, &[T![类型], T![枚举], T![特性], T![实现]], true);
        }
    }
}

const STATEMENT_KEYWORDS: &[SyntaxKind] = &[
    T![导入],
    T![公开],
    T![变量],
    T![常量],
    T![函数],
    T![异步],
    T![返回],
    T![如果],
    T![否则],
    T![当],
    T![对于],
    T![匹配],
    T![类型],
    T![枚举],
    T![特性],
    T![实现],
    T![等待],
    T![启动],
    T![让出],
    T![选择],
    T![尝试],
    T![捕获],
    T![最终],
    T![抛出],
];

/// The tokens with the noted names split, and what to say about each; none if nothing was noted.
pub(super) fn split(file: FileId, text: &str, tokens: &[Token], glued: &mut Vec<Glued>) -> Option<Split> {
    glued.sort_unstable();
    glued.dedup_by_key(|it| it.start);
    if glued.is_empty() {
        return None;
    }
    let mut split = Vec::with_capacity(tokens.len() + glued.len());
    let mut errors = Vec::new();
    let mut pending = glued.iter().peekable();
    for &token in tokens {
        let Some(it) = pending.next_if(|it| it.start == token.start) else {
            split.push(token);
            continue;
        };
        let middle = it.start + it.len;
        split.push(Token { kind: it.keyword, start: it.start });
        split.push(Token { kind: SyntaxKind::IDENT, start: middle });
        let (keyword, rest) = (it.start..middle, middle..it.start + it.name_len);
        let part = |range: std::ops::Range<u32>| &text[range.start as usize..range.end as usize];
        let span = Span::new(file, keyword.start, rest.end);
        errors.push(diagnostics::glued_keyword(span, part(keyword), part(rest)));
    }
    let n_alone = glued.iter().filter(|it| it.is_alone).count();
    Some(Split { tokens: split, errors, n_alone })
}

pub(super) struct Split {
    pub tokens: Vec<Token>,
    pub errors: Vec<Diagnostic>,
    /// How many of them explain nothing that was reported.
    pub n_alone: usize,
}
